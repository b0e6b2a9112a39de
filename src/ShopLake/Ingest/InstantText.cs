namespace ShopLake.Ingest;

/// <summary>Reads a time as it is written in feeds.</summary>
internal static class InstantText
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private static readonly long Earliest = (DateTime.MinValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long Latest = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>An instant of the years 1 to 9999, UTC; of others no engine's type for instants holds all.</summary>
    /// <param name="microseconds">Since 1970 UTC.</param>
    public static bool IsHeld(long microseconds) => microseconds >= Earliest && microseconds <= Latest;

    /// <summary>
    /// Reads <c>YYYY-MM-DD</c>, then optionally <c>T</c> or a space and <c>HH:MM[:SS[.fraction]]</c>, then optionally
    /// <c>Z</c>, <c>UTC</c> or <c>±HH[[:]MM]</c>. Without an offset it is a time of the zone; a date is its midnight.
    /// </summary>
    /// <param name="microseconds">Since 1970 UTC.</param>
    /// <param name="isMoved">The zone's clock skips this time, so it was moved forward by the gap.</param>
    /// <returns>
    /// False where the text is something else, has digits below the microsecond or is not <see cref="IsHeld">held</see>.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> text, SourceZone zone, out long microseconds, out bool isMoved)
    {
        microseconds = 0;
        isMoved = false;
        text = text.Trim((byte)' ');
        if (!TryReadDate(text, out int day))
        {
            return false;
        }

        int second = 0;
        int fraction = 0;
        ReadOnlySpan<byte> rest = text[10..];
        if (rest.Length > 0 && !TryReadTime(ref rest, out second, out fraction))
        {
            return false;
        }

        long seconds;
        if (rest.Length == 0)
        {
            seconds = zone.ToUtc(day, second, out isMoved);
        }
        else if (TryReadOffset(rest, out int offset))
        {
            seconds = (day * 86_400L) + second - offset;
        }
        else
        {
            return false;
        }

        // The offset may lead out of the years that can be written.
        microseconds = (seconds * MicrosecondsPerSecond) + fraction;
        return IsHeld(microseconds);
    }

    private static bool TryReadDate(ReadOnlySpan<byte> text, out int day)
    {
        day = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryReadDigits(text, 0, 4, out int year) || !TryReadDigits(text, 5, 2, out int month)
            || !TryReadDigits(text, 8, 2, out int dayOfMonth)
            || year == 0 || month is 0 or > 12 || dayOfMonth == 0 || dayOfMonth > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = new DateOnly(year, month, dayOfMonth).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        return true;
    }

    private static bool TryReadTime(ref ReadOnlySpan<byte> text, out int second, out int fraction)
    {
        second = 0;
        fraction = 0;
        if (text.Length < 6 || text[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[3] != ':'
            || !TryReadDigits(text, 1, 2, out int hour) || !TryReadDigits(text, 4, 2, out int minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        second = (hour * 3600) + (minute * 60);
        text = text[6..];
        if (text.Length == 0 || text[0] != ':')
        {
            return true;
        }

        if (!TryReadDigits(text, 1, 2, out int secondOfMinute) || secondOfMinute > 59)
        {
            return false;
        }

        second += secondOfMinute;
        text = text[3..];
        return text.Length == 0 || text[0] != '.' || TryReadFraction(ref text, out fraction);
    }

    private static bool TryReadFraction(ref ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        int position = 1;
        int unit = 100_000;
        for (; position < text.Length && text[position] is >= (byte)'0' and <= (byte)'9'; position++)
        {
            int digit = text[position] - '0';
            if (unit == 0 && digit != 0)
            {
                return false;
            }

            microseconds += digit * unit;
            unit /= 10;
        }

        text = text[position..];
        return position > 1;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        text = text.TrimStart((byte)' ');
        if (text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8))
        {
            return true;
        }

        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-')
            || !TryReadDigits(text, 1, 2, out int hours) || hours > 23)
        {
            return false;
        }

        int minutes = 0;
        if (text.Length > 3 && (!TryReadDigits(text, text.Length - 2, 2, out minutes) || minutes > 59
            || (text.Length == 6 && text[3] != ':')))
        {
            return false;
        }

        seconds = ((hours * 3600) + (minutes * 60)) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        if (text.Length < start + count)
        {
            return false;
        }

        foreach (byte character in text.Slice(start, count))
        {
            uint digit = (uint)(character - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }
}
