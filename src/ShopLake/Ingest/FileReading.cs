using System.Security.Cryptography;
using ShopLake.Bronze;

namespace ShopLake.Ingest;

/// <summary>A file that is being read, and what was seen in it.</summary>
/// <param name="path">Absolute.</param>
/// <param name="name">Relative to the project folder: the rows' <c>_source_file</c>.</param>
/// <param name="length">Bytes to read, from the file's beginning.</param>
internal sealed class FileReading(string path, string name, long length)
{
    private long _rejected;
    private long _wrongText;

    public string Path { get; } = path;

    public string Name { get; } = name;

    public byte[] NameBytes { get; } = System.Text.Encoding.UTF8.GetBytes(name);

    public long Length { get; } = length;

    /// <summary>Bytes and records that earlier deliveries of a growing file gave; reading begins behind them.</summary>
    public long Start { get; init; }

    public long RecordsBefore { get; init; }

    /// <summary>
    /// SHA-256 over the first <see cref="Start"/> bytes, to be continued; null where reading begins at the start.
    /// </summary>
    public IncrementalHash? StartHash { get; init; }

    /// <summary>As it was when it was found; null where its bytes are read in parts.</summary>
    public FileStamp? Stamp { get; init; }

    /// <summary>Gives the delivered bytes of a record back; null where they are UTF-8 anyway.</summary>
    public Utf8Transcoder? Transcoder { get; set; }

    /// <summary>Only terminated records are read; the rest is left for the next time.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>
    /// A growing file's part that is left goes over several lines without ending a record, as behind a quote that is missing or
    /// too many.
    /// </summary>
    public bool IsStalled { get; set; }

    /// <summary>Its bad records are dead letters already.</summary>
    public bool IsMuted { get; set; }

    /// <summary>The dead letters that this file mends; null for a delivery of its own.</summary>
    public MendedFile? Mends { get; init; }

    /// <summary>Columns by position; null until the header is read, and for JSON lines.</summary>
    public ColumnLayout? Columns { get; set; }

    /// <summary>The same file, to be looked at before it is read.</summary>
    public FileReading Trial() => new(Path, Name, Length);

    public DeadLetterSource DeadLetterSource => new(Name, Columns?.Names, Transcoder?.Encoding);

    /// <summary>Records found in this reading, bad ones too.</summary>
    public long Records { get; set; }

    public long Rejected => Interlocked.Read(ref _rejected);

    public long WrongText => Interlocked.Read(ref _wrongText);

    /// <summary>Delivered bytes that were taken, from the file's beginning; known at the end.</summary>
    public long BytesTaken { get; set; }

    /// <summary>SHA-256 of <see cref="BytesTaken"/>; known at the end.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Keys that were seen in JSON lines; read it when the file is done.</summary>
    public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

    public void CountRejected() => Interlocked.Increment(ref _rejected);

    /// <summary>Counts a record whose bytes are no text, which many of show a wrong encoding.</summary>
    public void CountWrongText() => Interlocked.Increment(ref _wrongText);

    public void SawKey(string name)
    {
        lock (Keys)
        {
            Keys.Add(name);
        }
    }
}
