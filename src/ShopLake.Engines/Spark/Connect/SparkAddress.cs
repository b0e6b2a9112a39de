using System.Globalization;
using System.Net;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>
/// Where Spark Connect listens and who asks, as Spark writes it:
/// <c>sc://host:port/;use_ssl=true;token=…;user_id=…;session_id=…</c>, and settings of the session as
/// <c>spark.sql.shuffle.partitions=8</c>.
/// </summary>
internal sealed record SparkAddress
{
    public const string TokenVariable = "SHOPLAKE_SPARK_TOKEN";

    private const string Scheme = "sc://";
    private const string Form = "sc://host:15002 or sc://host:15002/;use_ssl=true;user_id=…;session_id=…";
    private const int DefaultPort = 15002;

    private SparkAddress(string host, int port) => (Host, Port) = (host, port);

    /// <summary>A name, or an address; of IPv6 in its brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool UsesTls { get; private init; }

    /// <summary>What the server tells its users apart by. Sent over TLS, or to this machine, only.</summary>
    public string? Token { get; private init; }

    public string UserId { get; private init; } = Environment.UserName;

    /// <summary>A UUID; null where each connection is a session of its own.</summary>
    public string? SessionId { get; private init; }

    /// <summary>Settings of the session, <c>spark.…</c>, for whoever opens one.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; private init; } = new Dictionary<string, string>();

    /// <summary>Whether what is sent stays on this machine.</summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Reads an address. A token that it does not hold is taken from <see cref="TokenVariable"/>.</summary>
    /// <exception cref="ShopLakeException">It cannot be read or used: every reason at once.</exception>
    public static SparkAddress Parse(string url) => Parse(url, Environment.GetEnvironmentVariable);

    /// <inheritdoc cref="Parse(string)"/>
    public static SparkAddress Parse(string url, Func<string, string?> variable)
    {
        var faults = new List<string>();
        string text = url.Trim();
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Refused([$"it does not begin with {Scheme}"]);
        }

        if (text.Split(';')[0].Contains('@', StringComparison.Ordinal))
        {
            // What stands before it would be named as the host, and be a password.
            throw Refused(["a user stands before the host, which Spark Connect does not know"]);
        }

        string[] parts = text[Scheme.Length..].Split('/', 2);
        (string host, int port) = HostAndPort(parts[0], faults);
        Dictionary<string, string> options = Options(parts.ElementAtOrDefault(1) ?? "", faults);
        string? token = options.GetValueOrDefault("token") ?? variable(TokenVariable);
        var address = new SparkAddress(host, port)
        {
            UsesTls = Truth(options.GetValueOrDefault("use_ssl"), faults),
            Token = string.IsNullOrEmpty(token) ? null : token,
            UserId = options.GetValueOrDefault("user_id") ?? Environment.UserName,
            SessionId = options.GetValueOrDefault("session_id"),
            Settings = options.Where(option => IsSetting(option.Key)).ToDictionary(),
        };
        if (address.Token is not null && !address.UsesTls && !address.IsLoopback)
        {
            faults.Add("a token would be sent in clear text: add use_ssl=true");
        }

        if (address.Token is not null && address.Token.Any(character => character is < '!' or > '~'))
        {
            faults.Add("the token holds other characters than visible ASCII, which no header can carry");
        }

        if (address.SessionId is not null && !Guid.TryParseExact(address.SessionId, "D", out _))
        {
            faults.Add($"session_id is '{address.SessionId}' and not a UUID like 00112233-4455-6677-8899-aabbccddeeff");
        }

        return faults.Count == 0 ? address : throw Refused(faults);
    }

    /// <summary>The address without options, and so without the token: fit for messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Host}:{Port}");

    private static (string Host, int Port) HostAndPort(string text, List<string> faults)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > text.LastIndexOf(']');
        string host = hasPort ? text[..colon] : text;
        int port = DefaultPort;
        if (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65535))
        {
            faults.Add($"the port is '{text[(colon + 1)..]}' and not a number from 1 to 65535");
        }

        if (host.Length == 0)
        {
            faults.Add("the host is missing");
        }
        else if (Uri.CheckHostName(host) == UriHostNameType.Unknown
            || (host.Contains(':', StringComparison.Ordinal) && host[0] != '['))
        {
            faults.Add($"the host is '{host}', which is no name and no address (an IPv6 address stands in brackets)");
        }

        return (host, port);
    }

    private static Dictionary<string, string> Options(string text, List<string> faults)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text.Length > 0 && text[0] != ';')
        {
            faults.Add("something stands between '/' and the first ';': Spark Connect has no path");
        }

        foreach (string option in text.Split(';').Skip(1).Where(option => option.Length > 0))
        {
            string[] pair = option.Split('=', 2);
            string value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "";
            if (pair[0] is not ("use_ssl" or "token" or "user_id" or "session_id") && !IsSetting(pair[0]))
            {
                faults.Add($"option '{pair[0]}' is not known: use_ssl, token, user_id, session_id and spark.… are");
            }
            else if (value.Length == 0)
            {
                faults.Add($"option '{pair[0]}' has no value");
            }
            else if (!options.TryAdd(pair[0], value))
            {
                faults.Add($"option '{pair[0]}' stands there twice");
            }
        }

        return options;
    }

    private static bool IsSetting(string name) => name.StartsWith("spark.", StringComparison.Ordinal);

    private static bool Truth(string? value, List<string> faults)
    {
        if (value is not (null or "true" or "false"))
        {
            faults.Add($"use_ssl is '{value}' and neither true nor false");
        }

        return value == "true";
    }

    /// <summary>Says what is wrong without the address itself, which could hold the token.</summary>
    private static ShopLakeException Refused(IReadOnlyList<string> faults) => new(FailureKind.Usage,
        $"The address of Spark cannot be used: {string.Join("; ", faults)}.\n"
        + $"Try: {Form}, and the token in {TokenVariable}.");
}
