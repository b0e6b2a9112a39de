namespace ShopLake.Simulator.Books;

/// <summary>Days, weeks and months of the reporting zone.</summary>
internal sealed class BusinessCalendar(TimeZoneInfo zone)
{
    private readonly Dictionary<long, (DateOnly Day, DateTime End)> _dayByHour = [];

    public DateOnly Day(DateTime utc)
    {
        // Asked for millions of events, so the day at the beginning of each hour is kept.
        var hour = utc.Ticks / TimeSpan.TicksPerHour;
        if (!_dayByHour.TryGetValue(hour, out var known))
        {
            var day = LocalDay(new DateTime(hour * TimeSpan.TicksPerHour, DateTimeKind.Utc));
            _dayByHour[hour] = known = (day, End(day));
        }
        return utc < known.End ? known.Day : LocalDay(utc);
    }

    private DateOnly LocalDay(DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone));

    /// <summary>
    /// The first instant of a day. Where the clock skips midnight it is the end of the gap; where midnight comes
    /// twice it is the first.
    /// </summary>
    public DateTime Start(DateOnly day)
    {
        // By the offsets of instants: of local times, .NET knows neither every gap nor every repetition.
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var before = zone.GetUtcOffset(midnight.AddDays(-1));
        var after = zone.GetUtcOffset(midnight.AddDays(1));
        return zone.GetUtcOffset(midnight - before) == before || zone.GetUtcOffset(midnight - after) != after
            ? midnight - before
            : midnight - after;
    }

    /// <summary>The first instant after a day.</summary>
    public DateTime End(DateOnly day) => Start(day.AddDays(1));

    /// <summary>Monday of the ISO week.</summary>
    public static DateOnly Week(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    public static DateOnly Month(DateOnly day) => new(day.Year, day.Month, 1);

    public static long DaysBetween(DateOnly from, DateOnly to) => to.DayNumber - from.DayNumber;

    public static int MonthsBetween(DateOnly from, DateOnly to) => (to.Year - from.Year) * 12 + to.Month - from.Month;
}
