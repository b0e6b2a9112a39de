using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Explain;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Simulator.Feeds;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Explain;

/// <summary>A lake in a few commits, built on an engine in memory, with another engine to try things on.</summary>
internal sealed class ExplainedLake : IDisposable
{
    private readonly IReadOnlyList<RawRow> _rows = [];
    private readonly DuckDbEngine _scratch;
    private readonly TemporaryFolder _files;
    private readonly Ledger? _ledger;

    /// <param name="batches">The commits, in literal rows.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="library">The models.</param>
    public ExplainedLake(IEnumerable<IReadOnlyList<RawRow>> batches, LakeConfiguration configuration, ModelLibrary library)
        : this(new TemporaryFolder(), configuration, library)
    {
        _rows = [.. batches.SelectMany((rows, batch) => rows.Select((row, index) => Placed(row, batch + 1, index + 1)))];
        Batches = batches.Count();
        ILookup<string, RawRow> byTable = _rows.ToLookup(row => row.Table);
        foreach (TableDefinition table in LakeCatalog.RawTables.Select(library.Catalog.Raw))
        {
            Engine.Query($"COPY ({SmallLake.RawSelect(table, byTable)}) TO '{FileOf(table)}' (FORMAT parquet)", default);
        }

        Build();
    }

    private ExplainedLake(TemporaryFolder files, string shop, ModelLibrary library)
        : this(files, ConfigurationLoader.Load(Path.Combine(shop, "shoplake.yaml")), library)
    {
        _ = new Ingestor(Configuration, library.Catalog).Run();
        _ledger = Ledger.Open(Configuration.Lake);
        Batches = _ledger.LastSequence;
        Build();
    }

    private ExplainedLake(TemporaryFolder files, LakeConfiguration configuration, ModelLibrary library)
    {
        (_files, Configuration, Library) = (files, configuration, library);
        Engine = Open();
        _scratch = Open();
    }

    public LakeConfiguration Configuration { get; }

    public ModelLibrary Library { get; }

    public DuckDbEngine Engine { get; }

    /// <summary>The last commit.</summary>
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

    /// <summary>
    /// A shop as people see it: customers with many orders and visits, some of them in one session, so that what is needed of one
    /// brings along a part of another.
    /// </summary>
    public static ExplainedLake Simulated(ModelLibrary library)
    {
        var files = new TemporaryFolder();
        string shop = Path.Combine(files.Path, "shop");
        Simulation.Run(new SimulationOptions
        {
            OutputFolder = shop,
            Users = 200,
            Products = 20,
            Days = 90,
            Faults = new FaultRates { Conflict = 0.1 },
        });
        return new ExplainedLake(files, shop, library);
    }

    /// <summary>The raw row that a pointer points to.</summary>
    public RawRow this[BronzePointer pointer] => _rows.Single(row => $"bronze.{row.Table}_raw" == pointer.Table
        && row.Values["_batch_id"] == Text(pointer.BatchId) && row.Values["_source_row"] == Text(pointer.SourceRow));

    /// <summary>Bronze up to a commit.</summary>
    public BronzeState Bronze(long upTo) => _ledger is not null ? BronzeState.Of(_ledger, upTo) : new(upTo,
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

    private void Build() => Warehouse.Build(Engine, Library, Configuration, Bronze(Batches), null, CancellationToken.None);

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
