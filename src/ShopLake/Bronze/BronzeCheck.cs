namespace ShopLake.Bronze;

/// <summary>Compares the files of a lake with what its ledger records say of them.</summary>
internal sealed class BronzeCheck(BronzeLayout layout, CancellationToken cancellation)
{
    /// <returns>One sentence for each file of the record that is missing or changed.</returns>
    public IEnumerable<string> Judge(LedgerRecord record)
    {
        foreach (LakeFile file in FilesOf(record))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Mistake(record, file) is { } mistake)
            {
                yield return mistake;
            }
        }
    }

    /// <param name="isWritten">A writer is at work, whose files are none of ours to judge.</param>
    /// <returns>One sentence for each file below <c>bronze/</c> that these records do not name.</returns>
    public IEnumerable<string> Foreign(IReadOnlyList<LedgerRecord> records, bool isWritten)
    {
        if (!Directory.Exists(layout.Bronze))
        {
            yield break;
        }

        var named = records.SelectMany(FilesOf).Select(file => file.Path)
            .Append(layout.Relative(layout.Head)).Append(layout.Relative(layout.LockFile))
            .ToHashSet(StringComparer.Ordinal);
        long last = records.Count == 0 ? 0 : records[^1].Sequence;
        foreach (string path in Directory.EnumerateFiles(layout.Bronze, "*", SearchOption.AllDirectories)
            .Where(path => !named.Contains(layout.Relative(path))).Order(StringComparer.Ordinal))
        {
            OwnFile? own = OwnFile.Parse(path);
            bool isRecord = own is { Sequence: { } sequence } && layout.IsOfLedger(path, sequence);
            bool isBeingWritten = isWritten && own is not null && (own.Sequence ?? last + 1) > last;
            if (!isRecord && !isBeingWritten)
            {
                yield return $"{path} is not named by the ledger and is never read.";
            }
        }
    }

    public static IEnumerable<LakeFile> FilesOf(LedgerRecord record) =>
    [
        .. record.Files,
        .. record.DeadLetters is { } letters ? [letters.Index, letters.Content] : Array.Empty<LakeFile>(),
        .. ArchivesOf(record),
    ];

    public static IEnumerable<LakeFile> ArchivesOf(LedgerRecord record) =>
    [
        .. record.Deliveries.Select(delivery => delivery.Archive).OfType<LakeFile>(),
        .. record.Inputs.Select(input => input.Archive).OfType<LakeFile>(),
    ];

    public static string? SizeMistake(BronzeLayout layout, LedgerRecord record, LakeFile file)
    {
        var info = new FileInfo(layout.Absolute(file.Path));
        return !info.Exists ? $"{info.FullName} is missing; commit {record.Sequence} names it."
            : info.Length == file.Bytes ? null
            : $"{info.FullName} has changed since commit {record.Sequence}: it holds {info.Length} bytes, "
                + $"not {file.Bytes}.";
    }

    private string? Mistake(LedgerRecord record, LakeFile file)
    {
        string path = layout.Absolute(file.Path);
        return SizeMistake(layout, record, file) ?? (Ledger.HashOf(path) != file.Sha256
            ? $"{path} has changed since commit {record.Sequence}: its SHA-256 is another."
            : null);
    }
}
