namespace ShopLake.Engines.Sqlite;

/// <summary>The reporting zone: from UTC to its clocks, and from its days to UTC.</summary>
/// <param name="id">IANA name.</param>
internal sealed class SqliteZone(string id)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(id);

    public DateTime LocalTime(DateTime utc) => utc + _zone.GetUtcOffset(utc);

    /// <summary>
    /// When a day begins, in UTC. Where its midnight comes twice, with the first; where the clocks leap over it, with
    /// the leap.
    /// </summary>
    public DateTime DayStart(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        TimeSpan before = OffsetAround(midnight, -1);
        TimeSpan after = OffsetAround(midnight, 1);
        DateTime byBefore = midnight - before;
        return _zone.GetUtcOffset(byBefore) == before || _zone.GetUtcOffset(midnight - after) != after
            ? byBefore
            : midnight - after;
    }

    private TimeSpan OffsetAround(DateTime instant, int days) => _zone.GetUtcOffset(
        (days < 0 && instant < DateTime.MinValue.AddDays(1)) || (days > 0 && instant > DateTime.MaxValue.AddDays(-1))
            ? instant
            : instant.AddDays(days));
}
