namespace ShopLake.Simulator.Books;

/// <summary>gold.payment_health_daily.</summary>
internal static class PaymentBook
{
    private sealed class PaymentDay
    {
        public long Successes { get; set; }

        public long Failures { get; set; }

        public long Refunds { get; set; }

        public long OrdersRecovered { get; set; }

        public HashSet<BookOrder> Attempted { get; } = [];

        public HashSet<BookOrder> Succeeded { get; } = [];

        public List<long> DaysToRefund { get; } = [];
    }

    public static BookTable PaymentHealthDaily(Shop shop)
    {
        var days = new SortedDictionary<DateOnly, PaymentDay>();
        var paidDayByPayment = shop.Orders.Orders
            .SelectMany(order => order.Captures)
            .ToDictionary(capture => capture.PaymentId, capture => shop.Calendar.Day(capture.At));
        foreach (var order in shop.Orders.Orders)
        {
            foreach (var entry in order.Payments)
            {
                var date = shop.Calendar.Day(entry.At);
                AddEntry(days.GetOrAdd(date), date, order, entry, paidDayByPayment);
            }
            if (IsRecovered(order))
                days[order.FirstPaidDay!.Value].OrdersRecovered++;
        }

        var table = new BookTable("gold.payment_health_daily", ["day"],
        [
            "day", "attempts", "successes", "failures", "orders_attempted", "orders_succeeded", "orders_recovered",
            "refunds", "attempt_success_rate", "order_success_rate", "median_days_to_refund",
        ]);
        foreach (var (date, day) in days)
            table.Add(
                date, day.Successes + day.Failures, day.Successes, day.Failures, day.Attempted.Count,
                day.Succeeded.Count, day.OrdersRecovered, day.Refunds,
                Arithmetic.Rate(day.Successes, day.Successes + day.Failures),
                Arithmetic.Rate(day.Succeeded.Count, day.Attempted.Count),
                Arithmetic.NearestRank(day.DaysToRefund, 50));
        return table;
    }

    private static void AddEntry(
        PaymentDay day, DateOnly date, BookOrder order, in PaymentFact entry, Dictionary<string, DateOnly> paidDays)
    {
        switch (entry.Status)
        {
            case PaymentStatus.Success:
                day.Successes++;
                day.Attempted.Add(order);
                day.Succeeded.Add(order);
                break;
            case PaymentStatus.Failed:
                day.Failures++;
                day.Attempted.Add(order);
                break;
            default:
                day.Refunds++;
                var paidDay = paidDays.TryGetValue(entry.PaymentId, out var own) ? own : order.FirstPaidDay;
                if (paidDay <= date)
                    day.DaysToRefund.Add(BusinessCalendar.DaysBetween(paidDay.Value, date));
                break;
        }
    }

    /// <summary>An attempt failed before, or at the instant at which, one succeeded for the first time.</summary>
    private static bool IsRecovered(BookOrder order) =>
        order.IsPaid
        && order.Payments.Any(entry => entry.Status == PaymentStatus.Failed && entry.At <= order.FirstPaidAt);
}
