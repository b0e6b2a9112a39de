using System.Globalization;
using NpgsqlTypes;
using ShopLake.Catalog;

namespace ShopLake.Engines.Postgres;

/// <summary>How PostgreSQL writes names, types and values.</summary>
internal static class PostgresText
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Text is compared by its bytes, whatever the database's own collation is.</summary>
    public static string Type(ColumnType type) => StoredType(type) + (type == ColumnType.Text ? " COLLATE \"C\"" : "");

    /// <summary>A column of a query in the type of the table's column.</summary>
    public static string Typed(ColumnDefinition column) => $"cast({Name(column.Name)} AS {StoredType(column.Type)})"
        + (column.Type == ColumnType.Text ? " COLLATE \"C\"" : "") + $" AS {Name(column.Name)}";

    /// <summary>The type as PostgreSQL's catalogue names it.</summary>
    public static string StoredType(ColumnType type) => type switch
    {
        ColumnType.Text => "text",
        ColumnType.Bigint => "bigint",
        ColumnType.Amount => "numeric(18,4)",
        ColumnType.Double => "double precision",
        ColumnType.Boolean => "boolean",
        ColumnType.Timestamp => "timestamp without time zone",
        ColumnType.Date => "date",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A column type without a PostgreSQL type."),
    };

    public static NpgsqlDbType CopyType(ColumnType type) => type switch
    {
        ColumnType.Text => NpgsqlDbType.Text,
        ColumnType.Bigint => NpgsqlDbType.Bigint,
        ColumnType.Amount => NpgsqlDbType.Numeric,
        ColumnType.Double => NpgsqlDbType.Double,
        ColumnType.Boolean => NpgsqlDbType.Boolean,
        ColumnType.Timestamp => NpgsqlDbType.Timestamp,
        ColumnType.Date => NpgsqlDbType.Date,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A column type that COPY does not know."),
    };

    /// <summary>The one text that a value has on every engine; the separator of columns is escaped inside text.</summary>
    public static string Canonical(ColumnDefinition column)
    {
        string name = Name(column.Name);
        string text = column.Type switch
        {
            ColumnType.Text => $"'''' || replace(replace({name}, '\\', '\\\\'), '|', '\\p')",
            ColumnType.Boolean => $"CASE WHEN {name} THEN 't' ELSE 'f' END",
            ColumnType.Timestamp => $"to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US')",
            ColumnType.Date => $"to_char({name}, 'YYYY-MM-DD')",
            ColumnType.Double => $"CASE WHEN abs({name}) < 1e12 "
                + $"THEN cast(cast(floor({name} * cast(1000000 AS double precision) + 0.5) AS bigint) AS text) "
                + $"ELSE cast(cast(floor({name}) AS bigint) AS text) || '000000' END",
            _ => $"cast({name} AS text)",
        };
        return $"CASE WHEN {name} IS NULL THEN '~' ELSE {text} END";
    }

    /// <summary>A name for an index that says what it serves, within the 63 bytes that names have.</summary>
    public static string IndexName(TableDefinition table, IEnumerable<string> columns)
    {
        string name = $"{table.Name}_by_{string.Join('_', columns)}";
        return name.Length <= 63 ? name : string.Create(CultureInfo.InvariantCulture, $"{name[..46]}_{Hash(name):x16}");
    }

    /// <summary>FNV-1a: the same in every process.</summary>
    private static ulong Hash(string text) =>
        text.Aggregate(14695981039346656037UL, (hash, letter) => unchecked((hash ^ letter) * 1099511628211UL));
}
