using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>The tables of a warehouse that is gone when disposed: temporary names for rows.</summary>
internal sealed class ScratchTables(SparkSession session, SparkStaging staging) : ISparkTables
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public long LedgerSequence { get; set; }

    public string? PlaceOf(string name) => _names.Contains(name) ? SparkText.View(name) : null;

    public long Write(TableDefinition table, string comment, string select, CancellationToken cancellation)
    {
        long rows = staging.Keep(
            SparkText.View(table.FullName), table.Columns, $"SELECT {SparkText.Typed(table)} FROM (\n{select}\n) AS model",
            cancellation);
        _names.Add(table.FullName);
        return rows;
    }

    public void Fill(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        string view = SparkText.View(table.FullName);
        session.CreateView(view, table.Columns, rows, CancellationToken.None);
        staging.Forget(view);
        _names.Add(table.FullName);
    }

    public void Append(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        if (PlaceOf(table.FullName) is not { } standing)
        {
            Fill(table, comment, rows);
            return;
        }

        const string added = "rows_of_the_program";
        string columns = SparkText.Columns(table);
        session.CreateView(added, table.Columns, rows, CancellationToken.None);
        Write(
            table, comment, $"SELECT {columns} FROM {standing} UNION ALL SELECT {columns} FROM {added}",
            CancellationToken.None);
    }

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, CancellationToken cancellation)
    {
        string columns = SparkText.Columns(table);
        string isChanged = $"EXISTS (SELECT 1 FROM {changes} AS c WHERE " + string.Join(" AND ",
            key.Select(column => $"c.{SparkText.Name(column)} = t.{SparkText.Name(column)}")) + ")";
        string select = key.Count == 0
            ? $"SELECT {columns} FROM {rows}"
            : $"SELECT {columns} FROM {SparkText.View(table.FullName)} AS t WHERE NOT {isChanged} "
                + $"UNION ALL SELECT {columns} FROM {rows} AS t WHERE {isChanged}";
        Write(table, "", select, cancellation);
    }

    public void Drop(string name)
    {
        if (_names.Remove(name))
        {
            session.Execute($"DROP VIEW IF EXISTS {SparkText.View(name)}", CancellationToken.None);
            staging.Forget(SparkText.View(name));
        }
    }

    public void Begin()
    {
    }

    public void Commit()
    {
    }

    public void Rollback()
    {
        foreach (string name in (string[])[.. _names])
        {
            Drop(name);
        }
    }
}
