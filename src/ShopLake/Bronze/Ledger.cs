using System.Globalization;
using System.Security.Cryptography;

namespace ShopLake.Bronze;

/// <summary>
/// The list of commits to Bronze: one immutable file each under <c>bronze/_ledger/</c>. A file of the lake that no
/// record names does not exist for a reader.
/// </summary>
public sealed class Ledger
{
    private readonly BronzeLayout _layout;
    private readonly List<LedgerRecord> _records = [];
    private string _lastHash = "";

    private Ledger(BronzeLayout layout) => _layout = layout;

    public IReadOnlyList<LedgerRecord> Records => _records;

    /// <summary>0 before the first commit.</summary>
    public long LastSequence => _records.Count;

    public string Lake => _layout.Lake;

    /// <summary>SHA-256 of the first record, by which lakes can be told apart; empty before the first commit.</summary>
    public string Identity => LastSequence == 0 ? "" : RecordHash(1);

    /// <summary>
    /// SHA-256 of the record of a commit, by which what a ledger was up to there can be told apart from any other: records are
    /// chained. Empty for 0.
    /// </summary>
    public string RecordHash(long sequence) =>
        sequence == 0 ? "" : sequence == LastSequence ? _lastHash : _records[(int)sequence].Previous;

    /// <summary>SHA-256 of the last record; the next one names it.</summary>
    internal string LastHash => _lastHash;

    /// <exception cref="ShopLakeException">A record is damaged or missing; all of them are listed.</exception>
    public static Ledger Open(string lakeFolder)
    {
        var ledger = new Ledger(new BronzeLayout(Path.GetFullPath(lakeFolder)));
        ledger.Refresh();
        return ledger;
    }

    /// <summary>Reads the records that others have published since.</summary>
    /// <exception cref="ShopLakeException">A record is damaged or missing; all of them are listed.</exception>
    public void Refresh()
    {
        List<string> mistakes = ReadRecords();
        if (mistakes.Count > 0)
        {
            throw new ShopLakeException(FailureKind.OutOfReach, string.Join(Environment.NewLine, mistakes)
                + Environment.NewLine + "The ledger is the truth about Bronze: restore these files from a copy.");
        }
    }

    /// <summary>Reads every file that the ledger names.</summary>
    /// <exception cref="ShopLakeException">Some are missing or changed; all of them are listed.</exception>
    public void RequireUnchanged(CancellationToken cancellation)
    {
        var check = new BronzeCheck(_layout, cancellation);
        string[] mistakes = [.. _records.SelectMany(check.Judge)];
        if (mistakes.Length > 0)
        {
            throw new ShopLakeException(FailureKind.CheckFailed, $"Bronze is not what its ledger says:\n{string.Join('\n', mistakes)}"
                + "\nTry: restore these files from a copy; until then no table can be held against Bronze.");
        }
    }

    /// <summary>The lake as far as its ledger can be read.</summary>
    /// <param name="mistakes">One sentence for each ledger file that is missing or cannot be trusted.</param>
    internal static IReadOnlyList<LedgerRecord> ReadWhatIsLeft(string lakeFolder, out IReadOnlyList<string> mistakes)
    {
        var ledger = new Ledger(new BronzeLayout(Path.GetFullPath(lakeFolder)));
        var readable = new List<LedgerRecord>();
        mistakes = ledger.ReadRecords(readable);
        return readable;
    }

    /// <summary>Absolute paths of some Parquet files of these records, once their sizes are found right.</summary>
    internal IEnumerable<string> CheckSizes(IEnumerable<LedgerRecord> records, Func<LakeFile, bool>? isWanted = null) =>
        CheckSizes(records.SelectMany(record => record.Files.Where(file => isWanted?.Invoke(file) != false), (record, file) => (record, file)));

    /// <exception cref="ShopLakeException">The record's dead letters are missing or changed.</exception>
    internal void CheckDeadLetters(LedgerRecord record) => CheckSizes(
        [(record, record.DeadLetters!.Index), (record, record.DeadLetters.Content)]);

    private List<string> CheckSizes(IEnumerable<(LedgerRecord Record, LakeFile File)> files)
    {
        var paths = new List<string>();
        var mistakes = new List<string>();
        foreach ((LedgerRecord record, LakeFile file) in files)
        {
            paths.Add(_layout.Absolute(file.Path));
            if (BronzeCheck.SizeMistake(_layout, record, file) is { } mistake)
            {
                mistakes.Add(mistake);
            }
        }

        return mistakes.Count == 0 ? paths : throw new ShopLakeException(FailureKind.OutOfReach,
            string.Join(Environment.NewLine, mistakes) + Environment.NewLine
            + "Bronze is never read around a damaged file: restore it from a copy.");
    }

    internal static string HashOf(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <param name="readable">Also takes the records behind a damaged one.</param>
    private List<string> ReadRecords(List<LedgerRecord>? readable = null)
    {
        var mistakes = new List<string>();
        // The head first: a commit made in the meantime must not look as if its record were missing.
        LedgerHead? head = ReadHead(mistakes);
        long last = LastPublished();
        for (long sequence = LastSequence + 1; sequence <= last; sequence++)
        {
            string file = _layout.Record(sequence);
            try
            {
                (LedgerRecord record, string hash) = LedgerFile.Read(File.ReadAllBytes(file));
                readable?.Add(record);
                if (mistakes.Count == 0)
                {
                    Append(record, hash, sequence);
                }
            }
            catch (FileNotFoundException)
            {
                mistakes.Add($"{file} is missing.");
            }
            catch (Exception exception) when (exception is FormatException or IOException)
            {
                mistakes.Add($"{file} cannot be trusted: {exception.Message}.");
            }
        }

        JudgeHead(head, last, mistakes);
        return mistakes;
    }

    private LedgerHead? ReadHead(List<string> mistakes)
    {
        try
        {
            return LedgerHead.Read(_layout.Head);
        }
        catch (FormatException exception)
        {
            mistakes.Add($"{_layout.Head} cannot be trusted: {exception.Message}. {HeadCure}");
            return null;
        }
    }

    private void JudgeHead(LedgerHead? head, long lastPublished, List<string> mistakes)
    {
        if (head?.Sequence > lastPublished)
        {
            string others = head.Sequence > lastPublished + 1 ? $", like all behind it up to {head.Sequence}" : "";
            mistakes.Add($"{_layout.Record(lastPublished + 1)} is missing{others}: {_layout.Head} says that commit "
                + $"{head.Sequence} was made.");
        }
        else if (mistakes.Count == 0 && head is not null && head.RecordHash != RecordHash(head.Sequence))
        {
            mistakes.Add($"{_layout.Head} cannot be trusted: it does not fit record {head.Sequence}. {HeadCure}");
        }
    }

    private static string HeadCure =>
        "It only repeats which record is the last: once all records are there, delete it.";

    private void Append(LedgerRecord record, string hash, long sequence)
    {
        if (record.Sequence != sequence || record.Previous != _lastHash)
        {
            throw new FormatException("it does not follow the record before it");
        }

        _records.Add(record);
        _lastHash = hash;
    }

    /// <summary>A folder that may not be looked at is not taken for one that is not there yet.</summary>
    private long LastPublished()
    {
        try
        {
            return Directory.EnumerateFiles(_layout.LedgerFolder, "*.json")
                .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None,
                    CultureInfo.InvariantCulture, out long sequence) ? sequence : 0)
                .DefaultIfEmpty(0).Max();
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }
}
