using System.Globalization;
using System.Runtime.CompilerServices;
using ShopLake.Configuration;

namespace ShopLake.Run;

/// <summary>
/// Compares the engine's idea of the reporting zone with .NET's at every transition and in every month. Business days would
/// silently differ between models and program if the two brought different time zone data. The zones of sources are read by
/// .NET alone.
/// </summary>
public static class ZoneCheck
{
    internal static readonly DateTime First = new(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A run asks several times, and .NET has no list of them.</summary>
    private static readonly ConditionalWeakTable<TimeZoneInfo, DateTime[]> Known = [];

    /// <summary>Zone data lists transitions up to 2037; behind that programs extend the last rule, and not all alike.</summary>
    private static readonly DateTime Last = new(2038, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Compares them from the first day of the lake on.</summary>
    /// <exception cref="ShopLakeException">The offsets differ; the first instants are named.</exception>
    public static void Verify(IEngine engine, LakeConfiguration configuration, CancellationToken cancellation) => Verify(
        engine, TimeZoneInfo.FindSystemTimeZoneById(configuration.Time.ReportingZone),
        configuration.Time.EarliestDay.AddDays(-1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), cancellation);

    internal static void Verify(IEngine engine, TimeZoneInfo zone, DateTime from, CancellationToken cancellation)
    {
        // Each month as well: a summer time that only the engine knows has none of .NET's transitions.
        DateTime[] instants =
        [
            .. Transitions(zone).SelectMany(at => new[] { at.AddTicks(-10), at })
                .Concat(Enumerable.Range(0, 12 * (Last.Year - First.Year)).Select(month => First.AddMonths(month)))
                .Where(at => at > from).Prepend(from).Order(),
        ];
        string values = string.Join(", ", instants.Select((at, index) =>
            $"({index}, '{at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}')"));
        QueryResult offsets = engine.Query(
            $"""
            WITH texts(i, t) AS (VALUES {values}),
            instants AS (SELECT i, as_utc(t) AS t FROM texts),
            days AS (SELECT i, t, business_day(t) AS day FROM instants),
            starts AS (SELECT i, t, day, day_start(day) AS starts_at FROM days)
            SELECT micros_between(t, local_time(t)), as_text(day), CASE
                WHEN business_day(starts_at) = day AND business_day(plus_seconds(starts_at, -1)) < day THEN 1 ELSE 0 END
            FROM starts ORDER BY i
            """, cancellation);
        string[] differences =
        [
            .. instants.Zip(offsets.Rows)
                .Select(pair => Difference(engine, zone, pair.First, pair.Second))
                .Where(difference => difference is not null)
                .Take(5)!,
        ];
        if (differences.Length > 0)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"Time zone data of {engine.Name} and of this machine differ for {zone.Id}; business days would be wrong:"
                + Environment.NewLine + string.Join(Environment.NewLine, differences) + Environment.NewLine
                + $"Update the machine's tzdata or {engine.Name}, so that both have the same release of the zone data, then run again.");
        }
    }

    /// <summary>
    /// An engine may know a zone in two ways, one for an instant's day, one for a day's first instant. They must agree as well.
    /// </summary>
    private static string? Difference(IEngine engine, TimeZoneInfo zone, DateTime at, object?[] row)
    {
        DateTime theirs = at.AddMicroseconds((long)row[0]!);
        DateTime ours = at + zone.GetUtcOffset(at);
        if (theirs.Ticks != ours.Ticks)
        {
            return $"  {at:yyyy-MM-dd HH:mm:ss.ffffff}Z is {theirs:yyyy-MM-dd HH:mm:ss} in {engine.Name} "
                + $"and {ours:yyyy-MM-dd HH:mm:ss} in .NET";
        }

        return row[2] is 1L
            ? null
            : $"  {engine.Name} does not begin the day {row[1]} where .NET does";
    }

    /// <summary>The instants at which the zone's offset changes, to the second.</summary>
    internal static IReadOnlyList<DateTime> Transitions(TimeZoneInfo zone) =>
        Known.GetValue(zone, static zone => [.. FindTransitions(zone)]);

    private static IEnumerable<DateTime> FindTransitions(TimeZoneInfo zone)
    {
        TimeSpan offset = zone.GetUtcOffset(First);
        for (DateTime day = First; day < Last; day = day.AddDays(1))
        {
            DateTime before = day;
            DateTime after = day.AddDays(1);
            TimeSpan next = zone.GetUtcOffset(after);
            if (next == offset)
            {
                continue;
            }

            offset = next;
            while (after - before > TimeSpan.FromSeconds(1))
            {
                DateTime middle = before.AddSeconds(Math.Floor((after - before).TotalSeconds / 2));
                if (zone.GetUtcOffset(middle) == zone.GetUtcOffset(before))
                {
                    before = middle;
                }
                else
                {
                    after = middle;
                }
            }

            yield return after;
        }
    }
}
