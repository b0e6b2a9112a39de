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
    public void Refresh()
    {
        if (!Directory.Exists(_layout.LedgerFolder))
        {
            return;
        }

        var mistakes = new List<string>();
        long last = LastPublished();
        for (long sequence = LastSequence + 1; sequence <= last; sequence++)
        {
            string file = _layout.Record(sequence);
            try
            {
                (LedgerRecord record, string hash) = LedgerFile.Read(File.ReadAllBytes(file));
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

        if (mistakes.Count > 0)
        {
            throw new ShopLakeException(FailureKind.OutOfReach, string.Join(Environment.NewLine, mistakes)
                + Environment.NewLine + "The ledger is the truth about Bronze: restore these files from a copy.");
        }
    }

    /// <summary>Compares the lake with the ledger.</summary>
    /// <param name="hashes">Also read every file and compare its SHA-256.</param>
    /// <returns>One sentence for each file that is missing, changed or not named by the ledger.</returns>
    public IReadOnlyList<string> Verify(bool hashes, CancellationToken cancellation = default)
    {
        var findings = new List<string>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach ((LedgerRecord record, LakeFile file) in _records.SelectMany(FilesOf, (record, file) => (record, file)))
        {
            cancellation.ThrowIfCancellationRequested();
            named.Add(file.Path);
            string path = _layout.Absolute(file.Path);
            string? mistake = SizeMistake(record, file) ?? (hashes && HashOf(path) != file.Sha256
                ? $"{path} has changed since commit {record.Sequence}: its SHA-256 is another."
                : null);
            if (mistake is not null)
            {
                findings.Add(mistake);
            }
        }

        findings.AddRange(Foreign(named));
        return findings;
    }

    /// <summary>Absolute paths of the Parquet files of these records, once their sizes are found right.</summary>
    internal IEnumerable<string> CheckSizes(IEnumerable<LedgerRecord> records) =>
        CheckSizes(records.SelectMany(record => record.Files, (record, file) => (record, file)));

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
            if (SizeMistake(record, file) is { } mistake)
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

    private static IEnumerable<LakeFile> FilesOf(LedgerRecord record) =>
    [
        .. record.Files,
        .. record.DeadLetters is { } letters ? [letters.Index, letters.Content] : Array.Empty<LakeFile>(),
        .. record.Deliveries.Select(delivery => delivery.Archive).OfType<LakeFile>(),
        .. record.Inputs.Select(input => input.Archive).OfType<LakeFile>(),
    ];

    private void Append(LedgerRecord record, string hash, long sequence)
    {
        if (record.Sequence != sequence || record.Previous != _lastHash)
        {
            throw new FormatException("it does not follow the record before it");
        }

        _records.Add(record);
        _lastHash = hash;
    }

    private long LastPublished() => Directory.EnumerateFiles(_layout.LedgerFolder, "*.json")
        .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None,
            CultureInfo.InvariantCulture, out long sequence) ? sequence : 0)
        .DefaultIfEmpty(0).Max();

    private string? SizeMistake(LedgerRecord record, LakeFile file)
    {
        var info = new FileInfo(_layout.Absolute(file.Path));
        return !info.Exists ? $"{info.FullName} is missing; commit {record.Sequence} names it."
            : info.Length == file.Bytes ? null
            : $"{info.FullName} has changed since commit {record.Sequence}: it holds {info.Length} bytes, "
                + $"not {file.Bytes}.";
    }

    private IEnumerable<string> Foreign(HashSet<string> named)
    {
        if (!Directory.Exists(_layout.Bronze))
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateFiles(_layout.Bronze, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string folder = Path.GetDirectoryName(path)!;
            if (folder != _layout.LedgerFolder && !named.Contains(_layout.Relative(path)))
            {
                yield return $"{path} is not named by the ledger and is never read.";
            }
        }
    }
}
