using System.Globalization;
using ShopLake.Configuration;

namespace ShopLake.Run;

/// <summary>A zone's offsets from UTC over some years, as SQL that finds one by halving.</summary>
internal static class ZoneOffsets
{
    /// <summary>First instant for which the SQL holds.</summary>
    public static readonly DateTime First = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>First instant for which it holds no more. Zone data lists no later transitions.</summary>
    public static readonly DateTime End = new(2038, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The first and the last day that begin within those years in every zone.</summary>
    public static readonly DateOnly FirstDay = DateOnly.FromDateTime(First).AddDays(1);

    public static readonly DateOnly LastDay = DateOnly.FromDateTime(End).AddDays(-1);

    /// <returns>An expression: microseconds that local time is ahead of UTC at the instant.</returns>
    public static string At(TimeZoneInfo zone, string instant) => Find(instant,
    [
        .. Transitions(zone).Prepend(First).Select(at => (ModelVocabulary.Instant(at), zone.GetUtcOffset(at))),
    ]);

    /// <returns>An expression: microseconds that local time is ahead of UTC when the day begins.</returns>
    public static string AtStartOf(TimeZoneInfo zone, string day)
    {
        // Of the days that begin between two transitions all have one offset, but for those next to them.
        IEnumerable<DateOnly> days = Transitions(zone)
            .SelectMany(at => Enumerable.Range(-2, 5).Select(distance => DateOnly.FromDateTime(at).AddDays(distance)))
            .Where(next => next > FirstDay).Prepend(FirstDay).Distinct().Order();
        return Find(day, [.. days.Select(next => (ModelVocabulary.Day(next), OffsetAtStart(next)))]);

        TimeSpan OffsetAtStart(DateOnly next) => ZoneClock.OffsetOf(zone, next.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), out _);
    }

    private static IEnumerable<DateTime> Transitions(TimeZoneInfo zone) => ZoneCheck.Transitions(zone).Where(at => at > First && at < End);

    /// <summary>The offset that holds since the last of the values which is not greater.</summary>
    private static string Find(string value, IReadOnlyList<(string Since, TimeSpan Offset)> known)
    {
        (string Since, TimeSpan Offset)[] changes = [.. known.Where((next, index) => index == 0 || next.Offset != known[index - 1].Offset)];
        return Halve(0, changes.Length);

        string Halve(int from, int to)
        {
            if (to - from == 1)
            {
                return ((long)changes[from].Offset.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
            }

            int middle = (from + to) / 2;
            return $"CASE WHEN {value} < {changes[middle].Since} THEN {Halve(from, middle)} ELSE {Halve(middle, to)} END";
        }
    }
}
