namespace ShopLake.Simulator.Books;

/// <summary>gold.late_arrivals_daily.</summary>
internal static class EventBook
{
    /// <summary>Upper ends of the lateness buckets; one more takes what is later than all.</summary>
    private static readonly TimeSpan[] Buckets =
        [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24), TimeSpan.FromDays(7)];

    private sealed class ArrivalDay
    {
        public long Events { get; set; }

        public long[] ByBucket { get; } = new long[Buckets.Length + 1];

        public long Late { get; set; }

        public long Duplicates { get; set; }

        public long Conflicting { get; set; }

        public long ClockSkewed { get; set; }

        public long WithoutUser { get; set; }
    }

    public static BookTable LateArrivalsDaily(Shop shop)
    {
        var days = new SortedDictionary<DateOnly, ArrivalDay>();
        foreach (var fact in shop.Behaviour.Events)
        {
            var day = days.GetOrAdd(shop.Calendar.Day(fact.IngestedAt));
            day.Events++;
            day.Duplicates += fact.DuplicateDeliveries;
            day.Conflicting += fact.ConflictingDeliveries;
            if (!shop.Behaviour.HasUser(fact))
                day.WithoutUser++;
            if (shop.Behaviour.IsSkewed(fact))
            {
                day.ClockSkewed++;
                continue;
            }
            var lateness = fact.IngestedAt - fact.At;
            day.ByBucket[Buckets.Count(end => end < lateness)]++;
            if (lateness > shop.Options.LateAfter)
                day.Late++;
        }

        var table = new BookTable("gold.late_arrivals_daily", ["day"],
        [
            "day", "events", "within_5m", "within_1h", "within_24h", "within_7d", "beyond_7d", "late", "duplicates",
            "conflicting", "clock_skewed", "without_user",
        ]);
        foreach (var (date, day) in days)
            table.Add(
                date, day.Events, day.ByBucket[0], day.ByBucket[1], day.ByBucket[2], day.ByBucket[3],
                day.ByBucket[4], day.Late, day.Duplicates, day.Conflicting, day.ClockSkewed, day.WithoutUser);
        return table;
    }
}
