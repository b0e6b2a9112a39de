using Npgsql;
using ShopLake.Configuration;

namespace ShopLake.Engines.Postgres;

/// <summary>Where the server listens and who asks: <c>url</c> of the configuration, else an environment variable.</summary>
internal static class PostgresTarget
{
    public const string Variable = "SHOPLAKE_POSTGRES";

    /// <param name="configuration">Null without a <c>shoplake.yaml</c>.</param>
    /// <exception cref="ShopLakeException">No server is named, or not in a form that can be read.</exception>
    public static NpgsqlConnectionStringBuilder Of(LakeConfiguration? configuration)
    {
        // The address of another engine's server is none of PostgreSQL's.
        string? given = (configuration is { Engine: "postgres" } ? configuration.Url : null)
            ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(given))
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"no server is named. Try: export {Variable}=postgresql://user:password@localhost:5432/shop");
        }

        try
        {
            NpgsqlConnectionStringBuilder target = given.Contains("://", StringComparison.Ordinal)
                ? OfUri(new Uri(given))
                : new NpgsqlConnectionStringBuilder(given);
            target.ApplicationName ??= "shoplake";
            target.IncludeErrorDetail = true;
            target.Pooling = false;
            target.CommandTimeout = 0;
            target.TcpKeepAlive = true;
            target.TcpKeepAliveTime = 30;
            target.TcpKeepAliveInterval = 10;
            return target;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The message of the exception could show the password.
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"{Variable} or url, which names the server, cannot be read. Write it as postgresql://user:password@host:5432/database or as "
                + "Host=…;Port=…;Database=…;Username=…;Password=…", exception);
        }
    }

    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        string[] user = [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        var target = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort ? 5432 : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = user[0],
        };
        if (user.Length == 2)
        {
            target.Password = user[1];
        }

        foreach (string[] option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(option => option.Split('=', 2)))
        {
            target[option[0] == "sslmode" ? "SSL Mode" : option[0]] = Uri.UnescapeDataString(option.ElementAtOrDefault(1) ?? "");
        }

        return target;
    }
}
