using System.Globalization;
using ShopLake.Catalog;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// How SQLite writes names, types and values. What it has no type for is text that sorts as the value does.
/// </summary>
internal static class SqliteText
{
    public const string InstantFormat = "yyyy-MM-dd HH:mm:ss.ffffff";
    public const string DayFormat = "yyyy-MM-dd";

    /// <summary>Orders amounts by value; only Bronze has them.</summary>
    public const string AmountCollation = "amount";

    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Type(ColumnType type) => type switch
    {
        ColumnType.Bigint or ColumnType.Boolean => "INTEGER",
        ColumnType.Double => "REAL",
        ColumnType.Text or ColumnType.Timestamp or ColumnType.Date => "TEXT",
        ColumnType.Amount => $"TEXT COLLATE {AmountCollation}",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A column type without a SQLite type."),
    };

    /// <summary>A value of the program as SQLite keeps it: <c>long</c>, <c>double</c>, <c>string</c> or null.</summary>
    public static object? Stored(object? value) => value switch
    {
        null or long or double or string => value,
        bool flag => flag ? 1L : 0L,
        DateTime instant => instant.ToString(InstantFormat, CultureInfo.InvariantCulture),
        DateOnly day => day.ToString(DayFormat, CultureInfo.InvariantCulture),
        decimal amount => amount.ToString("F4", CultureInfo.InvariantCulture),
        int number => (long)number,
        _ => throw new ArgumentException($"SQLite keeps no {value.GetType()}.", nameof(value)),
    };

    /// <summary>The way back, by the type of the column.</summary>
    public static object? Plain(object? stored, ColumnType? type) => (stored, type) switch
    {
        (long number, ColumnType.Boolean) => number != 0,
        (string text, ColumnType.Timestamp) => SqliteInstant.Parse(text),
        (string text, ColumnType.Date) => SqliteInstant.ParseDay(text),
        (string text, ColumnType.Amount) => decimal.Parse(text, CultureInfo.InvariantCulture),
        _ => stored,
    };
}
