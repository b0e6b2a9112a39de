namespace ShopLake.Simulator.Books;

/// <summary>gold.customers, gold.cohort_ltv and gold.repeat_purchase.</summary>
internal static class CustomerBook
{
    private static readonly int[] RepeatDays = [30, 60, 90, 365];

    /// <summary>Someone with a paid order, and all that he ordered.</summary>
    private sealed record Customer(string UserId, IReadOnlyList<BookOrder> Orders)
    {
        public IReadOnlyList<BookOrder> PaidOrders { get; } =
            [.. Orders.Where(order => order.IsPaid).OrderBy(order => order.FirstPaidAt)];

        public DateOnly FirstPaidDay => PaidOrders[0].FirstPaidDay!.Value;

        public DateOnly CohortMonth => BusinessCalendar.Month(FirstPaidDay);

        public DateTime LastPaidAt { get; } =
            Orders.SelectMany(order => order.Captures).Select(capture => (DateTime?)capture.At).Max() ?? default;

        public long NetMinor => Orders.Sum(order => order.NetMinor);
    }

    private static IEnumerable<Customer> Customers(Shop shop) => shop.Orders.ByUser
        .Where(orders => orders.Any(order => order.IsPaid))
        .Select(orders => new Customer(orders.Key, [.. orders]));

    public static BookTable CustomerTable(Shop shop)
    {
        var table = new BookTable("gold.customers", ["user_id"],
        [
            "user_id", "first_paid_at", "last_paid_at", "first_paid_day", "last_paid_day", "days_since_last",
            "orders", "paid_orders", "gross_minor", "refunds_minor", "net_minor", "recency_score",
            "frequency_score", "monetary_score", "is_known",
        ]);
        var customers = Customers(shop).ToDictionary(customer => customer.UserId);
        var recency = Scores(customers.Values, customer => shop.Calendar.Day(customer.LastPaidAt).DayNumber);
        var frequency = Scores(customers.Values, customer => customer.PaidOrders.Count);
        var monetary = Scores(customers.Values, customer => customer.NetMinor);
        foreach (var userId in shop.Facts.KnownUsers.Union(shop.Orders.ByUser.Select(orders => orders.Key)))
        {
            var orders = shop.Orders.ByUser[userId].ToList();
            var customer = customers.GetValueOrDefault(userId);
            DateOnly? lastPaidDay = customer is null ? null : shop.Calendar.Day(customer.LastPaidAt);
            table.Add(
                userId, customer?.PaidOrders[0].FirstPaidAt, customer?.LastPaidAt, customer?.FirstPaidDay,
                lastPaidDay,
                lastPaidDay is { } day ? BusinessCalendar.DaysBetween(day, shop.AsOfDay!.Value) : null,
                orders.Count, customer?.PaidOrders.Count ?? 0, orders.Sum(order => order.PaidMinor),
                orders.Sum(order => order.RefundedMinor), orders.Sum(order => order.NetMinor),
                customer is null ? null : recency[customer],
                customer is null ? null : frequency[customer],
                customer is null ? null : monetary[customer],
                shop.Facts.KnownUsers.Contains(userId));
        }
        return table;
    }

    /// <summary>1 to 5 by how many customers have strictly less; equals share a score.</summary>
    private static Dictionary<Customer, long> Scores(
        IReadOnlyCollection<Customer> customers, Func<Customer, long> value)
    {
        var scores = new Dictionary<Customer, long>(ReferenceEqualityComparer.Instance);
        foreach (var equals in customers.GroupBy(value).OrderBy(group => group.Key))
        {
            var lower = scores.Count;
            foreach (var customer in equals)
                scores[customer] = 1 + (5L * lower / customers.Count);
        }
        return scores;
    }

    public static BookTable CohortLtv(Shop shop)
    {
        var table = new BookTable("gold.cohort_ltv", ["cohort_month", "months_since"],
            ["cohort_month", "months_since", "customers", "cumulative_net_minor", "ltv_minor"]);
        foreach (var cohort in Customers(shop).GroupBy(customer => customer.CohortMonth))
        {
            var customers = cohort.LongCount();
            var netByMonth = new Dictionary<int, long>();
            foreach (var entry in cohort.SelectMany(customer => customer.Orders).SelectMany(order => order.Payments))
            {
                var month = BusinessCalendar.Month(shop.Calendar.Day(entry.At));
                var k = Math.Max(BusinessCalendar.MonthsBetween(cohort.Key, month), 0);
                netByMonth[k] = netByMonth.GetValueOrDefault(k) + NetMinor(entry);
            }
            var cumulative = 0L;
            for (var k = 0; k <= BusinessCalendar.MonthsBetween(cohort.Key, shop.AsOfDay!.Value); k++)
            {
                cumulative += netByMonth.GetValueOrDefault(k);
                var hasElapsed = shop.HasElapsed(cohort.Key.AddMonths(k + 1).AddDays(-1));
                table.Add(
                    cohort.Key, k, customers,
                    hasElapsed ? cumulative : null,
                    hasElapsed ? Arithmetic.Average(cumulative, customers) : null);
            }
        }
        return table;
    }

    private static long NetMinor(in PaymentFact entry) => entry.Status switch
    {
        PaymentStatus.Success => entry.AmountMinor,
        PaymentStatus.Refunded => -entry.AmountMinor,
        _ => 0,
    };

    public static BookTable RepeatPurchase(Shop shop)
    {
        var table = new BookTable("gold.repeat_purchase", ["cohort_month"],
        [
            "cohort_month", "customers", "repeat_30", "repeat_60", "repeat_90", "repeat_365", "rate_30", "rate_60",
            "rate_90", "rate_365",
        ]);
        foreach (var cohort in Customers(shop).GroupBy(customer => customer.CohortMonth))
        {
            var customers = cohort.LongCount();
            var lastDay = cohort.Key.AddMonths(1).AddDays(-1);
            var repeats = RepeatDays
                .Select(days => shop.HasElapsed(lastDay.AddDays(days))
                    ? cohort.LongCount(customer => HasRepeated(customer, days))
                    : (long?)null)
                .ToList();
            var rates = repeats.Select(repeat => repeat is { } count ? Arithmetic.Rate(count, customers) : null);
            table.Add([cohort.Key, customers, .. repeats, .. rates]);
        }
        return table;
    }

    private static bool HasRepeated(Customer customer, int days) =>
        customer.PaidOrders.Count > 1
        && BusinessCalendar.DaysBetween(customer.FirstPaidDay, customer.PaidOrders[1].FirstPaidDay!.Value) <= days;
}
