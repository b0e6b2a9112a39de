namespace ShopLake.Ingest;

/// <summary>Reads decimal text without ever rounding.</summary>
internal static class ExactNumber
{
    /// <summary>Digits of Bronze money, DECIMAL(18,4).</summary>
    public const int AmountDigits = 18;

    public const int AmountScale = 4;

    /// <summary>A BIGINT's greatest value has as many digits; its range decides, not their number.</summary>
    public const int BigintDigits = 19;

    private static readonly ulong[] Powers = [.. Enumerable.Range(0, BigintDigits + 1).Select(Power)];

    /// <summary>
    /// Reads <c>[+-]digits[.digits][e[+-]digits]</c>, spaces around it allowed, as an integer times
    /// 10^-<paramref name="scale"/>.
    /// </summary>
    /// <param name="digits">How many digits that integer may have.</param>
    /// <returns>False where the text is something else or has a value that does not fit exactly.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, int scale, int digits, out long scaled)
    {
        scaled = 0;
        text = text.Trim((byte)' ');
        int position = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative || (text.Length > 0 && text[0] == '+'))
        {
            position = 1;
        }

        return TryReadDigits(text, ref position, out ulong mantissa, out int exponent)
            && TryReadExponent(text, ref position, ref exponent)
            && position == text.Length
            && TryScale(mantissa, exponent + scale, digits, negative, out scaled);
    }

    /// <summary>
    /// Reads digits and point. Zeros at the end count in the exponent, so that only real digits take room.
    /// </summary>
    private static bool TryReadDigits(ReadOnlySpan<byte> text, ref int position, out ulong mantissa, out int exponent)
    {
        mantissa = 0;
        int zeros = 0;
        int significant = 0;
        int point = -1;
        int start = position;
        for (; position < text.Length; position++)
        {
            uint digit = (uint)(text[position] - '0');
            if (digit == 0)
            {
                zeros++;
            }
            else if (digit <= 9)
            {
                significant += mantissa == 0 ? 1 : zeros + 1;
                if (significant > BigintDigits)
                {
                    exponent = 0;
                    return false;
                }

                mantissa = mantissa == 0 ? digit : (mantissa * Powers[zeros + 1]) + digit;
                zeros = 0;
            }
            else if (text[position] == '.' && point < 0)
            {
                point = position;
            }
            else
            {
                break;
            }
        }

        exponent = zeros - (point < 0 ? 0 : position - point - 1);
        return position - start > (point < 0 ? 0 : 1);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int position, ref int exponent)
    {
        const int enough = 100_000;
        if (position == text.Length || text[position] is not ((byte)'e' or (byte)'E'))
        {
            return true;
        }

        position++;
        bool negative = position < text.Length && text[position] == '-';
        if (position < text.Length && text[position] is (byte)'-' or (byte)'+')
        {
            position++;
        }

        int start = position;
        int value = 0;
        for (; position < text.Length && text[position] is >= (byte)'0' and <= (byte)'9'; position++)
        {
            value = Math.Min(enough, (value * 10) + text[position] - '0');
        }

        exponent += negative ? -value : value;
        return position > start;
    }

    private static bool TryScale(ulong mantissa, int exponent, int digits, bool negative, out long scaled)
    {
        scaled = 0;
        if (mantissa == 0)
        {
            return true;
        }

        if (exponent < 0 || exponent > BigintDigits)
        {
            return false;
        }

        UInt128 value = (UInt128)mantissa * Powers[exponent];
        UInt128 limit = digits < BigintDigits ? Powers[digits] - 1 : (UInt128)long.MaxValue + (negative ? 1u : 0u);
        if (value > limit)
        {
            return false;
        }

        scaled = negative ? unchecked(-(long)(ulong)value) : (long)value;
        return true;
    }

    private static ulong Power(int exponent) => exponent == 0 ? 1 : 10 * Power(exponent - 1);
}
