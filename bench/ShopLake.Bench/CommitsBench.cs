using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// What it costs that a shop's rows came in many small commits, as when the program is called every few minutes, against the
/// same rows in a few large ones: a full build, and a run with one event more. Counts only if Gold is equal.
/// </summary>
internal sealed class CommitsBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly int _orders;
    private readonly int _rounds;
    private readonly Action<string> _tell;

    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    /// <param name="tell">Told each measurement, then the medians.</param>
    public CommitsBench(int orders, int rounds, Action<string> tell)
    {
        _orders = orders;
        _rounds = rounds;
        _tell = tell;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <returns>Both lakes have the same Gold.</returns>
    public bool Run()
    {
        BenchLake few = Simulate("few");
        BenchLake many = Simulate("many");
        string late = ChangedEvent(few.Feeds);
        long ofFew = few.Ingest();
        long ofMany = IngestOneByOne(many);
        _tell(string.Create(CultureInfo.InvariantCulture,
            $"{few.Rows(0, ofFew):N0} rows in {ofFew:N0} and in {ofMany:N0} commits, medians of {_rounds}"));
        foreach (BenchLake lake in (BenchLake[])[few, many])
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(lake.Feeds, "late")).FullName, "events.jsonl"), late);
            _ = lake.Ingest();
        }

        List<Cost> fullFew = [], fullMany = [], lateFew = [], lateMany = [];
        for (int round = 0; round < _rounds; round++)
        {
            Measure(few, ofFew, fullFew, lateFew);
            Measure(many, ofMany, fullMany, lateMany);
        }

        _tell("| path | few commits s | many s | ratio | CPU ratio |");
        _tell("| --- | --- | --- | --- | --- |");
        Report("full build", Cost.Median(fullFew), Cost.Median(fullMany));
        Report("one late event", Cost.Median(lateFew), Cost.Median(lateMany));
        return IsEqual(few, many);
    }

    private static void Measure(BenchLake lake, long upTo, List<Cost> full, List<Cost> late)
    {
        lake.Remove();
        full.Add(Cost.Of(() => lake.Build(upTo)));
        late.Add(Cost.Of(() => lake.Build(upTo + 1)));
    }

    private void Report(string path, Cost few, Cost many) => _tell(string.Create(CultureInfo.InvariantCulture,
        $"| {path} | {few.Seconds:F2} | {many.Seconds:F2} | {many.Seconds / few.Seconds:F2} | {many.ProcessorSeconds / few.ProcessorSeconds:F2} |"));

    private BenchLake Simulate(string name)
    {
        string folder = Path.Combine(_folder, name);
        BenchShop.Simulate(folder, _orders);
        return new BenchLake(folder, _library);
    }

    private static string ChangedEvent(string feeds)
    {
        string first = Directory.EnumerateFiles(feeds, "events*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        return File.ReadLines(first).First().Replace("\"event_id\":\"", "\"event_id\":\"late-", StringComparison.Ordinal) + "\n";
    }

    /// <summary>Each file is delivered alone, in the order of days.</summary>
    private static long IngestOneByOne(BenchLake lake)
    {
        string held = lake.Feeds + ".held";
        Directory.Move(lake.Feeds, held);
        long last = 0;
        foreach (string file in Directory.EnumerateFiles(held, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string day = Path.Combine(lake.Feeds, Path.GetRelativePath(held, Path.GetDirectoryName(file)!));
            string delivered = Path.Combine(Directory.CreateDirectory(day).FullName, Path.GetFileName(file));
            File.Move(file, delivered);
            last = lake.Ingest();
            File.Delete(delivered);
        }

        return last;
    }

    /// <summary>What tells of positions in the ledger differs as it must; it stands in no table of Gold but the data clock.</summary>
    private bool IsEqual(BenchLake few, BenchLake many)
    {
        Dictionary<string, TableDigest> ofMany = many.Digests();
        string[] different = [.. few.Digests()
            .Where(table => table.Key.StartsWith("gold.", StringComparison.Ordinal) && table.Key != "gold.as_of" && ofMany[table.Key] != table.Value)
            .Select(table => table.Key)];
        _tell(different.Length == 0 ? "Gold is equal." : $"Gold differs: {string.Join(", ", different)}");
        return different.Length == 0;
    }
}
