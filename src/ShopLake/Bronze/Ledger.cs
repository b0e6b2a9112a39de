using System.Security.Cryptography;

namespace ShopLake.Bronze;

/// <summary>
/// The list of commits to Bronze: one immutable record each under <c>bronze/_ledger/</c>, the late ones in files of their
/// own, each thousand before them in a volume. A file of the lake that no record names does not exist for a reader.
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

    /// <summary>How many records a writer binds into a volume.</summary>
    internal int VolumeSize { get; init; } = LedgerVolume.Size;

    internal BronzeLayout Layout => _layout;

    /// <exception cref="ShopLakeException">A record is damaged or missing; all of them are listed.</exception>
    public static Ledger Open(string lakeFolder) => Open(lakeFolder, LedgerVolume.Size);

    internal static Ledger Open(string lakeFolder, int volumeSize)
    {
        var ledger = new Ledger(new BronzeLayout(Path.GetFullPath(lakeFolder))) { VolumeSize = volumeSize };
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
        (long last, SortedSet<long> volumes) = Published();
        for (long next = LastSequence + 1; next <= last;)
        {
            next = volumes.GetViewBetween(next, long.MaxValue) is { Count: > 0 } behind ? ReadVolume(next, behind.Min) : ReadFile(next);
        }

        JudgeHead(head, last, mistakes);
        return mistakes;

        long ReadFile(long sequence)
        {
            string file = _layout.Record(sequence);
            try
            {
                Take(File.ReadAllBytes(file), file, sequence);
            }
            catch (FileNotFoundException)
            {
                // Between the look at the folder and this one a writer may have bound it.
                volumes = Published().Volumes;
                if (volumes.GetViewBetween(sequence, long.MaxValue).Count > 0)
                {
                    return sequence;
                }

                long end = sequence;
                while (end < last && !File.Exists(_layout.Record(end + 1)))
                {
                    end++;
                }

                mistakes.Add($"{file} is missing{UpTo(sequence, end)}.");
                return end + 1;
            }
            catch (IOException exception)
            {
                mistakes.Add($"{file} cannot be trusted: {exception.Message}.");
            }

            return sequence + 1;
        }

        long ReadVolume(long first, long end)
        {
            string volume = _layout.Volume(end);
            try
            {
                ReadOnlyMemory<byte>[] lines = [.. LedgerVolume.Lines(File.ReadAllBytes(volume))];
                if (lines.Length < end - first + 1)
                {
                    mistakes.Add($"{volume} does not hold all records from {first} to {end}: it is cut, or the volume before it is missing.");
                }

                // Those before the first one were read while they stood in files of their own.
                for (long line = Math.Max(0, lines.Length - (end - first + 1)); line < lines.Length; line++)
                {
                    Take(lines[line].Span, $"{volume}, line {line + 1},", end - lines.Length + 1 + line);
                }
            }
            catch (IOException exception)
            {
                mistakes.Add($"{volume} cannot be trusted: {exception.Message}.");
            }

            return end + 1;
        }

        void Take(ReadOnlySpan<byte> bytes, string where, long sequence)
        {
            try
            {
                (LedgerRecord record, string hash) = LedgerFile.Read(bytes);
                readable?.Add(record);
                if (mistakes.Count == 0)
                {
                    Append(record, hash, sequence);
                }
            }
            catch (FormatException exception)
            {
                mistakes.Add($"{where} cannot be trusted: {exception.Message}.");
            }
        }
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
            mistakes.Add($"{_layout.Record(lastPublished + 1)} is missing{UpTo(lastPublished + 1, head.Sequence)}: {_layout.Head} says "
                + $"that commit {head.Sequence} was made.");
        }
        else if (mistakes.Count == 0 && head is not null && head.RecordHash != RecordHash(head.Sequence))
        {
            mistakes.Add($"{_layout.Head} cannot be trusted: it does not fit record {head.Sequence}. {HeadCure}");
        }
    }

    private static string UpTo(long first, long last) => last > first ? $", like all behind it up to {last}" : "";

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
    /// <returns>The last record, and the last record of each volume.</returns>
    private (long Last, SortedSet<long> Volumes) Published()
    {
        var volumes = new SortedSet<long>();
        long last = LastSequence;
        try
        {
            foreach (OwnFile file in Directory.EnumerateFiles(_layout.LedgerFolder).Select(OwnFile.Parse).OfType<OwnFile>())
            {
                if (file.Sequence is { } sequence && sequence > LastSequence && _layout.IsOfLedger(file.Path, sequence))
                {
                    last = Math.Max(last, sequence);
                    if (file.Path == _layout.Volume(sequence))
                    {
                        volumes.Add(sequence);
                    }
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was committed yet.
        }

        return (last, volumes);
    }
}
