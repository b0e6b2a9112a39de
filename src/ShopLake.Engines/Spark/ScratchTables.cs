using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>The tables of a warehouse that is gone when disposed: temporary names for rows.</summary>
internal sealed class ScratchTables(SparkSession session, SparkStaging staging) : ISparkTables
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public long LedgerSequence { get; set; }

    public bool Exists(string name) => _names.Contains(name);

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
        staging.Keep(SparkText.View(table.FullName), table.Columns, rows, CancellationToken.None);
        _names.Add(table.FullName);
    }

    public void Append(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        if (PlaceOf(table.FullName) is not { } standing)
        {
            Fill(table, comment, rows);
            return;
        }

        string added = staging.Shown(table.Columns, rows, CancellationToken.None);
        Write(table, comment, $"SELECT {SparkText.Columns(table)} FROM {standing} UNION ALL {added}", CancellationToken.None);
    }

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, CancellationToken cancellation) => Write(
            table, "", SparkText.Replaced(table, SparkText.View(table.FullName), key, changes, rows), cancellation);

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
