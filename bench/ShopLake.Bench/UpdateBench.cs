using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Catalog;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// What a run costs that has little to do, against a full build of the same Bronze: the last hundredth of a year's feeds, the
/// same on half the history, one event a year late, one new order, nothing; and what it costs to verify. Beside it stands what
/// writing the differences costs that the new rows make. A path counts only if every table equals that of a full build.
/// </summary>
internal sealed partial class UpdateBench : IDisposable
{
    private const int NewDays = 4;
    private const string FullBuild = "full build";
    private const string Delta = "1 % new";
    private const string HalfDelta = "the same on half the history";
    private const string Written = "floor of 1 % new: its differences written, known beforehand";
    private const string WrittenPublic = "of these, Silver and Gold alone";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly Dictionary<string, List<Cost>> _costs = new(StringComparer.Ordinal);
    private readonly int _orders;
    private readonly int _rounds;
    private readonly Action<string> _tell;

    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    /// <param name="tell">Told each measurement, then the medians.</param>
    public UpdateBench(int orders, int rounds, Action<string> tell)
    {
        _orders = orders;
        _rounds = rounds;
        _tell = tell;
    }

    /// <returns>Every path gives the tables of a full build.</returns>
    public bool Run()
    {
        (BenchLake half, History ofHalf, BenchLake lake, History ofAll) = Deliver();
        var mistakes = new List<string>();
        for (int round = 0; round < _rounds; round++)
        {
            half.Remove();
            Measure("full build, half the history", () => half.Build(ofHalf.Before));
            Measure(HalfDelta, () => half.Build(ofHalf.Delta));
            Dictionary<string, TableDigest> updatedHalf = half.Digests();
            half.Remove();
            half.Build(ofHalf.Delta);
            mistakes.AddRange(Different(HalfDelta, updatedHalf, half.Digests()));

            lake.Remove();
            Measure("full build, history", () => lake.Build(ofAll.Before));
            string before = Path.Combine(_folder, "before.duckdb");
            File.Copy(lake.Warehouse, before, overwrite: true);
            Measure(Delta, () => lake.Build(ofAll.Delta));
            Dictionary<string, TableDigest> updated = lake.Digests();
            var floor = new UpdateFloor(_folder, before, lake.Warehouse, _library);
            foreach ((string name, bool publicOnly) in new[] { (Written, false), (WrittenPublic, true) })
            {
                (Cost cost, Dictionary<string, TableDigest> written) = floor.Write(publicOnly);
                Note(name, cost);
                mistakes.AddRange(Different(name, written, updated));
            }

            Measure("one event a year late", () => lake.Build(ofAll.Late));
            Measure("one new order, with an item and its payment", () => lake.Build(ofAll.Order));
            Measure("nothing new, whole process", () => RunProgram(lake));
            Measure("verify", lake.Verify);
            lake.Remove();
            Measure(FullBuild, () => lake.Build(ofAll.Delta));
            mistakes.AddRange(Different(Delta, updated, lake.Digests()));
        }

        Report();
        mistakes.ForEach(_tell);
        return mistakes.Count == 0;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Measure(string name, Action action) => Note(name, Cost.Of(action));

    private void Note(string name, Cost cost)
    {
        _tell(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {cost.Seconds:F2} s, processors {cost.ProcessorSeconds:F2} s"));
        _costs.TryAdd(name, []);
        _costs[name].Add(cost);
    }

    private void Report()
    {
        Cost full = Cost.Median(_costs[FullBuild]);
        _tell("| path | s | of a full build | CPU s | of a full build |");
        _tell("| --- | --- | --- | --- | --- |");
        foreach ((string name, List<Cost> measured) in _costs)
        {
            Cost cost = Cost.Median(measured);
            _tell(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {cost.Seconds:F2} | {cost.Seconds / full.Seconds:P1} | {cost.ProcessorSeconds:F2} | {cost.ProcessorSeconds / full.ProcessorSeconds:P1} |"));
        }

        Cost whole = Cost.Median(_costs[Delta]);
        Cost half = Cost.Median(_costs[HalfDelta]);
        _tell(string.Create(CultureInfo.InvariantCulture,
            $"{Delta} on all of the history against half of it: {whole.Seconds / half.Seconds:F2}, CPU {whole.ProcessorSeconds / half.ProcessorSeconds:F2}"));
    }

    /// <summary>Two lakes that get the same last days: one behind all days before, one behind the later half of them.</summary>
    private (BenchLake Half, History OfHalf, BenchLake Lake, History OfAll) Deliver()
    {
        BenchShop.Simulate(_folder, _orders);
        BenchLake lake = new(_folder, _library);
        string held = Path.Combine(_folder, "held");
        Directory.Move(lake.Feeds, held);
        string[] days = [.. Directory.EnumerateDirectories(held).Select(day => Path.GetFileName(day)).Order(StringComparer.Ordinal).Take(BenchShop.Days)];
        string[] history = days[..^NewDays];
        string[] delta = days[^NewDays..];

        string halfFolder = Directory.CreateDirectory(Path.Combine(_folder, "half")).FullName;
        File.Copy(lake.File, Path.Combine(halfFolder, "shoplake.yaml"));
        BenchLake half = new(halfFolder, _library);
        History ofHalf = Arrive(half, held, history[(history.Length / 2)..], delta);
        foreach (string day in history[(history.Length / 2)..].Concat(delta))
        {
            Directory.Move(Path.Combine(half.Feeds, day), Path.Combine(held, day));
        }

        return (half, ofHalf, lake, Arrive(lake, held, history, delta));
    }

    /// <summary>Brings Bronze to four states: behind the history, the new days, one late event, one new order.</summary>
    private History Arrive(BenchLake lake, string held, string[] history, string[] delta)
    {
        Directory.CreateDirectory(lake.Feeds);
        long before = Ingest(history);
        long after = Ingest(delta);
        // Only what is told apart by its id is new: an event of the first days, once more with another one.
        string first = history.Select(day => Directory.EnumerateFiles(Path.Combine(lake.Feeds, day), "events*.jsonl").FirstOrDefault())
            .First(file => file is not null)!;
        string late = Directory.CreateDirectory(Path.Combine(lake.Feeds, "late")).FullName;
        File.WriteAllText(Path.Combine(late, "events.jsonl"),
            EventId().Replace(File.ReadLines(first).First(), "\"event_id\":\"late\"", 1) + "\n");
        long behindLate = Ingest([]);
        WriteOrder(Path.Combine(lake.Feeds, delta[^1]), late);
        var arrived = new History(before, after, behindLate, Ingest([]));
        _tell(string.Create(CultureInfo.InvariantCulture,
            $"{lake.Rows(0, before):N0} rows of history, {lake.Rows(before, after):N0} new, {lake.Rows(after, arrived.Late):N0} late, "
            + $"{lake.Rows(arrived.Late, arrived.Order):N0} of one order, medians of {_rounds}"));
        return arrived;

        long Ingest(string[] days)
        {
            foreach (string day in days)
            {
                Directory.Move(Path.Combine(held, day), Path.Combine(lake.Feeds, day));
            }

            return lake.Ingest();
        }
    }

    /// <summary>One order with an item and a payment: rows of a day's feeds with ids of their own.</summary>
    private static void WriteOrder(string day, string folder)
    {
        foreach ((string feed, string[] ids) in new[]
        {
            ("orders.csv", new[] { "order" }), ("order_items.csv", ["item", "order"]), ("payments.csv", ["payment", "order"]),
        })
        {
            string[] lines = [.. File.ReadLines(Path.Combine(day, feed)).Take(2)];
            File.WriteAllLines(Path.Combine(folder, feed), [lines[0], string.Join(',', [.. ids, .. lines[1].Split(',').Skip(ids.Length)])]);
        }
    }

    private static void RunProgram(BenchLake lake)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ShopLake.Cli.dll");
        string text = BenchShop.Run(new ProcessStartInfo("dotnet", [program, "run", "--config", lake.File]));
        if (!text.Contains("Nothing new", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program found something new.\n{text}");
        }
    }

    private static IEnumerable<string> Different(
        string path, Dictionary<string, TableDigest> tables, Dictionary<string, TableDigest> rebuilt) =>
        tables.Where(table => rebuilt[table.Key] != table.Value).Select(table => $"{path}: {table.Key} differs from a full build.");

    [GeneratedRegex("\"event_id\":\"[^\"]*\"")]
    private static partial Regex EventId();

    /// <summary>States of Bronze, by their last commits.</summary>
    private sealed record History(long Before, long Delta, long Late, long Order);
}
