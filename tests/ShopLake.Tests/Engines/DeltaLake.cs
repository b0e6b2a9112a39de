using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>A lake of literal rows in an engine's live warehouse, opened anew for each run, as the program does.</summary>
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
    /// <returns>The tables that differ; empty where none does.</returns>
    public string Run(ModelLibrary library, LakeConfiguration configuration)
    {
        LakeConfiguration here = In(configuration);
        using (IEngine warehouse = LakeEngine.Open(here))
        {
            LakeRun.Execute(warehouse, library, here, Bronze(), null, CancellationToken.None).Outcome.ShouldBe(RunOutcome.Published);
        }

        using IEngine published = LakeEngine.Open(here);
        return TestEngine.Differences(published, "duckdb", library, here, Bronze());
    }

    public void Dispose() => _folder.Dispose();

    private LakeConfiguration In(LakeConfiguration configuration)
    {
        LakeConfiguration chosen = TestEngine.Configuration(engine, _folder.Path);
        return configuration with { Lake = _folder.Path, Engine = chosen.Engine, Url = chosen.Url };
    }

    private BronzeState Bronze() => new(_sequence, table => Select(table, 0), Select);

    private string Select(TableDefinition table, long after) => SmallLake.RawSelect(
        table, _rows.Where(row => long.Parse(row.Values["_batch_id"]!) > after).ToLookup(row => row.Table));
}
