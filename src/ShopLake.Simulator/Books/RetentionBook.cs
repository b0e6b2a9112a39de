namespace ShopLake.Simulator.Books;

/// <summary>gold.retention_cohorts.</summary>
internal static class RetentionBook
{
    /// <summary>How a calendar is cut: the period of a day, and a period some steps further on.</summary>
    private sealed record Grain(
        string Name,
        Func<DateOnly, DateOnly> PeriodOf,
        Func<DateOnly, int, DateOnly> Plus,
        Func<DateOnly, DateOnly, int> Between);

    private static readonly Grain[] Grains =
    [
        new("week", BusinessCalendar.Week, (week, n) => week.AddDays(7 * n),
            (from, to) => (int)BusinessCalendar.DaysBetween(from, to) / 7),
        new("month", BusinessCalendar.Month, (month, n) => month.AddMonths(n), BusinessCalendar.MonthsBetween),
    ];

    public static BookTable RetentionCohorts(Shop shop)
    {
        var table = new BookTable(
            "gold.retention_cohorts", ["cohort_start", "period_grain", "basis", "periods_since"],
        [
            "cohort_start", "period_grain", "basis", "periods_since", "customers", "active", "active_or_later",
            "retention_rate", "unbounded_rate",
        ]);
        var paidDays = shop.Orders.ByUser
            .Select(orders => Days(orders.Where(order => order.IsPaid).Select(order => order.FirstPaidDay!.Value)))
            .Where(days => days.Count > 0)
            .ToList();
        var eventDays = shop.Behaviour.Users
            .Select(user => Days(user.Steps.Select(step => shop.Calendar.Day(step.At))))
            .ToList();
        foreach (var grain in Grains)
        {
            AddCohorts(table, shop, grain, "first_paid_order", paidDays);
            AddCohorts(table, shop, grain, "first_event", eventDays);
        }
        return table;
    }

    private static HashSet<DateOnly> Days(IEnumerable<DateOnly> days) => [.. days];

    /// <param name="activity">For each customer the days on which he was active, at least one.</param>
    private static void AddCohorts(
        BookTable table, Shop shop, Grain grain, string basis, IEnumerable<HashSet<DateOnly>> activity)
    {
        var cohorts = activity
            .Select(days => days.Select(grain.PeriodOf).ToHashSet())
            .GroupBy(periods => periods.Min());
        foreach (var cohort in cohorts)
        {
            var customers = cohort.LongCount();
            var active = new Dictionary<int, long>();
            var lastActive = new Dictionary<int, long>();
            foreach (var periods in cohort)
            {
                var since = periods.Select(period => grain.Between(cohort.Key, period)).ToList();
                foreach (var k in since)
                    active[k] = active.GetValueOrDefault(k) + 1;
                lastActive[since.Max()] = lastActive.GetValueOrDefault(since.Max()) + 1;
            }
            var last = grain.Between(cohort.Key, grain.PeriodOf(shop.AsOfDay!.Value));
            for (var k = 0; k <= last; k++)
            {
                var hasElapsed = shop.HasElapsed(grain.Plus(cohort.Key, k + 1).AddDays(-1));
                long? activeNow = hasElapsed ? active.GetValueOrDefault(k) : null;
                long? activeLater = hasElapsed
                    ? lastActive.Where(count => count.Key >= k).Sum(count => count.Value)
                    : null;
                table.Add(
                    cohort.Key, grain.Name, basis, k, customers, activeNow, activeLater,
                    activeNow is { } now ? Arithmetic.Rate(now, customers) : null,
                    activeLater is { } later ? Arithmetic.Rate(later, customers) : null);
            }
        }
    }
}
