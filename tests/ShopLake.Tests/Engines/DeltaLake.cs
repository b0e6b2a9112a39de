using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>
/// A lake of literal rows in an engine's live warehouse, opened anew for each run, as the program does.
/// </summary>
internal sealed class DeltaLake(string engine) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<RawRow> _rows = [];
    private long _sequence;

    /// <summary>Brings rows to Bronze as one commit.</summary>
    public void Commit(IEnumerable<RawRow> rows)
    {
        _sequence++;
        _rows.AddRange(rows.Select((row, index) => row with
        {
            Values = new Dictionary<string, string?>(row.Values)
            {
                ["_batch_id"] = $"{_sequence}",
                ["_source_row"] = $"{index + 1}",
            },
        }));
    }

    /// <summary>Runs, publishes, and compares the live tables with a rebuild by DuckDB.</summary>
    /// <returns>The tables that differ; empty where none does, or where DuckDB would publish as little.</returns>
    public string Run(ModelLibrary library, LakeConfiguration configuration)
    {
        LakeConfiguration here = In(configuration);
        using IEngine warehouse = LakeEngine.Open(here);
        RunReport report = LakeRun.Execute(warehouse, library, here, Bronze(), null, CancellationToken.None);
        if (report.Outcome == RunOutcome.Refused)
        {
            return RefusedByDuckDb(library, here) == Failed(report.Build!) ? "" : $"refused: {Failed(report.Build!)}";
        }

        return TestEngine.Differences(warehouse, "duckdb", library, here, Bronze());
    }

    public void Dispose() => _folder.Dispose();

    private string RefusedByDuckDb(ModelLibrary library, LakeConfiguration configuration)
    {
        LakeConfiguration otherwise = configuration with { Engine = "duckdb" };
        using IEngine rebuilt = LakeEngine.OpenScratch(otherwise);
        return Failed(Rebuild.Into(rebuilt, library, otherwise, Bronze(), null, CancellationToken.None));
    }

    private static string Failed(BuildResult build) => string.Join(", ", build.Rules
        .Where(rule => rule is { Severity: Severity.Fail, RowsFailed: > 0 })
        .Select(rule => $"{rule.Rule} on {rule.Table} ({rule.RowsFailed})"));

    private LakeConfiguration In(LakeConfiguration configuration)
    {
        LakeConfiguration chosen = TestEngine.Configuration(engine, _folder.Path);
        return configuration with { Lake = _folder.Path, Engine = chosen.Engine, Url = chosen.Url };
    }

    private BronzeState Bronze() => new(_sequence, table => Select(table, 0), Select);

    private string Select(TableDefinition table, long after) => SmallLake.RawSelect(
        table, _rows.Where(row => long.Parse(row.Values["_batch_id"]!) > after).ToLookup(row => row.Table));
}
