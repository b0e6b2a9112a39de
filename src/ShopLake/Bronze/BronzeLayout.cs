namespace ShopLake.Bronze;

/// <summary>Where things lie below a lake's <c>bronze/</c>.</summary>
/// <param name="Lake">The lake's folder, absolute.</param>
internal sealed record BronzeLayout(string Lake)
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Folders of the lake that begin like this hold what DuckDB spills while one batch is written.</summary>
    public const string SpillPrefix = ".spill-";

    public string Bronze => Path.Combine(Lake, "bronze");

    public string LedgerFolder => Path.Combine(Bronze, "_ledger");

    public string DeadLetterFolder => Path.Combine(Bronze, "_dead_letters");

    public string ArchiveFolder => Path.Combine(Bronze, "_archive");

    /// <summary>Held by the process that writes; the others wait for their turn.</summary>
    public string LockFile => Path.Combine(LedgerFolder, "lock");

    /// <summary>Repeats which record is the last one.</summary>
    public string Head => Path.Combine(LedgerFolder, "head");

    public string Record(long sequence) => Path.Combine(LedgerFolder, LedgerFile.Name(sequence));

    public string Volume(long last) => Path.Combine(LedgerFolder, LedgerVolume.Name(last));

    /// <summary>Whether a file that is named after a commit is its record, or the volume that ends with it.</summary>
    public bool IsOfLedger(string path, long sequence) => path == Record(sequence) || path == Volume(sequence);

    public string TableFolder(string table) => Path.Combine(Bronze, table);

    public string Parquet(string table, long sequence, int part) =>
        Path.Combine(TableFolder(table), part == 1 ? $"{sequence:D12}.parquet" : $"{sequence:D12}-{part}.parquet");

    public string DeadLetterIndex(long sequence) => Path.Combine(DeadLetterFolder, $"{sequence:D12}.jsonl");

    public string DeadLetterContent(long sequence) => Path.Combine(DeadLetterFolder, $"{sequence:D12}.bytes");

    public string Archive(string sha256) => Path.Combine(ArchiveFolder, $"{sha256}.zst");

    /// <summary>A path as the ledger names it.</summary>
    public string Relative(string path) => Path.GetRelativePath(Lake, path).Replace('\\', '/');

    public string Absolute(string path) => Path.Combine(Lake, path);
}
