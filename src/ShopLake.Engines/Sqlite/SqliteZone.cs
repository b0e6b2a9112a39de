using ShopLake.Configuration;

namespace ShopLake.Engines.Sqlite;

/// <summary>The reporting zone: from UTC to its clocks, and from its days to UTC.</summary>
/// <param name="id">IANA name.</param>
internal sealed class SqliteZone(string id)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(id);

    public DateTime LocalTime(DateTime utc) => SqliteInstant.Plus(utc, _zone.GetUtcOffset(utc));

    /// <summary>
    /// When a day begins, in UTC. Where its midnight comes twice, with the first; where the clocks leap over it, with
    /// the leap.
    /// </summary>
    public DateTime DayStart(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return midnight - ZoneClock.OffsetOf(_zone, midnight, out _);
    }
}
