using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Bench;

/// <summary>
/// As many states of a disk that loses power during ingestion as asked: in none of them may the ledger name a file that
/// is missing or short, and in each the next run continues.
/// </summary>
internal sealed class PowerLossBench(int states) : IDisposable
{
    private const int Feeds = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly LakeCatalog _catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);

    /// <returns>All states are sound.</returns>
    public bool Run(TextWriter output)
    {
        string whole = Path.Combine(_folder, "whole");
        var disk = new RecordedDisk(whole);
        for (int feeds = 1; feeds <= Feeds; feeds++)
        {
            WriteFeeds(whole, feeds);
            Ingest(whole, new DurableStorage(disk.Add));
        }

        var random = new Random(states);
        var broken = new List<string>();
        for (int state = 0; state < states; state++)
        {
            int steps = random.Next(disk.Steps.Count + 1);
            string folder = Path.Combine(_folder, $"state-{state}");
            RecordedDisk.Restore(disk.LosePower(steps, random), folder);
            if (Mistake(folder) is { } mistake)
            {
                broken.Add($"state {state}, power lost behind step {steps}: {mistake}");
            }

            Directory.Delete(folder, recursive: true);
        }

        broken.ForEach(output.WriteLine);
        output.WriteLine(
            $"{states} states of {disk.Steps.Count} steps: {states - broken.Count} sound and continued, "
            + $"{broken.Count} not");
        return broken.Count == 0;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string? Mistake(string folder)
    {
        string lake = Path.Combine(folder, "data");
        string? mistake = BronzeVerification.Of(lake).Findings
            .FirstOrDefault(finding => !finding.Contains("is not named by the ledger", StringComparison.Ordinal));
        if (mistake is not null)
        {
            return mistake;
        }

        WriteFeeds(folder, Feeds);
        Ingest(folder, new DurableStorage());
        var ledger = Ledger.Open(lake);
        return BronzeVerification.Of(lake).Findings is [var finding, ..] ? finding
            : ledger.Records.Sum(record => record.Rows) != Feeds
                || ledger.Records.Sum(record => record.Rejected) != Feeds ? "a record was lost or doubled"
            : null;
    }

    private void Ingest(string folder, DurableStorage storage)
    {
        string feeds = Path.Combine(folder, "feeds", "*.csv");
        var source = new Source { Name = "payments", Table = "payments", Path = feeds };
        var configuration = new LakeConfiguration
        {
            ProjectFolder = folder,
            Lake = Path.Combine(folder, "data"),
            Sources = [source],
        };
        if (new Ingestor(configuration, _catalog, storage).Run().Sources[0].Errors is [var error, ..])
        {
            throw error;
        }
    }

    private static void WriteFeeds(string folder, int count)
    {
        string feeds = Directory.CreateDirectory(Path.Combine(folder, "feeds")).FullName;
        for (int feed = 1; feed <= count; feed++)
        {
            File.WriteAllText(
                Path.Combine(feeds, $"payments-{feed}.csv"), $"payment_id,order_id\np{feed},o{feed}\nragged {feed}\n");
        }
    }
}
