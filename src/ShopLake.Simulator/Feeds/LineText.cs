using System.Text;

namespace ShopLake.Simulator.Feeds;

/// <summary>
/// The text of one record, built in UTF-8 and reused from record to record. Numbers and times are written digit by
/// digit, so that no culture can have a say.
/// </summary>
internal sealed class LineText
{
    private byte[] _bytes = new byte[512];

    /// <summary>Bytes so far; less cuts the record.</summary>
    public int Length { get; set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public LineText Clear()
    {
        Length = 0;
        return this;
    }

    public LineText Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    public LineText Raw(byte letter)
    {
        Reserve(1)[0] = letter;
        return this;
    }

    public LineText Text(string text)
    {
        if (Length + (3 * text.Length) > _bytes.Length)
            Array.Resize(ref _bytes, 2 * (Length + (3 * text.Length)));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        return this;
    }

    /// <summary>Quoted only where CSV asks for it; NULL is an empty field.</summary>
    public LineText CsvText(string? text)
    {
        if (text is null)
            return this;
        if (text.AsSpan().IndexOfAny(",\"\n\r") < 0)
            return Text(text);
        return Raw((byte)'"').Text(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Raw((byte)'"');
    }

    public LineText Number(long number)
    {
        if (number < 0)
            Raw((byte)'-');
        return Digits(number < 0 ? 0UL - (ulong)number : (ulong)number, 1);
    }

    /// <summary>Money with two decimals; NULL is an empty field.</summary>
    public LineText Money(long? minor)
    {
        if (minor is not { } amount)
            return this;
        if (amount < 0)
            Raw((byte)'-');
        var magnitude = amount < 0 ? 0UL - (ulong)amount : (ulong)amount;
        return Digits(magnitude / 100, 1).Raw((byte)'.').Digits(magnitude % 100, 2);
    }

    /// <summary><c>2025-03-30 01:59:59.123456</c>, in UTC and without saying so, as databases export it.</summary>
    public LineText Time(DateTime at) => Instant(at, (byte)' ');

    /// <summary><c>2025-03-30T01:59:59.123456Z</c></summary>
    public LineText IsoTime(DateTime at) => Instant(at, (byte)'T').Raw((byte)'Z');

    private LineText Instant(DateTime at, byte separator)
    {
        Digits((ulong)at.Year, 4).Raw((byte)'-').Digits((ulong)at.Month, 2).Raw((byte)'-').Digits((ulong)at.Day, 2);
        var micros = (ulong)(at.TimeOfDay.Ticks / 10);
        var seconds = micros / 1_000_000;
        return Raw(separator)
            .Digits(seconds / 3600, 2).Raw((byte)':')
            .Digits(seconds / 60 % 60, 2).Raw((byte)':')
            .Digits(seconds % 60, 2).Raw((byte)'.')
            .Digits(micros % 1_000_000, 6);
    }

    private LineText Digits(ulong number, int atLeast)
    {
        var count = 1;
        for (var rest = number / 10; rest > 0; rest /= 10)
            count++;
        var digits = Reserve(Math.Max(count, atLeast));
        for (var i = digits.Length - 1; i >= 0; i--, number /= 10)
            digits[i] = (byte)('0' + (number % 10));
        return this;
    }

    private Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, 2 * (Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
