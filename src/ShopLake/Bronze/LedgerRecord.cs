namespace ShopLake.Bronze;

/// <summary>One commit to Bronze: what was delivered, and which files hold it. Never changed once published.</summary>
public sealed record LedgerRecord
{
    /// <summary>1-based, without gaps: the order of Bronze, and the <c>_batch_id</c> of its rows.</summary>
    public required long Sequence { get; init; }

    /// <summary>SHA-256 of the record before this one; empty for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>Name of the source in <c>shoplake.yaml</c>.</summary>
    public required string Source { get; init; }

    /// <summary>users, products, orders, order_items, payments or events.</summary>
    public required string Table { get; init; }

    /// <summary>UTC, microseconds; later than that of the record before.</summary>
    public required DateTime CommittedAt { get; init; }

    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>The Parquet files with the accepted rows.</summary>
    public required IReadOnlyList<LakeFile> Files { get; init; }

    /// <summary>Records that could not be split into fields; null when there are none.</summary>
    public DeadLetterFiles? DeadLetters { get; init; }

    /// <summary>SHA-256 over the names (Parquet: and types) of the source's columns, whatever their order.</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary>Columns that were missing or new, one sentence each.</summary>
    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>The files that a <c>query</c> source read.</summary>
    public IReadOnlyList<QueryInput> Inputs { get; init; } = [];

    public long Rows => Files.Sum(file => file.Rows);

    public long Rejected => DeadLetters?.Index.Rows ?? 0;
}

/// <summary>A file as it was handed over.</summary>
/// <param name="File">Path relative to the project folder; <c>query:</c> and the source's name for a query.</param>
/// <param name="Bytes">Bytes as delivered; of a growing file, those read so far.</param>
/// <param name="Sha256">Hash of those bytes; of a query, of its text and inputs.</param>
/// <param name="Records">Records of this delivery: accepted and rejected.</param>
public sealed record Delivery(string File, long Bytes, string Sha256, long Records, long Rejected)
{
    /// <summary>Record numbers before this delivery: what a growing file or a query gave earlier.</summary>
    public long RecordsBefore { get; init; }

    /// <summary>Where <c>archive: true</c> keeps the bytes.</summary>
    public LakeFile? Archive { get; init; }

    /// <summary>The dead letters that this delivery mends; null for any other.</summary>
    public Mending? Mends { get; init; }
}

/// <summary>Dead letters of a source that a delivery mends.</summary>
/// <param name="UpTo">The last commit whose dead letters were exported for it.</param>
/// <param name="Columns">Only those of files with these columns; null for files without a header.</param>
/// <param name="Encoding">Only those of files in this encoding; null for UTF-8.</param>
public sealed record Mending(long UpTo, IReadOnlyList<string>? Columns, string? Encoding);

/// <param name="Path">Relative to the lake, with forward slashes.</param>
public sealed record LakeFile(string Path, long Rows, long Bytes, string Sha256);

/// <param name="Index">
/// JSON lines, one for each dead letter: file, record, offset, reason, position of its bytes.
/// </param>
/// <param name="Content">The rejected bytes, one record after the other.</param>
public sealed record DeadLetterFiles(LakeFile Index, LakeFile Content);

/// <param name="View">The name by which the query reads it.</param>
public sealed record QueryInput(string View, string File, long Bytes, string Sha256, long Records, long Rejected)
{
    /// <summary>Where <c>archive: true</c> keeps the bytes.</summary>
    public LakeFile? Archive { get; init; }
}
