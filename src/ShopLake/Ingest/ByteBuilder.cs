namespace ShopLake.Ingest;

/// <summary>Bytes that are put together for one row and then thrown away; the memory is kept.</summary>
internal sealed class ByteBuilder
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Room for at least so many bytes behind what is written.</summary>
    public Span<byte> Room(int length)
    {
        if (Length + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Appends a text as a JSON string.</summary>
    public void AppendJson(ReadOnlySpan<byte> text)
    {
        const int longestEscape = 6;
        Span<byte> room = Room((text.Length * longestEscape) + 2);
        int length = 0;
        room[length++] = (byte)'"';
        foreach (byte value in text)
        {
            if (value is (byte)'"' or (byte)'\\')
            {
                room[length++] = (byte)'\\';
                room[length++] = value;
            }
            else if (value < ' ')
            {
                "\\u00"u8.CopyTo(room[length..]);
                room[length + 4] = HexDigit(value >> 4);
                room[length + 5] = HexDigit(value & 0xf);
                length += longestEscape;
            }
            else
            {
                room[length++] = value;
            }
        }

        room[length++] = (byte)'"';
        Length += length;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
