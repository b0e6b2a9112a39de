using System.Diagnostics;
using System.Globalization;
using ShopLake.Configuration;

namespace ShopLake.Bench;

/// <summary>One way into Bronze and the floor it is measured against.</summary>
/// <param name="Source">Ingested with a fresh lake each time.</param>
/// <param name="Floor">What a COPY to Parquet reads, which together with a sync is the least that this costs.</param>
/// <param name="RowNumber">SQL of the record number where DuckDB has one for free.</param>
/// <param name="Reach">The ratio that is promised.</param>
internal sealed record BenchPath(string Name, Source Source, string Floor, string RowNumber, double Reach);

/// <param name="Seconds">From start to end.</param>
/// <param name="ProcessorSeconds">Over all processors; steady also on a busy machine.</param>
internal sealed record Cost(double Seconds, double ProcessorSeconds)
{
    /// <summary>A server counts the time of a session's process once that has ended.</summary>
    private static readonly TimeSpan UntilSessionsEnd = TimeSpan.FromMilliseconds(500);

    /// <summary>Of an action, with the processes that it starts and waits for.</summary>
    /// <param name="server">A process that works for it, with its children.</param>
    public static Cost Of(Action action, int? server = null)
    {
        double before = ProcessorTime(server);
        var watch = Stopwatch.StartNew();
        action();
        watch.Stop();
        if (server is not null)
        {
            Thread.Sleep(UntilSessionsEnd);
        }

        return new Cost(watch.Elapsed.TotalSeconds, ProcessorTime(server) - before);
    }

    public static Cost Median(IReadOnlyCollection<Cost> costs) => new(
        costs.Select(cost => cost.Seconds).Order().ElementAt(costs.Count / 2),
        costs.Select(cost => cost.ProcessorSeconds).Order().ElementAt(costs.Count / 2));

    private static double ProcessorTime(int? server) => Times("self").Sum() + (server is not { } parent ? 0
        : Times($"{parent}").Sum()
        + Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(process => int.TryParse(process, CultureInfo.InvariantCulture, out _) && ParentOf(process) == parent)
            .Sum(process => Times(process!).Take(2).Sum()));

    /// <summary>In user and system mode, and the same of ended children; proc(5) gives hundredths of a second.</summary>
    private static double[] Times(string process) =>
        [.. Status(process).Skip(11).Take(4).Select(field => double.Parse(field, CultureInfo.InvariantCulture) / 100)];

    private static int ParentOf(string process) =>
        int.Parse(Status(process).ElementAtOrDefault(1) ?? "0", CultureInfo.InvariantCulture);

    /// <summary>What proc(5) tells of a process behind its name; nothing of one that is gone.</summary>
    private static string[] Status(string process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}

/// <summary>Medians.</summary>
internal sealed record Measured(Cost Floor, Cost Ingest, long PeakMegabytes, bool IsEqual)
{
    public double Ratio => Ingest.Seconds / Floor.Seconds;

    public double ProcessorRatio => Ingest.ProcessorSeconds / Floor.ProcessorSeconds;
}
