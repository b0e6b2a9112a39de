using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ShopLake.Configuration;

/// <summary>What may stand behind a key.</summary>
/// <param name="Words">Completes "'x' is not …".</param>
/// <param name="Parse">The value, or null when the text is not one.</param>
/// <param name="Schema">A new JSON schema each time, since a JSON node has one parent.</param>
/// <param name="Known">All allowed texts where they can be listed; the nearest is suggested.</param>
internal sealed partial record ValueType(
    string Words, Func<string, object?> Parse, Func<JsonObject> Schema, Func<IEnumerable<string>>? Known = null)
{
    public static readonly ValueType Text = new("text", text => text, () => OfType("string"));

    /// <summary>One text or a list of texts.</summary>
    public static readonly ValueType TextList = new(
        "a text or a list of texts",
        text => text,
        () => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                OfType("string"), new JsonObject { ["type"] = "array", ["items"] = OfType("string") }),
        });

    public static readonly ValueType TrueOrFalse = new(
        "true or false",
        text => text switch { "true" => true, "false" => false, _ => null },
        () => OfType("boolean"));

    public static readonly ValueType Duration = new(
        "a duration such as 30s, 5m, 24h or 7d", text => ParseDuration(text), () => Pattern("^[0-9]{1,6}[smhd]$"));

    // The calendar of the models covers a century from it on, and today must be within.
    public static readonly ValueType Day = new(
        "a day since 1970-01-01 such as 2000-01-01",
        text => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) && day.Year >= 1970 ? day : null,
        () => Pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));

    public static readonly ValueType Zone = new(
        "a known IANA time zone such as UTC or Europe/Berlin",
        text => TimeZoneInfo.TryFindSystemTimeZoneById(text, out _) ? text : null,
        () => OfType("string"),
        () => TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id));

    public static readonly ValueType Currency = new(
        "an ISO 4217 code such as EUR",
        text => text.Length == 3 && text.All(char.IsAsciiLetterUpper) ? text : null,
        () => Pattern("^[A-Z]{3}$"));

    // "\t" in single quotes or none is a backslash and a letter, which nobody means.
    public static readonly ValueType Delimiter = new(
        "one to eight characters of one line (a tab is \"\\t\" in double quotes)",
        text => text.Length is > 0 and <= 8 && IsOfOneLine(text) && (text == "\\" || !text.Contains('\\'))
            ? text
            : null,
        () => new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 8 });

    public static readonly ValueType Quote = new(
        "a single character or \"\"",
        text => text.EnumerateRunes().Count() <= 1 && IsOfOneLine(text) ? text : null,
        () => new JsonObject { ["type"] = "string", ["maxLength"] = 1 });

    /// <summary>A size as DuckDB writes it: KB, MB, GB, TB count by 1000, KiB, MiB, GiB, TiB by 1024.</summary>
    public static readonly ValueType Size = new(
        "a size such as 16MiB or 4GB",
        text => Bytes(text) is null ? null : text,
        () => Pattern("^[0-9]{1,9} ?([KMGT]i?)?B$"));

    /// <summary>DuckDB cannot even hold its own with less, and may then end the process instead of saying so.</summary>
    private const long LeastMemory = 64_000_000;

    public static readonly ValueType Memory = Size with
    {
        Words = "a size of at least 64MB such as 4GB",
        Parse = text => Bytes(text) >= LeastMemory ? text : null,
    };

    private static readonly string[] SizeUnits = ["", "K", "M", "G", "T"];

    public static ValueType Choice(params string[] choices) => new(
        choices.Length == 1 ? choices[0] : $"one of {string.Join(", ", choices)}",
        text => choices.Contains(text) ? text : null,
        () => new JsonObject { ["enum"] = new JsonArray([.. choices.Select(choice => JsonValue.Create(choice))]) },
        () => choices);

    public static ValueType Integer(long least, long most) => new(
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most ? number : null,
        () => new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most });

    /// <summary>The bytes that a <see cref="Size"/> names; null when it is none.</summary>
    public static long? Bytes(string size)
    {
        var match = SizePattern().Match(size);
        if (!match.Success)
            return null;

        int power = Array.IndexOf(SizeUnits, match.Groups["unit"].Value);
        long bytes = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        for (int i = 0; i < power; i++)
            bytes *= match.Groups["binary"].Success ? 1024 : 1000;

        return bytes;
    }

    private static TimeSpan? ParseDuration(string text)
    {
        if (text.Length is < 2 or > 7
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>Text that UTF-8 can hold and that ends no line.</summary>
    private static bool IsOfOneLine(string text) =>
        !text.AsSpan().ContainsAny("\n\r\0") && !text.EnumerateRunes().Contains(Rune.ReplacementChar);

    private static JsonObject OfType(string type) => new() { ["type"] = type };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    [GeneratedRegex("^(?<number>[0-9]{1,6}) ?(?<unit>[KMGT]?)(?<binary>i(?=B))?B$", RegexOptions.CultureInvariant)]
    private static partial Regex SizePattern();
}
