namespace ShopLake.Bronze;

/// <summary>What was found out about every file of Bronze.</summary>
/// <param name="Tables">In the order of their first commit.</param>
/// <param name="Findings">
/// One sentence for each file that is missing, changed or foreign; empty when all is well.
/// </param>
public sealed record BronzeVerification(IReadOnlyList<VerifiedRawTable> Tables, IReadOnlyList<string> Findings)
{
    /// <summary>
    /// Reads every file that the ledger names, dead letters and archived deliveries too, and compares it with the
    /// ledger, and the ledger's records with each other. Where records are damaged, what the others name is still
    /// judged.
    /// </summary>
    public static BronzeVerification Of(
        string lakeFolder, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        var layout = new BronzeLayout(Path.GetFullPath(lakeFolder));
        var check = new BronzeCheck(layout, cancellation);
        IReadOnlyList<LedgerRecord> records;
        List<string> findings;
        using (FileStream? turn = TryKeepWritersOut(layout))
        {
            // Committed files never change, so that only this short look has to keep writers out.
            records = Ledger.ReadWhatIsLeft(layout.Lake, out IReadOnlyList<string> mistakes);
            findings = [.. mistakes, .. check.Foreign(records, isWritten: turn is null)];
        }

        foreach (LedgerRecord record in records)
        {
            progress?.Report($"commit {record.Sequence}, {record.Table}");
            findings.AddRange(check.Judge(record));
        }

        return new BronzeVerification(
            [.. records.GroupBy(record => record.Table).Select(table => Summary(table.Key, [.. table]))], findings);
    }

    /// <returns>Null while another process writes, and where the lake can only be read: then others may write to it.</returns>
    private static FileStream? TryKeepWritersOut(BronzeLayout layout)
    {
        try
        {
            return BronzeTurn.TryTake(layout);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static VerifiedRawTable Summary(string table, IReadOnlyList<LedgerRecord> records)
    {
        LakeFile[] files = [.. records.SelectMany(BronzeCheck.FilesOf)];
        return new VerifiedRawTable($"{table}_raw", records.Count, files.Length, files.Sum(file => file.Bytes),
            records.Sum(record => record.Rows), records.Sum(record => record.Rejected));
    }
}

/// <param name="Files">Files of rows, of dead letters and of archived deliveries.</param>
public sealed record VerifiedRawTable(
    string Name, int Commits, int Files, long Bytes, long Rows, long DeadLetters);
