using System.Globalization;
using ShopLake.Bronze;

namespace ShopLake.Ingest;

/// <summary>What tells at a glance that a file was not touched since.</summary>
internal readonly record struct FileStamp(long Bytes, long ChangedAtTicks)
{
    public static FileStamp Of(FileInfo info) => new(info.Length, info.LastWriteTimeUtc.Ticks);
}

/// <summary>
/// The SHA-256 of delivered files, remembered by path, size and time of the last change, so that a run over feeds that nobody
/// touched reads none of them again. It lies in the lake's <c>.hashes</c>; losing it costs time only.
/// </summary>
internal sealed class FileHashes
{
    /// <summary>A file that was changed just now may be changed again within the resolution of its clock.</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(2);

    private readonly string _file;
    private readonly Dictionary<string, (FileStamp Stamp, string Sha256)> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private bool _isChanged;

    public FileHashes(string lake)
    {
        _file = Path.Combine(lake, ".hashes");
        if (!File.Exists(_file))
        {
            return;
        }

        foreach (string line in File.ReadLines(_file))
        {
            // A line that was cut off is like one that was never written.
            if (line.Split(' ', 4) is [{ Length: 64 } sha256, var bytes, var ticks, var path]
                && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long changedAt))
            {
                _known[path] = (new FileStamp(length, changedAt), sha256);
            }
        }
    }

    /// <returns>Of the bytes that the file has now; they are read only if it was touched since it was last asked for.</returns>
    /// <exception cref="UnreadableFileException">They cannot be read.</exception>
    public string Of(FeedFile file)
    {
        _seen.Add(file.Path);
        if (_known.TryGetValue(file.Path, out (FileStamp Stamp, string Sha256) known) && known.Stamp == file.Stamp)
        {
            return known.Sha256;
        }

        using var stream = new HashingStream(file.Path, file.Name, file.Stamp.Bytes);
        string sha256 = stream.Finish();
        Remember(file.Path, file.Stamp, sha256);
        return sha256;
    }

    /// <param name="stamp">As it was before the file was read.</param>
    public void Remember(string path, FileStamp stamp, string sha256)
    {
        _seen.Add(path);
        bool isSettled = DateTime.UtcNow - new DateTime(stamp.ChangedAtTicks, DateTimeKind.Utc) > Unsettled;
        if (isSettled && FileStamp.Of(new FileInfo(path)) == stamp && !path.Contains('\n', StringComparison.Ordinal))
        {
            _known[path] = (stamp, sha256);
            _isChanged = true;
        }
    }

    /// <summary>Keeps what was learnt; files that were not asked for are forgotten.</summary>
    public void Save()
    {
        if (!_isChanged || !Directory.Exists(Path.GetDirectoryName(_file)))
        {
            return;
        }

        string unfinished = $"{_file}.{Environment.ProcessId}{BronzeLayout.TemporarySuffix}";
        try
        {
            File.WriteAllLines(unfinished, _known.Where(file => _seen.Contains(file.Key)).Select(file => string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Value.Sha256} {file.Value.Stamp.Bytes} {file.Value.Stamp.ChangedAtTicks} {file.Key}")));
            File.Move(unfinished, _file, overwrite: true);
        }
        catch (IOException)
        {
            // What was ingested is kept by then; on a full disk the next run reads these files once more.
            File.Delete(unfinished);
        }
    }
}
