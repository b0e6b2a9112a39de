using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ShopLake.Ingest;

/// <summary>
/// Turns UTF-16 or Latin-1 into UTF-8 in a way that can be turned back byte for byte, also where the input is broken:
/// a lone surrogate becomes the three bytes that UTF-8 forbids for it, an odd last byte becomes two bytes that no UTF-8
/// has. Such records fail the check for UTF-8 and become dead letters, in their original bytes.
/// </summary>
internal sealed class Utf8Transcoder(string encoding)
{
    /// <summary>Bytes that any character fits in, also as two units that are not joined yet.</summary>
    public const int LeastRoom = 2 * MostBytesOfUnit;

    private const int MostBytesOfUnit = 3;
    private const byte OddByteLead = 0xf8;

    private readonly byte[] _raw = new byte[1 << 16];
    private int _rawLength;
    private bool _hasEnded;

    /// <summary>utf-16le, utf-16be or latin-1.</summary>
    public string Encoding => encoding;

    public delegate int RawReader(Span<byte> buffer);

    /// <param name="buffer">Takes whole characters; not smaller than <see cref="LeastRoom"/>.</param>
    /// <param name="read">Gives the raw bytes.</param>
    /// <returns>Bytes written; 0 at the end.</returns>
    public int Read(Span<byte> buffer, RawReader read)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, LeastRoom);
        while (true)
        {
            if (!_hasEnded)
            {
                int count = read(_raw.AsSpan(_rawLength));
                _hasEnded = count == 0 && _rawLength < _raw.Length;
                _rawLength += count;
            }

            int used = encoding == "latin-1" ? FromLatin1(buffer, out int written) : FromUtf16(buffer, out written);
            _raw.AsSpan(used, _rawLength - used).CopyTo(_raw);
            _rawLength -= used;
            if (written > 0 || _rawLength == 0 && _hasEnded)
            {
                return written;
            }
        }
    }

    /// <summary>The bytes as they were delivered.</summary>
    public byte[] Original(ReadOnlySpan<byte> utf8)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (int i = 0; i < utf8.Length;)
        {
            (int value, int length) = Decode(utf8[i..]);
            i += length;
            if (encoding == "latin-1" || utf8[i - length] >= OddByteLead)
            {
                bytes.Write([(byte)value]);
            }
            else if (value > char.MaxValue)
            {
                Put(bytes, (char)(0xd800 + ((value - 0x10000) >> 10)));
                Put(bytes, (char)(0xdc00 + ((value - 0x10000) & 0x3ff)));
            }
            else
            {
                Put(bytes, (char)value);
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>How many delivered bytes these were.</summary>
    public long OriginalLength(ReadOnlySpan<byte> utf8)
    {
        long units = 0;
        long odd = 0;
        foreach (byte value in utf8)
        {
            units += (value & 0xc0) == 0x80 ? 0 : value is >= 0xf0 and < OddByteLead ? 2 : 1;
            odd += value >= OddByteLead ? 1 : 0;
        }

        return encoding == "latin-1" ? units : (units * 2) - odd;
    }

    private int FromLatin1(Span<byte> buffer, out int written)
    {
        int count = Math.Min(_rawLength, buffer.Length / 2);
        written = 0;
        foreach (byte value in _raw.AsSpan(0, count))
        {
            if (value < 0x80)
            {
                buffer[written++] = value;
            }
            else
            {
                buffer[written++] = (byte)(0xc0 | (value >> 6));
                buffer[written++] = (byte)(0x80 | (value & 0x3f));
            }
        }

        return count;
    }

    private int FromUtf16(Span<byte> buffer, out int written)
    {
        int units = Math.Min(_rawLength / 2, buffer.Length / MostBytesOfUnit);
        Span<char> characters = new char[units];
        for (int i = 0; i < units; i++)
        {
            characters[i] = encoding == "utf-16le"
                ? (char)(_raw[2 * i] | (_raw[(2 * i) + 1] << 8))
                : (char)((_raw[2 * i] << 8) | _raw[(2 * i) + 1]);
        }

        written = 0;
        int used = 0;
        bool isLast = _hasEnded && units == _rawLength / 2;
        while (used < units)
        {
            OperationStatus status = Utf8.FromUtf16(characters[used..], buffer[written..], out int read, out int wrote,
                replaceInvalidSequences: false, isFinalBlock: isLast);
            used += read;
            written += wrote;
            if (status != OperationStatus.InvalidData)
            {
                break;
            }

            char lone = characters[used++];
            buffer[written++] = (byte)(0xe0 | (lone >> 12));
            buffer[written++] = (byte)(0x80 | ((lone >> 6) & 0x3f));
            buffer[written++] = (byte)(0x80 | (lone & 0x3f));
        }

        bool isOdd = _hasEnded && _rawLength - (2 * used) == 1 && buffer.Length - written >= 2;
        if (isOdd)
        {
            byte odd = _raw[_rawLength - 1];
            buffer[written++] = (byte)(OddByteLead | (odd >> 6));
            buffer[written++] = (byte)(0x80 | (odd & 0x3f));
        }

        return (2 * used) + (isOdd ? 1 : 0);
    }

    private void Put(ArrayBufferWriter<byte> bytes, char unit) => bytes.Write(encoding == "utf-16le"
        ? [(byte)unit, (byte)(unit >> 8)]
        : [(byte)(unit >> 8), (byte)unit]);

    /// <summary>Reads one character of what this class wrote, valid UTF-8 or not.</summary>
    private static (int Value, int Length) Decode(ReadOnlySpan<byte> utf8) => utf8[0] switch
    {
        < 0x80 => (utf8[0], 1),
        < 0xe0 => (((utf8[0] & 0x1f) << 6) | (utf8[1] & 0x3f), 2),
        < 0xf0 => (((utf8[0] & 0x0f) << 12) | ((utf8[1] & 0x3f) << 6) | (utf8[2] & 0x3f), 3),
        < OddByteLead => (
            ((utf8[0] & 0x07) << 18) | ((utf8[1] & 0x3f) << 12) | ((utf8[2] & 0x3f) << 6) | (utf8[3] & 0x3f), 4),
        _ => (((utf8[0] & 0x03) << 6) | (utf8[1] & 0x3f), 2),
    };
}
