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

    /// <summary>
    /// The one text that a row has on every engine; the separator of columns is escaped inside text. It is put together at once,
    /// text without anything to escape as it stands, since a copy of each cell was half of what a digest cost.
    /// </summary>
    public static string CanonicalRow(IReadOnlyList<ColumnDefinition> columns) =>
        $"concat({string.Join(", ", columns.SelectMany((column, index) => Canonical(column, index == 0 ? "" : "|")))})";

    private static string[] Canonical(ColumnDefinition column, string separator)
    {
        string name = Name(column.Name);
        return column.Type switch
        {
            ColumnType.Text =>
            [
                $"CASE WHEN {name} IS NULL THEN '{separator}~' ELSE '{separator}''' END",
                $"CASE WHEN contains({name}, '|') OR contains({name}, '\\') "
                + $"THEN replace(replace({name}, '\\', '\\\\'), '|', '\\p') ELSE {name} END",
            ],
            ColumnType.Boolean =>
                [$"CASE {name} WHEN TRUE THEN '{separator}t' WHEN FALSE THEN '{separator}f' ELSE '{separator}~' END"],
            ColumnType.Timestamp => Known($"strftime({name}, '%Y-%m-%d %H:%M:%S.%f')"),
            ColumnType.Double => Known($"CASE WHEN abs({name}) < 1e12 THEN cast(cast(floor({name} * 1e6 + 0.5) AS bigint) AS varchar) "
                + $"ELSE cast(cast(floor({name}) AS bigint) AS varchar) || '000000' END"),
            _ => Known($"cast({name} AS varchar)"),
        };

        string[] Known(string text) => [$"'{separator}'", $"coalesce({text}, '~')"];
    }

    /// <summary>The rows of Parquet files, as a table of a FROM.</summary>
    public static string Parquet(IEnumerable<string> files) =>
        $"read_parquet([{string.Join(", ", files.Select(Literal))}], hive_partitioning = false)";

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
