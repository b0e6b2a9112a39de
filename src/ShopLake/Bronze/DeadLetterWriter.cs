using System.Text.Json;

namespace ShopLake.Bronze;

/// <summary>
/// Keeps the records of a batch that could not be split into fields. Safe to call from several threads.
/// </summary>
internal sealed class DeadLetterWriter(string indexPath, string contentPath, DurableStorage storage) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private FileStream? _index;
    private FileStream? _content;
    private long _position;

    public long Count { get; private set; }

    /// <param name="record">1-based number in the file.</param>
    /// <param name="offset">Byte in the delivered (unpacked) file where the record begins.</param>
    public void Add(DeadLetterSource file, long record, long offset, string reason, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Open();
            _content!.Write(bytes);
            Finish(file, record, offset, reason, bytes.Length);
        }
    }

    /// <summary>Keeps a record that is too long for memory, piece by piece.</summary>
    /// <param name="next">Gives the next piece; empty at the record's end.</param>
    public void AddLong(DeadLetterSource file, long record, long offset, string reason, Func<ReadOnlyMemory<byte>> next)
    {
        lock (_gate)
        {
            Open();
            long length = 0;
            for (ReadOnlyMemory<byte> piece = next(); piece.Length > 0; piece = next())
            {
                _content!.Write(piece.Span);
                length += piece.Length;
            }

            Finish(file, record, offset, reason, length);
        }
    }

    public void Dispose()
    {
        _index?.Dispose();
        _content?.Dispose();
    }

    private void Open()
    {
        if (_index is null)
        {
            storage.Announce(indexPath);
            _index = new FileStream(indexPath, FileMode.Create, FileAccess.Write);
            storage.Announce(contentPath);
            _content = new FileStream(contentPath, FileMode.Create, FileAccess.Write);
        }
    }

    private void Finish(DeadLetterSource file, long record, long offset, string reason, long length)
    {
        bool isFirst = _files.Add(file.Name);
        var entry = new DeadLetterEntry(file.Name, record, offset, reason, _position, length,
            isFirst ? file.Columns : null, isFirst ? file.Encoding : null);
        JsonSerializer.Serialize(_index!, entry, DeadLetterEntry.Json);
        _index!.Write("\n"u8);
        _position += length;
        Count++;
    }
}

/// <summary>The file that a dead letter comes from.</summary>
/// <param name="Columns">The CSV columns; null for other formats.</param>
/// <param name="Encoding">Null for UTF-8.</param>
internal sealed record DeadLetterSource(string Name, IReadOnlyList<string>? Columns, string? Encoding);
