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
    /// <summary>Of an action, with the processes that it starts and waits for.</summary>
    public static Cost Of(Action action)
    {
        double before = ProcessorTime();
        var watch = Stopwatch.StartNew();
        action();
        watch.Stop();
        return new Cost(watch.Elapsed.TotalSeconds, ProcessorTime() - before);
    }

    public static Cost Median(IReadOnlyCollection<Cost> costs) => new(
        costs.Select(cost => cost.Seconds).Order().ElementAt(costs.Count / 2),
        costs.Select(cost => cost.ProcessorSeconds).Order().ElementAt(costs.Count / 2));

    /// <summary>Of this process and its ended children, which proc(5) gives in hundredths of a second.</summary>
    private static double ProcessorTime()
    {
        string status = File.ReadAllText("/proc/self/stat");
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
    }
}

/// <summary>Medians.</summary>
internal sealed record Measured(Cost Floor, Cost Ingest, long PeakMegabytes, bool IsEqual)
{
    public double Ratio => Ingest.Seconds / Floor.Seconds;

    public double ProcessorRatio => Ingest.ProcessorSeconds / Floor.ProcessorSeconds;
}
