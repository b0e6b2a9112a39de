using System.Text;
using System.Text.Unicode;

namespace ShopLake.Ingest;

/// <summary>A stretch of one file that holds whole records; one thread at a time turns them into rows.</summary>
internal sealed class RecordBlock
{
    private bool _isChecked;
    private bool _hasNul;
    private bool _isUtf8;

    /// <param name="size">Bytes that it can hold.</param>
    public RecordBlock(int size) => Buffer = new byte[size];

    public byte[] Buffer { get; }

    /// <summary>Bytes of the buffer that hold data.</summary>
    public int Length { get; private set; }

    public List<RecordSpan> Records { get; } = [];

    /// <summary>Index of the next record to turn into a row.</summary>
    public int Next { get; set; }

    public FileReading File { get; private set; } = null!;

    /// <summary>1-based number of the first record in its file.</summary>
    public long FirstRecord { get; private set; }

    /// <summary>Where the buffer begins in the file as it was delivered (unpacked).</summary>
    public long OriginalOffset { get; private set; }

    public bool IsDone => Next == Records.Count;

    /// <summary>Begins anew with what the buffer holds now.</summary>
    public void Begin(FileReading file, int length, long originalOffset)
    {
        File = file;
        Length = length;
        FirstRecord = file.RecordsBefore + file.Records + 1;
        OriginalOffset = originalOffset;
        Records.Clear();
        Next = 0;
        _isChecked = false;
    }

    public ReadOnlySpan<byte> Bytes(RecordSpan record) => Buffer.AsSpan(record.Start, record.Length);

    /// <summary>What makes a record's bytes unfit to be text; null when nothing does.</summary>
    public string? TextMistake(RecordSpan record)
    {
        if (!_isChecked)
        {
            // Nearly always the whole block is sound, and one fast look at it settles all its records.
            ReadOnlySpan<byte> all = Buffer.AsSpan(0, Length);
            _hasNul = all.Contains((byte)0);
            _isUtf8 = Ascii.IsValid(all) || Utf8.IsValid(all);
            _isChecked = true;
        }

        return !_isUtf8 && !Utf8.IsValid(Bytes(record)) ? "it is not valid text in the declared encoding"
            : _hasNul && Bytes(record).Contains((byte)0) ? "it holds a NUL byte"
            : null;
    }
}
