using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Brings what is new in the sources to Bronze.</summary>
/// <param name="catalog">Describes the raw tables.</param>
/// <param name="storage">How the disk is written; null for the plain way.</param>
public sealed class Ingestor(LakeConfiguration configuration, LakeCatalog catalog, DurableStorage? storage = null)
{
    /// <summary>
    /// Commits each source by itself: what one cannot do is in its report, and the others go on.
    /// </summary>
    /// <exception cref="OperationCanceledException">What was committed until then stays, and nothing half.</exception>
    /// <exception cref="ShopLakeException">The ledger is damaged, so nothing may be written.</exception>
    public IngestReport Run(IProgress<IngestProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(Ledger.Open(configuration.Lake), progress, cancellation);

    /// <summary>The same with the lake's ledger at hand; it goes on with each commit.</summary>
    public IngestReport Run(Ledger ledger, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var hashes = new FileHashes(configuration.Lake);
        var reports = new List<SourceReport>();
        foreach (Source source in configuration.Sources)
        {
            var ingest = new SourceIngest(
                configuration, source, catalog.Raw(source.Table), ledger, storage ?? new DurableStorage(), hashes, progress);
            reports.Add(ingest.Run(cancellation));
        }

        hashes.Save();
        return new IngestReport(reports);
    }
}
