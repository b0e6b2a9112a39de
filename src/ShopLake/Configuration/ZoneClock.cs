namespace ShopLake.Configuration;

/// <summary>From what the clocks of a zone show to the instant at which they do.</summary>
public static class ZoneClock
{
    /// <summary>
    /// The offset from UTC of a local time. A time that comes twice is its first occurrence; one that the clocks skip is read
    /// by the offset before the gap, which puts it as far behind the gap as it is behind the gap's beginning.
    /// </summary>
    /// <param name="zone">The zone.</param>
    /// <param name="local">What the clocks show.</param>
    /// <param name="isSkipped">They never show it.</param>
    /// <remarks>.NET knows the offset of every instant, but of local times it takes many gaps for times and some times for gaps.</remarks>
    public static TimeSpan OffsetOf(TimeZoneInfo zone, DateTime local, out bool isSkipped)
    {
        TimeSpan before = OffsetAt(TimeSpan.FromDays(-1));
        TimeSpan after = OffsetAt(TimeSpan.FromDays(1));
        bool isBefore = OffsetAt(-before) == before;
        isSkipped = !isBefore && OffsetAt(-after) != after;
        return isBefore || isSkipped ? before : after;

        // Of the instants at the ends of the calendar, the nearest that there is.
        TimeSpan OffsetAt(TimeSpan distance) => zone.GetUtcOffset(new DateTime(
            Math.Clamp(local.Ticks + distance.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
    }
}
