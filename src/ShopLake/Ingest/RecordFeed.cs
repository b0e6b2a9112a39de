using System.Collections.Concurrent;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// Hands out the records of a batch's files, block by block, to as many threads as ask. Finding records is serial and
/// cheap; turning them into rows is what the threads share.
/// </summary>
internal sealed class RecordFeed : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentBag<RecordBlock> _pool = [];
    private readonly Queue<FileReading> _waiting;
    private readonly SourceFields _fields;
    private readonly CsvSigns _signs;
    private readonly RecordSplitter _splitter;
    private readonly Limits _limits;
    private readonly DeadLetterWriter? _deadLetters;
    private readonly IFeedObserver _observer;
    private readonly int _blockSize;
    private FileReading? _file;
    private DeliveredStream? _stream;
    private byte[] _carry = [];
    private bool _hasEnded;
    private bool _hasFailed;
    private long _originalOffset;
    private long _partRecords;

    /// <param name="deadLetters">Null where records are only looked at.</param>
    /// <param name="blockSize">Bytes that are read at once, where no record is longer.</param>
    public RecordFeed(
        IEnumerable<FileReading> files, SourceFields fields, Limits limits, DeadLetterWriter? deadLetters,
        IFeedObserver observer, int blockSize = 1 << 20)
    {
        _waiting = new Queue<FileReading>(files);
        _fields = fields;
        _signs = new CsvSigns(fields.Source.Csv);
        _splitter = fields.Source.Format == SourceFormat.Jsonl
            ? new LineSplitter()
            : new CsvSplitter(_signs, limits.LineLength);
        _limits = limits;
        _deadLetters = deadLetters;
        _observer = observer;
        _blockSize = blockSize;
    }

    /// <summary>The file whose bytes caused the error that stopped the reading; null when none did.</summary>
    public FileReading? Failed { get; private set; }

    /// <summary>Records are left after the part was full.</summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                return _file is not null || _waiting.Count > 0;
            }
        }
    }

    /// <summary>Starts counting the records of the next Parquet file.</summary>
    public void BeginPart() => _partRecords = 0;

    /// <returns>Null when all files are read, the part is full, or an error has stopped the reading.</returns>
    /// <exception cref="UnreadableFileException">See <see cref="Failed"/>.</exception>
    public RecordBlock? Next()
    {
        lock (_gate)
        {
            try
            {
                return _hasFailed ? null : NextBlock();
            }
            catch (Exception exception)
            {
                // Whatever it was, the file is left half read: the other threads find nothing more.
                _hasFailed = true;
                Failed = exception is UnreadableFileException ? _file : null;
                throw;
            }
        }
    }

    /// <summary>Gives a block's memory back.</summary>
    public void Return(RecordBlock block)
    {
        if (block.Buffer.Length == _blockSize)
        {
            _pool.Add(block);
        }
    }

    /// <summary>Sends a record of a block to the dead letters.</summary>
    public void Reject(RecordBlock block, int index, string reason)
    {
        block.File.CountRejected();
        if (_deadLetters is null || block.File.IsMuted)
        {
            return;
        }

        RecordSpan record = block.Records[index];
        Utf8Transcoder? transcoder = block.File.Transcoder;
        ReadOnlySpan<byte> bytes = transcoder?.Original(block.Bytes(record)) ?? block.Bytes(record);
        long start = transcoder?.OriginalLength(block.Buffer.AsSpan(0, record.Start)) ?? record.Start;
        _deadLetters.Add(
            block.File.DeadLetterSource, block.FirstRecord + index, block.OriginalOffset + start, reason, bytes);
    }

    /// <summary>Reads a CSV file's header only.</summary>
    public static void ReadNames(FileReading file, SourceFields fields, Limits limits, IFeedObserver observer)
    {
        using var feed = new RecordFeed([file], fields, limits, deadLetters: null, observer);
        feed.OpenNext();
    }

    public void Dispose() => _stream?.Dispose();

    private RecordBlock? NextBlock()
    {
        while (_partRecords < _limits.BatchRows && (_file is not null || OpenNext()))
        {
            _observer.Tick(_stream!.BytesRead, _file!);
            RecordBlock? block = ReadBlock((int)Math.Min(int.MaxValue, _limits.BatchRows - _partRecords));
            if (block is null)
            {
                CloseFile();
            }
            else if (block.Records.Count > 0)
            {
                _partRecords += block.Records.Count;
                return block;
            }
            else
            {
                Return(block);
            }
        }

        return null;
    }

    private bool OpenNext()
    {
        if (!_waiting.TryDequeue(out FileReading? file))
        {
            return false;
        }

        _file = file;
        bool needsHeader = _fields.Source.Format == SourceFormat.Csv;
        if (needsHeader)
        {
            Open(start: 0);
            ReadHeader(file);
        }

        if (!needsHeader || file.Start > 0)
        {
            _stream?.Dispose();
            Open(file.Start);
        }

        return true;
    }

    private void Open(long start)
    {
        FileReading file = _file!;
        _stream = new DeliveredStream(file, _fields.Source.Csv.Encoding, _limits.DecompressionRatio, start);
        if (file.IsGrowing && _stream.IsPacked)
        {
            throw new UnreadableFileException(
                $"{file.Name} is packed, and a packed file cannot grow. Deliver it unpacked, or remove `growing`.");
        }

        file.Transcoder = _stream.Transcoder;
        _carry = [];
        _hasEnded = false;
        _originalOffset = start > 0 ? start : _stream.MarkLength;
    }

    /// <summary>The first record names the columns, unless the configuration does.</summary>
    private void ReadHeader(FileReading file)
    {
        // What the file before was like says nothing of this one.
        var splitter = (CsvSplitter)_splitter;
        splitter.HasOneColumn = false;
        IReadOnlyList<string>? names = _fields.Source.Csv.Header;
        if (names is null)
        {
            RecordBlock? block;
            do
            {
                block = ReadBlock(mostRecords: 1, isHeader: true);
                if (block is null)
                {
                    // Nothing was delivered, or a growing file's header is not written yet.
                    return;
                }
            }
            while (block.Records.Count == 0);

            names = CsvFormat.Header(block, _signs, _limits, file.Name);
            file.Records = 0;
            Return(block);
        }

        CsvFormat.CheckNames(names, file.Name);
        _observer.Header(file, names);
        file.Columns = ColumnLayout.Of(names, _fields);
        splitter.HasOneColumn = names.Count == 1;
    }

    /// <returns>Whole records from where reading stands, maybe none yet; null at the end of the file.</returns>
    private RecordBlock? ReadBlock(int mostRecords, bool isHeader = false)
    {
        RecordBlock block = Room();
        byte[] buffer = block.Buffer;
        _carry.CopyTo(buffer, 0);
        int length = Fill(buffer, _carry.Length);
        if (length == 0)
        {
            Return(block);
            return null;
        }

        bool isFirstLine = isHeader || (_fields.Source.Csv.Header is not null && _file!.Start + _file.Records == 0);
        block.Begin(_file!, length, _originalOffset);
        int used = _splitter.Split(
            buffer.AsSpan(0, length), _hasEnded && !_file!.IsGrowing, block.Records, mostRecords);
        MarkLongRecords(block);
        _carry = buffer.AsSpan(used, length - used).ToArray();
        _originalOffset += _stream!.Transcoder?.OriginalLength(buffer.AsSpan(0, used)) ?? used;
        _file!.Records += block.Records.Count;
        if (isFirstLine && used == 0)
        {
            // A growing file would wait for ever for the line feed; one behind the last bytes may still come.
            CsvFormat.CheckLineEnds(_carry.AsSpan().TrimEnd((byte)'\r'), _signs, _file.Name);
        }
        else if (isFirstLine && !isHeader && !buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            // The whole file is one record. Where line feeds end records, a carriage return may stand in one.
            CsvFormat.CheckLineEnds(buffer.AsSpan(0, length), _signs, _file.Name);
        }

        if (isHeader && used == 0 && IsLong(_carry))
        {
            throw new UnreadableFileException($"{_file.Name} line 1: the header is longer than "
                + $"{_limits.LineLength} bytes (limits.line_length). If the file is right, raise the limit.");
        }

        if (!isHeader && block.Records.Count < mostRecords && IsLong(_carry))
        {
            RejectLongRecord();
        }
        else if (used == 0 && _hasEnded)
        {
            // A growing file's last record is not terminated yet.
            Return(block);
            return null;
        }

        return block;
    }

    /// <summary>Whether the begin of a record is too long for one: a carriage return may belong to a line end that is not read yet.</summary>
    private bool IsLong(byte[] begun) => begun.Length - (begun is [.., (byte)'\r'] ? 1 : 0) > _limits.LineLength;

    /// <summary>A block with room behind what is carried over from the one before.</summary>
    private RecordBlock Room() => _carry.Length > _blockSize - DeliveredStream.LeastRoom
        ? new RecordBlock((int)Math.Min(_carry.Length * 2L, _carry.Length + _limits.LineLength))
        : _pool.TryTake(out RecordBlock? block) ? block : new RecordBlock(_blockSize);

    private int Fill(byte[] buffer, int length)
    {
        // Where there is no room for a whole character, none can be read, and the file has not ended.
        while (buffer.Length - length >= DeliveredStream.LeastRoom && !_hasEnded)
        {
            int count = _stream!.Read(buffer.AsSpan(length));
            _hasEnded = count == 0;
            length += count;
        }

        return length;
    }

    private void MarkLongRecords(RecordBlock block)
    {
        for (int i = 0; i < block.Records.Count; i++)
        {
            RecordSpan record = block.Records[i];
            if (record.Length > _limits.LineLength)
            {
                block.Records[i] = record with { Reason = LongReason };
            }
        }
    }

    private string LongReason => $"it is longer than {_limits.LineLength} bytes (limits.line_length)";

    /// <summary>Passes a record that does not fit in memory on to the dead letters, up to the next line end.</summary>
    private void RejectLongRecord()
    {
        FileReading file = _file!;
        file.Records++;
        long record = file.RecordsBefore + file.Records;
        file.CountRejected();
        bool hasEnd = false;
        if (_deadLetters is null || file.IsMuted)
        {
            while (NextPiece(ref hasEnd).Length > 0)
            {
                // Nobody keeps it.
            }
        }
        else
        {
            _deadLetters.AddLong(
                file.DeadLetterSource, record, _originalOffset, LongReason, () => NextPiece(ref hasEnd));
        }
    }

    /// <summary>Takes what is read of an overlong record, as it was delivered; empty behind its end.</summary>
    private byte[] NextPiece(ref bool hasEnd)
    {
        if (hasEnd)
        {
            return [];
        }

        Utf8Transcoder? transcoder = _file!.Transcoder;
        int end = _carry.AsSpan().IndexOf((byte)'\n');
        hasEnd = end >= 0;
        byte[] piece = hasEnd ? _carry[..end] : _carry;
        int used = hasEnd ? end + 1 : _carry.Length;
        _originalOffset += transcoder?.OriginalLength(_carry.AsSpan(0, used)) ?? used;
        if (hasEnd)
        {
            _carry = _carry[used..];
        }
        else
        {
            byte[] next = new byte[_blockSize];
            _carry = next[..Fill(next, 0)];
        }

        return transcoder?.Original(piece) ?? piece;
    }

    private void CloseFile()
    {
        FileReading file = _file!;
        long left = file.Transcoder?.OriginalLength(_carry) ?? _carry.Length;
        file.Sha256 = _stream!.Sha256;
        file.BytesTaken = _stream.BytesRead - left;
        file.IsStalled = _carry.Contains((byte)'\n');
        _stream.Dispose();
        _stream = null;
        if (left > 0)
        {
            using var taken = new HashingStream(file.Path, file.Name, file.BytesTaken);
            file.Sha256 = taken.Finish();
        }

        _file = null;
        _observer.Finished(file);
    }
}

/// <summary>Hears how the reading gets on.</summary>
internal interface IFeedObserver
{
    /// <summary>Called often; throws to stop the reading.</summary>
    /// <param name="bytes">Delivered bytes of the file that are read so far.</param>
    void Tick(long bytes, FileReading file);

    /// <summary>Throws <see cref="UnreadableFileException"/> where these columns cannot be used.</summary>
    void Header(FileReading file, IReadOnlyList<string> names);

    void Finished(FileReading file);
}
