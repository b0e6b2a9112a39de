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
internal sealed record Cost(double Seconds, double ProcessorSeconds);

/// <summary>Medians.</summary>
internal sealed record Measured(Cost Floor, Cost Ingest, long PeakMegabytes, bool IsEqual)
{
    public double Ratio => Ingest.Seconds / Floor.Seconds;

    public double ProcessorRatio => Ingest.ProcessorSeconds / Floor.ProcessorSeconds;
}
