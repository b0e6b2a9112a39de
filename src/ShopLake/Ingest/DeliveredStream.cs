using System.IO.Compression;

namespace ShopLake.Ingest;

/// <summary>
/// A delivered file as UTF-8 text: hashed as it lies on disk, unpacked when it is gzip or zstd, transcoded when it is
/// declared to be in another encoding.
/// </summary>
internal sealed class DeliveredStream : IDisposable
{
    /// <summary>Bytes of room that <see cref="Read"/> needs, since it never cuts a character.</summary>
    public const int LeastRoom = Utf8Transcoder.LeastRoom;

    private readonly HashingStream _delivered;
    private readonly Stream _unpacked;
    private readonly string _name;
    private readonly int _ratioLimit;
    private readonly byte[] _peeked;
    private int _peekedUsed;
    private long _unpackedBytes;

    // Without it, .NET takes a gzip file that was cut for a whole one.
    static DeliveredStream() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <param name="start">Where reading begins: behind what earlier deliveries of a growing file gave.</param>
    /// <exception cref="UnreadableFileException">
    /// It cannot be opened, or its first bytes contradict what is declared.
    /// </exception>
    public DeliveredStream(FileReading file, string encoding, int ratioLimit, long start)
    {
        _name = file.Name;
        _ratioLimit = ratioLimit;
        _delivered = new HashingStream(file.Path, file.Name, file.Length);
        ReadOnlySpan<byte> magic = _delivered.Peek(4);
        _unpacked = IsGzip(magic) ? new GZipStream(_delivered, CompressionMode.Decompress, leaveOpen: true)
            : IsZstd(magic) ? new ZstdSharp.DecompressionStream(_delivered, leaveOpen: true)
            : _delivered;
        IsPacked = _unpacked != _delivered;
        _peeked = Peek();
        (string actual, int mark) = ByteOrderMark(encoding);
        _peekedUsed = mark;
        MarkLength = mark;
        Transcoder = actual == "utf-8" ? null : new Utf8Transcoder(actual);
        if (start > 0)
        {
            _peekedUsed = _peeked.Length;
            _delivered.ContinueAt(start, file.StartHash!);
        }
    }

    /// <summary>Offsets of dead letters count unpacked bytes.</summary>
    public bool IsPacked { get; }

    /// <summary>Bytes of the byte order mark, which is not part of the first record.</summary>
    public int MarkLength { get; }

    /// <summary>Null where the file is UTF-8 already.</summary>
    public Utf8Transcoder? Transcoder { get; }

    public long BytesRead => _delivered.BytesRead;

    /// <summary>SHA-256 of the delivered bytes; reads what is left of them.</summary>
    public string Sha256 => _delivered.Finish();

    /// <summary>Reads UTF-8, at least one byte unless the file has ended.</summary>
    /// <param name="buffer">Not smaller than <see cref="LeastRoom"/>.</param>
    /// <exception cref="UnreadableFileException">
    /// The packed data is damaged, cut, or grows beyond the limit.
    /// </exception>
    public int Read(Span<byte> buffer) =>
        Transcoder is null ? ReadUnpacked(buffer) : Transcoder.Read(buffer, ReadUnpacked);

    public void Dispose()
    {
        _unpacked.Dispose();
        _delivered.Dispose();
    }

    private static bool IsGzip(ReadOnlySpan<byte> magic) => magic.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]);

    /// <summary>It begins with a frame of data or, as pzstd writes it, with one to skip.</summary>
    private static bool IsZstd(ReadOnlySpan<byte> magic) =>
        magic is [0x28, 0xb5, 0x2f, 0xfd] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18];

    private int ReadUnpacked(Span<byte> buffer)
    {
        if (_peekedUsed < _peeked.Length)
        {
            int count = Math.Min(buffer.Length, _peeked.Length - _peekedUsed);
            _peeked.AsSpan(_peekedUsed, count).CopyTo(buffer);
            _peekedUsed += count;
            return count;
        }

        return ReadGuarded(buffer);
    }

    private int ReadGuarded(Span<byte> buffer)
    {
        int count;
        try
        {
            count = _unpacked.Read(buffer);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            throw new UnreadableFileException(
                $"{_name} cannot be unpacked behind byte {_delivered.BytesRead}: {exception.Message.TrimEnd('.')}. "
                + "It is damaged or was cut while it was copied; deliver it again.", exception);
        }

        // .NET's reader ends without a word where no further archive begins: one with a damaged beginning would be lost unnoticed.
        if (count == 0 && _unpacked is GZipStream && !_delivered.WasReadToEnd)
        {
            throw new UnreadableFileException($"{_name} has bytes that are not gzip behind its last archive. "
                + "It is damaged, or something else was put behind it; deliver it again.");
        }

        _unpackedBytes += count;
        if (IsPacked && _unpackedBytes > (_delivered.BytesRead + 4096) * _ratioLimit)
        {
            throw new UnreadableFileException(
                $"{_name} unpacks to more than {_ratioLimit} times its size, which is the limit against archive bombs. "
                + "If it is honest, raise limits.decompression_ratio.");
        }

        return count;
    }

    private byte[] Peek()
    {
        const int longestMagic = 4;
        byte[] bytes = new byte[longestMagic];
        int count = 0;
        int read;
        while (count < bytes.Length && (read = ReadGuarded(bytes.AsSpan(count))) > 0)
        {
            count += read;
        }

        return bytes[..count];
    }

    private (string Encoding, int Mark) ByteOrderMark(string declared)
    {
        bool isUtf8 = _peeked.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]);
        bool isLittle = _peeked.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]);
        bool isBig = _peeked.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]);
        return declared switch
        {
            "utf-8" when isLittle || isBig => throw new UnreadableFileException(
                $"{_name} line 1: begins with the byte order mark of UTF-16, but is declared as utf-8. "
                + "Set `encoding: utf-16` for this source."),
            "utf-8" => ("utf-8", isUtf8 ? 3 : 0),
            "utf-16" when isLittle => ("utf-16le", 2),
            "utf-16" when isBig => ("utf-16be", 2),
            "utf-16" when _peeked.Length == 0 => ("utf-16le", 0),
            "utf-16" => throw new UnreadableFileException(
                $"{_name} line 1: has no byte order mark of UTF-16. Set `encoding: utf-16le` or `utf-16be`, or utf-8."),
            "utf-16le" => ("utf-16le", isLittle ? 2 : 0),
            "utf-16be" => ("utf-16be", isBig ? 2 : 0),
            "latin-1" => ("latin-1", 0),
            _ => throw new ShopLakeException(FailureKind.Usage,
                $"Encoding {declared} is not known; use utf-8, utf-16, utf-16le, utf-16be or latin-1."),
        };
    }
}
