using System.Globalization;

namespace ShopLake.Run;

/// <summary>Values as the portable SQL of the models writes them.</summary>
internal static class Literal
{
    /// <summary>
    /// The same text for a value whether the engine has a type of its own for it or keeps it as ISO text or a number.
    /// </summary>
    public static string Key(object? value) => value switch
    {
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "1" : "0",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value as string ?? "",
    };

    public static string Of(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        bool flag => flag ? "TRUE" : "FALSE",
        DateTime instant => $"as_utc('{instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}')",
        DateOnly day => $"as_day('{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}')",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No literal for a {value.GetType()}.", nameof(value)),
    };
}
