namespace ShopLake.Ingest;

/// <summary>What an ingestion did, source by source.</summary>
public sealed record IngestReport(IReadOnlyList<SourceReport> Sources)
{
    /// <summary>Null when every source could be read.</summary>
    public FailureKind? Failure => Sources.SelectMany(source => source.Errors).Select(error => (FailureKind?)error.Kind)
        .DefaultIfEmpty(null).Max();
}

/// <summary>What became of one source.</summary>
public sealed record SourceReport(string Source, string Table)
{
    /// <summary>Files that were new.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Files whose bytes were delivered before, under whatever name; they added nothing.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Ledger sequences of the commits.</summary>
    public IReadOnlyList<long> Commits { get; init; } = [];

    public long Records => Accepted + Rejected;

    public long Accepted { get; init; }

    public long Rejected { get; init; }

    /// <summary>Bytes of the new files.</summary>
    public long Bytes { get; init; }

    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>What is likely a mistake, and kept nothing from being read.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<ShopLakeException> Errors { get; init; } = [];
}

/// <summary>How far the reading of a source has come.</summary>
/// <param name="BytesRead">Delivered bytes read so far.</param>
/// <param name="BytesTotal">Delivered bytes to read.</param>
public sealed record IngestProgress(
    string Source, string File, long BytesRead, long BytesTotal, long Records, TimeSpan Elapsed)
{
    /// <summary>Nothing is read yet, since another process is writing to the lake.</summary>
    public bool IsWaiting { get; init; }
}
