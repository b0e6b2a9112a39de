using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// What a run costs that has little to do, against a full build of the same Bronze: the last hundredth of a year's feeds, one
/// event a year late, nothing; and what it costs to verify. A path counts only if every table equals that of the full build.
/// </summary>
internal sealed partial class UpdateBench : IDisposable
{
    private const int NewDays = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly int _orders;
    private readonly int _rounds;

    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    public UpdateBench(int orders, int rounds)
    {
        _orders = orders;
        _rounds = rounds;
    }

    private string Feeds => Path.Combine(_folder, "feeds");

    /// <returns>Every path gives the tables of a full build.</returns>
    public bool Run(TextWriter output)
    {
        (long history, long delta, long late) = Deliver(output);
        LakeConfiguration shop = Configuration();
        var costs = new Dictionary<string, List<Cost>>();
        var mistakes = new List<string>();
        for (int round = 0; round < _rounds; round++)
        {
            Remove(shop);
            Measure("full build, history", () => Build(shop, history));
            Measure("1 % new", () => Build(shop, delta));
            Dictionary<string, TableDigest> updated = Digests(shop);
            Measure("one event a year late", () => Build(shop, late));
            Dictionary<string, TableDigest> withLate = Digests(shop);
            Measure("nothing new, whole process", RunProgram);
            Measure("verify", () => Verify(shop));
            Remove(shop);
            Measure("full build", () => Build(shop, delta));
            mistakes.AddRange(Different("1 % new", updated, Digests(shop)));
            Remove(shop);
            Build(shop, late);
            mistakes.AddRange(Different("one event a year late", withLate, Digests(shop)));
        }

        Report(output, costs);
        mistakes.ForEach(output.WriteLine);
        return mistakes.Count == 0;

        void Measure(string name, Action action)
        {
            Cost cost = Cost.Of(action);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {cost.Seconds:F2} s, processors {cost.ProcessorSeconds:F2} s"));
            costs.TryAdd(name, []);
            costs[name].Add(cost);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Report(TextWriter output, Dictionary<string, List<Cost>> costs)
    {
        Cost full = Cost.Median(costs["full build"]);
        output.WriteLine("| path | s | of a full build | CPU s | of a full build |");
        output.WriteLine("| --- | --- | --- | --- | --- |");
        foreach ((string name, List<Cost> measured) in costs)
        {
            Cost cost = Cost.Median(measured);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {cost.Seconds:F2} | {cost.Seconds / full.Seconds:P1} | {cost.ProcessorSeconds:F2} | {cost.ProcessorSeconds / full.ProcessorSeconds:P1} |"));
        }
    }

    /// <summary>Three states of Bronze, by their last commits.</summary>
    private (long History, long Delta, long Late) Deliver(TextWriter output)
    {
        BenchShop.Simulate(_folder, _orders);
        string[] days = [.. Directory.EnumerateDirectories(Feeds).Order(StringComparer.Ordinal).Take(BenchShop.Days)];
        string held = Path.Combine(_folder, "held");
        Directory.Move(Feeds, held);
        Directory.CreateDirectory(Feeds);
        string lake = Configuration().Lake;
        long history = Ingest(days[..^NewDays]);
        long delta = Ingest(days[^NewDays..]);
        string first = Directory.EnumerateFiles(Path.Combine(Feeds, Path.GetFileName(days[1])), "events*.jsonl").First();
        string folder = Directory.CreateDirectory(Path.Combine(Feeds, "late")).FullName;
        File.WriteAllText(Path.Combine(folder, "events.jsonl"),
            EventId().Replace(File.ReadLines(first).First(), "\"event_id\":\"late\"", 1) + "\n");
        long late = Ingest([]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Rows(0, history):N0} rows of history, {Rows(history, delta):N0} new, {Rows(delta, late):N0} late, medians of {_rounds}"));
        return (history, delta, late);

        long Ingest(string[] arrived)
        {
            foreach (string day in arrived)
            {
                string name = Path.GetFileName(day);
                Directory.Move(Path.Combine(held, name), Path.Combine(Feeds, name));
            }

            _ = new Ingestor(Configuration(), _library.Catalog).Run();
            return Ledger.Open(lake).LastSequence;
        }

        long Rows(long after, long upTo) => Ledger.Open(lake).Records
            .Where(record => record.Sequence > after && record.Sequence <= upTo).Sum(record => record.Rows);
    }

    private LakeConfiguration Configuration() => ConfigurationLoader.Load(Path.Combine(_folder, "shoplake.yaml"));

    private void Build(LakeConfiguration shop, long upTo)
    {
        using IEngine engine = LakeEngine.Open(shop);
        RunReport report = LakeRun.Execute(
            engine, _library, shop, BronzeState.Of(Ledger.Open(shop.Lake), upTo), null, CancellationToken.None);
        if (report.Outcome != RunOutcome.Published)
        {
            throw new InvalidOperationException($"The run is {report.Outcome}.");
        }
    }

    private void Verify(LakeConfiguration shop)
    {
        using IEngine live = LakeEngine.Open(shop);
        using IEngine rebuilt = LakeEngine.OpenScratch(shop);
        Rebuild.Into(rebuilt, _library, shop, BronzeState.Of(Ledger.Open(shop.Lake)), null, CancellationToken.None);
        if (Verification.Compare(live, rebuilt, _library, CancellationToken.None).Any(table => !table.IsEqual))
        {
            throw new InvalidOperationException("The live tables differ from a rebuild.");
        }
    }

    private void RunProgram()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ShopLake.Cli.dll");
        string text = BenchShop.Run(new ProcessStartInfo("dotnet", [program, "run", "--config", Path.Combine(_folder, "shoplake.yaml")]));
        if (!text.Contains("Nothing new", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program found something new.\n{text}");
        }
    }

    /// <summary>Takes away everything but Bronze.</summary>
    private static void Remove(LakeConfiguration shop)
    {
        File.Delete(Path.Combine(shop.Lake, "warehouse.duckdb"));
        File.Delete(Path.Combine(shop.Lake, "gold"));
        if (Directory.Exists(Path.Combine(shop.Lake, ".gold")))
        {
            Directory.Delete(Path.Combine(shop.Lake, ".gold"), recursive: true);
        }
    }

    private Dictionary<string, TableDigest> Digests(LakeConfiguration shop)
    {
        using IEngine engine = LakeEngine.Open(shop);
        return BenchShop.Digests(engine, _library);
    }

    private static IEnumerable<string> Different(
        string path, Dictionary<string, TableDigest> tables, Dictionary<string, TableDigest> rebuilt) =>
        tables.Where(table => rebuilt[table.Key] != table.Value).Select(table => $"{path}: {table.Key} differs from a full build.");

    [GeneratedRegex("\"event_id\":\"[^\"]*\"")]
    private static partial Regex EventId();
}
