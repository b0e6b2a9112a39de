using System.Globalization;

namespace ShopLake.Simulator.Feeds;

/// <summary>Deliveries are batches, one a day of UTC, numbered from the shop's first day.</summary>
internal sealed class BatchCalendar(DateOnly startDay)
{
    private readonly DateTime _start = startDay.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public DateTime Start(int batch) => _start.AddDays(batch);

    /// <summary>The batch of that day; history from before the first day comes with the first batch.</summary>
    public int BatchOf(DateTime at) => Math.Max(0, (int)((at - _start).Ticks / TimeSpan.TicksPerDay));

    /// <summary>When a database is exported: a quarter past the midnight after the day.</summary>
    public DateTime ExportedAt(int batch) => Start(batch + 1).AddMinutes(15);

    public string Name(int batch) =>
        startDay.AddDays(batch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
