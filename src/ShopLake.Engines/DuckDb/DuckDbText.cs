using System.Globalization;
using ShopLake.Catalog;

namespace ShopLake.Engines.DuckDb;

/// <summary>How DuckDB writes names, types and values.</summary>
internal static class DuckDbText
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Type(ColumnType type) => type switch
    {
        ColumnType.Text => "VARCHAR",
        ColumnType.Bigint => "BIGINT",
        ColumnType.Amount => "DECIMAL(18,4)",
        ColumnType.Double => "DOUBLE",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Timestamp => "TIMESTAMP",
        ColumnType.Date => "DATE",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A column type without a DuckDB type."),
    };

    /// <summary>The one text that a value has on every engine; the separator of columns is escaped inside text.</summary>
    public static string Canonical(ColumnDefinition column)
    {
        string name = Name(column.Name);
        string text = column.Type switch
        {
            ColumnType.Text => $"'''' || replace(replace({name}, '\\', '\\\\'), '|', '\\p')",
            ColumnType.Boolean => $"CASE WHEN {name} THEN 't' ELSE 'f' END",
            ColumnType.Timestamp => $"strftime({name}, '%Y-%m-%d %H:%M:%S.%f')",
            ColumnType.Double => $"cast(cast(floor({name} * 1e6 + 0.5) AS bigint) AS varchar)",
            _ => $"cast({name} AS varchar)",
        };
        return $"CASE WHEN {name} IS NULL THEN '~' ELSE {text} END";
    }

    public static string Literal(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        bool flag => flag ? "TRUE" : "FALSE",
        DateTime instant => $"TIMESTAMP '{instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'",
        DateOnly day => $"DATE '{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No literal for a {value.GetType()}.", nameof(value)),
    };
}
