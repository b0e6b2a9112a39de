using System.Diagnostics;
using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Engines.Spark;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// Runs on a Spark of the user's, against the same SQL by hand in that Spark, and against DuckDB. A figure counts only if
/// all give the same tables. Spark stands on this machine, so that its processor time counts as well.
/// </summary>
internal sealed class SparkBench : IDisposable
{
    private const double Reach = 1.2;
    private const double ReachOfDuckDb = 0.2;
    private const int Dearest = 15;

    private const string ByDuckDb = "full build on DuckDB";
    private const string Full = "full build on Spark";
    private const string ByHand = "the models as a script of Delta tables";
    private const string NewByDuckDb = "1 % new on DuckDB";
    private const string New = "1 % new on Spark";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly Dictionary<string, List<Cost>> _costs = new(StringComparer.Ordinal);
    private readonly List<string> _different = [];
    private readonly int _orders;
    private readonly int _rounds;
    private readonly Action<string> _tell;
    private int? _server;

    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    public SparkBench(int orders, int rounds, TextWriter output)
    {
        _orders = orders;
        _rounds = rounds;
        _tell = output.WriteLine;
    }

    /// <returns>All ways give the same tables.</returns>
    public bool Run()
    {
        _server = ReadServer();
        (LakeConfiguration shop, long history, long delta) = BenchShop.Deliver(_folder, _orders, _library, _tell);
        for (int round = 0; round < _rounds; round++)
        {
            LakeConfiguration duckDb = In(shop, "duckdb", $"duckdb-{round}");
            LakeConfiguration spark = In(shop, "spark", $"spark-{round}");
            LakeConfiguration hand = In(shop, "spark", $"hand-{round}");
            Measure(ByDuckDb, times => Publish(duckDb, shop, history, times));
            Dictionary<string, TableDigest> digests = Digests(duckDb);
            Measure(Full, times => Publish(spark, shop, history, times));
            TellBytes(shop, spark);
            Compare(digests, spark, Full);
            Measure(ByHand, times => BuildByHand(hand, spark, shop, history, times));
            Compare(digests, hand, ByHand);
            Directory.Delete(hand.Lake, recursive: true);
            Measure(NewByDuckDb, times => Publish(duckDb, shop, delta, times));
            Measure(New, times => Publish(spark, shop, delta, times));
            Compare(Digests(duckDb), spark, New);
            Directory.Delete(duckDb.Lake, recursive: true);
            Directory.Delete(spark.Lake, recursive: true);
        }

        Report();
        _different.ForEach(_tell);
        return _different.Count == 0;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The process that Spark runs in.</summary>
    private static int ReadServer()
    {
        using SparkSession session = SparkConnection.Open(configuration: null);
        return int.Parse(
            (string)session.Query("SELECT reflect('java.lang.ProcessHandle', 'current')", CancellationToken.None).Rows[0][0]!,
            CultureInfo.InvariantCulture);
    }

    /// <summary>A lake of its own over the same Bronze files.</summary>
    private LakeConfiguration In(LakeConfiguration shop, string engine, string name)
    {
        string lake = Directory.CreateDirectory(Path.Combine(_folder, "warehouses", name)).FullName;
        Directory.CreateSymbolicLink(Path.Combine(lake, "bronze"), Path.Combine(shop.Lake, "bronze"));
        return shop with { Engine = engine, Url = null, Lake = lake };
    }

    private void Measure(string name, Action<TableTimes> action)
    {
        var times = new TableTimes();
        Cost cost = Cost.Of(() => action(times), _server);
        _tell(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {cost.Seconds:F1} s, processors {cost.ProcessorSeconds:F1} s"));
        if (_costs.TryAdd(name, []))
        {
            _tell("  " + times.Dearest(Dearest));
        }

        _costs[name].Add(cost);
    }

    private void Report()
    {
        _tell("| what, against | s | its s | ratio | reach | CPU s | its CPU s | CPU ratio |");
        _tell("| --- | --- | --- | --- | --- | --- | --- | --- |");
        (string Ours, string Theirs, double Reach)[] pairs =
            [(Full, ByHand, Reach), (ByDuckDb, Full, ReachOfDuckDb), (NewByDuckDb, New, ReachOfDuckDb)];
        foreach ((string ours, string theirs, double reach) in pairs)
        {
            Cost one = Cost.Median(_costs[ours]);
            Cost other = Cost.Median(_costs[theirs]);
            _tell(string.Create(CultureInfo.InvariantCulture,
                $"| {ours}, {theirs} | {one.Seconds:F1} | {other.Seconds:F1} | {one.Seconds / other.Seconds:F2} | {reach:F1} | "
                + $"{one.ProcessorSeconds:F1} | {other.ProcessorSeconds:F1} | {one.ProcessorSeconds / other.ProcessorSeconds:F2} |"));
        }
    }

    /// <summary>What the raw files and the tables that Spark wrote take on disk.</summary>
    private void TellBytes(LakeConfiguration shop, LakeConfiguration spark)
    {
        long bronze = new DirectoryInfo(Path.Combine(shop.Lake, "bronze")).EnumerateFiles("*.parquet", SearchOption.AllDirectories)
            .Sum(file => file.Length);
        IEnumerable<string> schemas = SparkState.Read(WarehouseOf(spark)).Tables
            .GroupBy(table => table.Key.Split('.')[0], table => table.Value.Bytes)
            .Select(schema => string.Create(CultureInfo.InvariantCulture, $"{schema.Key} {schema.Sum():N0}"));
        _tell(string.Create(CultureInfo.InvariantCulture, $"bytes: Bronze {bronze:N0}; on Spark {string.Join(", ", schemas)}"));
    }

    private void Publish(LakeConfiguration run, LakeConfiguration shop, long upTo, TableTimes times)
    {
        using IEngine engine = LakeEngine.Open(run);
        RunReport report = LakeRun.Execute(
            engine, _library, run, BronzeState.Of(Ledger.Open(shop.Lake), upTo), times, CancellationToken.None);
        if (report.Outcome != RunOutcome.Published)
        {
            throw new InvalidOperationException($"The run is {report.Outcome}.");
        }
    }

    /// <summary>What someone would write who wants the models' tables: a Delta table each, read by those after it.</summary>
    /// <param name="run">Has the tables of the configuration.</param>
    private void BuildByHand(LakeConfiguration hand, LakeConfiguration run, LakeConfiguration shop, long upTo, TableTimes times)
    {
        string folder = WarehouseOf(hand);
        string folderOfRun = WarehouseOf(run);
        SparkState state = SparkState.Read(folderOfRun);
        using SparkSession session = SparkConnection.Open(hand, ModelVocabulary.Functions("spark", hand));
        using var sql = new SparkSql();
        var bronze = new SparkBronze(
            session, sequence => (BronzeState.Of(Ledger.Open(shop.Lake), sequence), _library.Catalog), staging: null);
        foreach (Model model in _library.Models)
        {
            times.Report(model.Name);
            session.Execute(
                $"CREATE TABLE {AtPath(model.Name)} USING delta AS SELECT {SparkText.Typed(model.Table)} "
                + $"FROM (\n{sql.In(model.Sql, PlaceOf)}\n) AS model",
                CancellationToken.None);
        }

        new SparkState(1, upTo, _library.Models.ToDictionary(
            model => model.Name, _ => new SparkTable(0, ""), StringComparer.Ordinal)).Publish(folder);

        string PlaceOf(string name) => name.Split('.')[0] switch
        {
            "bronze" => bronze.PlaceOf(name, upTo)!,
            "config" => SparkState.PlaceOf(folderOfRun, name, state.Tables[name]),
            _ => AtPath(name),
        };

        string AtPath(string name) => $"delta.{SparkText.Path(SparkState.FolderOf(folder, name))}";
    }

    private static string WarehouseOf(LakeConfiguration configuration) => Path.Combine(configuration.Lake, "spark");

    /// <summary>All at once: each question to Spark is a second.</summary>
    private Dictionary<string, TableDigest> Digests(LakeConfiguration configuration)
    {
        using IEngine engine = LakeEngine.Open(configuration);
        TableDefinition[] tables =
            [.. _library.Models.Where(model => model.IsPublic).Select(model => model.Table)];
        return tables.Zip(engine.Digests(tables, CancellationToken.None)).ToDictionary(
            digest => digest.First.FullName, digest => digest.Second, StringComparer.Ordinal);
    }

    private void Compare(Dictionary<string, TableDigest> digests, LakeConfiguration other, string path)
    {
        string[] different =
        [
            .. Digests(other).Where(table => digests[table.Key] != table.Value)
                .Select(table => $"{path}: {table.Key} differs from DuckDB's."),
        ];
        _different.AddRange(different);
        _tell(string.Create(CultureInfo.InvariantCulture, $"  tables that differ from DuckDB's: {different.Length}"));
    }

    /// <summary>How long each table takes, told by the name of the next one.</summary>
    private sealed class TableTimes : IProgress<string>
    {
        private readonly List<(string Name, TimeSpan Begun)> _begun = [];
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public void Report(string value) => _begun.Add((value, _watch.Elapsed));

        /// <summary>The tables that take longest, and all of a schema together.</summary>
        public string Dearest(int count)
        {
            (string Name, double Seconds)[] times =
            [
                .. _begun.Zip(_begun.Skip(1).Select(next => next.Begun).Append(_watch.Elapsed),
                    (table, end) => (table.Name, (end - table.Begun).TotalSeconds)),
            ];
            IEnumerable<(string Name, double Seconds)> schemas = times.GroupBy(time => time.Name.Split('.')[0])
                .Select(schema => (schema.Key, schema.Sum(time => time.Seconds)));
            return string.Join(", ", schemas.Concat(times.OrderByDescending(time => time.Seconds).Take(count))
                .Select(time => string.Create(CultureInfo.InvariantCulture, $"{time.Name} {time.Seconds:F1} s")));
        }
    }
}
