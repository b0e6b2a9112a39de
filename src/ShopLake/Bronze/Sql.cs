using System.Globalization;
using ShopLake.Catalog;

namespace ShopLake.Bronze;

/// <summary>How names, texts and types are written in DuckDB's SQL.</summary>
internal static class Sql
{
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Literal(DateTime instant) =>
        string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{instant:yyyy-MM-dd HH:mm:ss.ffffff}'");

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
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Literal))}]";
}
