using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Explain;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Explain;

/// <summary>A lake of literal rows in a few commits, built on an engine in memory, with another engine to try things on.</summary>
internal sealed class ExplainedLake : IDisposable
{
    private readonly IReadOnlyList<RawRow> _rows;
    private readonly DuckDbEngine _scratch;
    private readonly TemporaryFolder _files = new();

    /// <param name="batches">The commits.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="library">The models.</param>
    public ExplainedLake(IEnumerable<IReadOnlyList<RawRow>> batches, LakeConfiguration configuration, ModelLibrary library)
    {
        (Configuration, Library) = (configuration, library);
        _rows = [.. batches.SelectMany((rows, batch) => rows.Select((row, index) => Placed(row, batch + 1, index + 1)))];
        Batches = batches.Count();
        Engine = Open();
        _scratch = Open();
        ILookup<string, RawRow> byTable = _rows.ToLookup(row => row.Table);
        foreach (TableDefinition table in LakeCatalog.RawTables.Select(library.Catalog.Raw))
        {
            Engine.Query($"COPY ({SmallLake.RawSelect(table, byTable)}) TO '{FileOf(table)}' (FORMAT parquet)", default);
        }

        Warehouse.Build(Engine, Library, Configuration, Bronze(Batches), null, CancellationToken.None);
    }

    public LakeConfiguration Configuration { get; }

    public ModelLibrary Library { get; }

    public DuckDbEngine Engine { get; }

    public long Batches { get; }

    public TraceProving Proving => new(_scratch, Configuration, Bronze(Batches));

    /// <summary>Many orders, events and payments of a random shop, so that tables have many rows.</summary>
    public static ExplainedLake Busy(int seed, ModelLibrary library)
    {
        var shop = new Gold.RandomShop(seed);
        LakeConfiguration usual = GrowingLake.Configurations[0];
        return new ExplainedLake(
            shop.Rows.Chunk(300), usual with { Time = usual.Time with { ReportingZone = shop.Zone, FunnelWindow = shop.FunnelWindow } }, library);
    }

    /// <summary>The raw row that a pointer points to.</summary>
    public RawRow this[BronzePointer pointer] => _rows.Single(row => $"bronze.{row.Table}_raw" == pointer.Table
        && row.Values["_batch_id"] == Text(pointer.BatchId) && row.Values["_source_row"] == Text(pointer.SourceRow));

    /// <summary>Bronze up to a commit.</summary>
    public BronzeState Bronze(long upTo) => new(upTo,
        table => $"SELECT * FROM '{FileOf(table)}' WHERE _batch_id <= {upTo}",
        (table, after) => $"SELECT * FROM '{FileOf(table)}' WHERE _batch_id > {after} AND _batch_id <= {upTo}");

    /// <summary>An engine that holds the state at a commit.</summary>
    public DuckDbEngine At(long commit)
    {
        DuckDbEngine engine = Open();
        Warehouse.Build(engine, Library, Configuration, Bronze(commit), null, CancellationToken.None);
        return engine;
    }

    public DuckDbEngine Open()
    {
        var engine = DuckDbEngine.Open(":memory:", ModelVocabulary.Functions("duckdb", Configuration), "1GB", null);
        engine.Query("SET threads = 1", CancellationToken.None);
        return engine;
    }

    public void Dispose()
    {
        Engine.Dispose();
        _scratch.Dispose();
        _files.Dispose();
    }

    private string FileOf(TableDefinition table) => Path.Combine(_files.Path, table.Name + ".parquet");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static RawRow Placed(RawRow row, int batch, int number) => row with
    {
        Values = new Dictionary<string, string?>(row.Values)
        {
            ["_batch_id"] = Text(batch),
            ["_source_row"] = Text(number),
        },
    };
}
