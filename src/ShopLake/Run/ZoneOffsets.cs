using System.Globalization;

namespace ShopLake.Run;

/// <summary>A zone's offsets from UTC over some years, as SQL that finds one by halving.</summary>
internal static class ZoneOffsets
{
    /// <summary>First instant for which the SQL holds.</summary>
    public static readonly DateTime First = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>First instant for which it holds no more. More years would take longer to bind at each use.</summary>
    public static readonly DateTime End = new(2035, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <returns>An expression: microseconds that local time is ahead of UTC at the instant.</returns>
    public static string Sql(TimeZoneInfo zone, string instant)
    {
        DateTime[] transitions = [.. ZoneCheck.Transitions(zone).Where(at => at > First && at < End)];
        return Halve(0, transitions.Length, First);

        string Halve(int from, int to, DateTime since)
        {
            if (from == to)
            {
                return ((long)zone.GetUtcOffset(since).TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
            }

            int middle = (from + to) / 2;
            DateTime at = transitions[middle];
            return $"CASE WHEN {instant} < {ModelVocabulary.Instant(at)} THEN {Halve(from, middle, since)} ELSE {Halve(middle + 1, to, at)} END";
        }
    }
}
