using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>How Spark writes names, types and values.</summary>
internal static class SparkText
{
    /// <summary>Sessions of ours read double quotes as SQL does.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A place that Spark reads and writes, as the name of a table of files.</summary>
    public static string Path(string path) => $"`{path.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>The temporary name of a table: Spark's have no schema.</summary>
    public static string View(string table) => table.Replace(".", "__", StringComparison.Ordinal);

    public static string Type(ColumnType type) => ArrowTable.SparkType(type);

    /// <summary>Columns of a SELECT in the order and the types of a table.</summary>
    public static string Typed(TableDefinition table) => string.Join(", ", table.Columns.Select(column =>
        $"cast({Name(column.Name)} AS {Type(column.Type)}) AS {Name(column.Name)}"));

    public static string Columns(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(column => Name(column.Name)));

    /// <summary>SELECT of a table with those rows of a changed key replaced.</summary>
    /// <param name="key">None where all rows are.</param>
    /// <param name="changes">Name of the rows that changed, gone and new.</param>
    /// <param name="rows">Name of the rows that stand now, complete for each key that has a change.</param>
    public static string Replaced(
        TableDefinition table, string standing, IReadOnlyList<string> key, string changes, string rows)
    {
        string columns = Columns(table);
        string isChanged = $"EXISTS (SELECT 1 FROM {changes} AS c WHERE "
            + string.Join(" AND ", key.Select(column => $"c.{Name(column)} = t.{Name(column)}")) + ")";
        return key.Count == 0
            ? $"SELECT {columns} FROM {rows}"
            : $"SELECT {columns} FROM {standing} AS t WHERE NOT {isChanged} "
                + $"UNION ALL SELECT {columns} FROM {rows} AS t WHERE {isChanged}";
    }

    /// <summary>The one text that a value has on every engine; the separator of columns is escaped inside text.</summary>
    public static string Canonical(ColumnDefinition column)
    {
        string name = Name(column.Name);
        string text = column.Type switch
        {
            ColumnType.Text => $"'''' || replace(replace({name}, '\\\\', '\\\\\\\\'), '|', '\\\\p')",
            ColumnType.Boolean => $"CASE WHEN {name} THEN 't' ELSE 'f' END",
            ColumnType.Timestamp => $"date_format({name}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')",
            ColumnType.Double => $"CASE WHEN abs({name}) < 1e12 THEN cast(cast(floor({name} * 1e6 + 0.5) AS bigint) AS string) "
                + $"ELSE cast(cast(floor({name}) AS bigint) AS string) || '000000' END",
            _ => $"cast({name} AS string)",
        };
        return $"CASE WHEN {name} IS NULL THEN '~' ELSE {text} END";
    }
}
