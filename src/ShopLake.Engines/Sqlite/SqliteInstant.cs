using System.Globalization;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// Instants and days as SQLite keeps them: ISO text of a fixed width, so that order and equality are those of time.
/// </summary>
internal static class SqliteInstant
{
    private const int InstantLength = 26;
    private const int SecondsLength = 19;

    /// <summary>An instant, UTC.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static DateTime Parse(string text)
    {
        if (text.Length == InstantLength && IsInstant(text))
        {
            return new DateTime(
                Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2), Number(text, 11, 2), Number(text, 14, 2),
                Number(text, 17, 2), DateTimeKind.Utc).AddTicks(Number(text, 20, 6) * TimeSpan.TicksPerMicrosecond);
        }

        const DateTimeStyles asUtc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, asUtc, out DateTime instant)
            ? instant
            : throw new FormatException($"'{text}' is not an instant such as 2024-02-29 10:11:12.");
    }

    /// <summary>
    /// A later instant, or an earlier one. The first and the last of .NET stand for all beyond them: what is compared with
    /// the sum then comes out as on engines whose calendars go on.
    /// </summary>
    public static DateTime Plus(DateTime instant, TimeSpan time) => new(
        Math.Clamp(checked(instant.Ticks + time.Ticks), DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), instant.Kind);

    /// <exception cref="FormatException">The text is no day.</exception>
    public static DateOnly ParseDay(string text) =>
        DateOnly.TryParseExact(
            text, SqliteText.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? day
            : throw new FormatException($"'{text}' is not a day such as 2024-02-29.");

    /// <summary>All 26 characters of it.</summary>
    public static string Text(DateTime instant) => string.Create(InstantLength, instant, static (text, at) =>
        at.TryFormat(text, out _, SqliteText.InstantFormat, CultureInfo.InvariantCulture));

    public static string Text(DateOnly day) => day.ToString(SqliteText.DayFormat, CultureInfo.InvariantCulture);

    /// <summary>
    /// As people read it: no zeros behind the last digit of the second. Text that is no instant stays as it is.
    /// </summary>
    public static string Short(string text)
    {
        if (text.Length != InstantLength || !IsInstant(text))
        {
            return text;
        }

        string fraction = text[SecondsLength..].TrimEnd('0').TrimEnd('.');
        return text[..SecondsLength] + fraction;
    }

    private static bool IsInstant(string text)
    {
        for (int i = 0; i < InstantLength; i++)
        {
            char expected = i switch { 4 or 7 => '-', 10 => ' ', 13 or 16 => ':', 19 => '.', _ => '0' };
            if (expected == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != expected)
            {
                return false;
            }
        }

        return true;
    }

    private static int Number(string text, int start, int length)
    {
        int number = 0;
        for (int i = start; i < start + length; i++)
        {
            number = (10 * number) + (text[i] - '0');
        }

        return number;
    }
}
