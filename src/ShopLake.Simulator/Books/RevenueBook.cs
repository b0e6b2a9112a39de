namespace ShopLake.Simulator.Books;

/// <summary>gold.revenue_daily, gold.revenue_by_order_day and gold.intent_vs_revenue_daily.</summary>
internal static class RevenueBook
{
    private sealed class RevenueDay
    {
        public long NewMinor { get; set; }

        public long RepeatMinor { get; set; }

        public long GuestMinor { get; set; }

        public long GrossMinor => NewMinor + RepeatMinor + GuestMinor;

        public long RefundsMinor { get; set; }

        public long RefundEntries { get; set; }

        public long FirstPaidOrders { get; set; }

        public HashSet<BookOrder> PaidOrders { get; } = [];
    }

    public static BookTable RevenueDaily(Shop shop)
    {
        var days = new SortedDictionary<DateOnly, RevenueDay>();
        foreach (var order in shop.Orders.Orders)
        {
            foreach (var capture in order.Captures)
                AddCapture(days.GetOrAdd(shop.Calendar.Day(capture.At)), order, capture.AmountMinor);
            foreach (var refund in order.Refunds)
            {
                var day = days.GetOrAdd(shop.Calendar.Day(refund.At));
                day.RefundsMinor += refund.AmountMinor;
                day.RefundEntries++;
            }
            if (order.FirstPaidDay is { } firstPaidDay)
                days[firstPaidDay].FirstPaidOrders++;
        }

        var table = new BookTable("gold.revenue_daily", ["day"],
        [
            "day", "gross_minor", "refunds_minor", "net_minor", "new_customer_minor", "repeat_customer_minor",
            "guest_minor", "paid_orders", "first_paid_orders", "refund_entries", "aov_minor",
        ]);
        foreach (var (day, revenue) in days)
            table.Add(
                day, revenue.GrossMinor, revenue.RefundsMinor, revenue.GrossMinor - revenue.RefundsMinor,
                revenue.NewMinor, revenue.RepeatMinor, revenue.GuestMinor, revenue.PaidOrders.Count,
                revenue.FirstPaidOrders, revenue.RefundEntries,
                Arithmetic.Average(revenue.GrossMinor, revenue.PaidOrders.Count));
        return table;
    }

    private static void AddCapture(RevenueDay day, BookOrder order, long amountMinor)
    {
        day.PaidOrders.Add(order);
        if (order.UserId is null)
            day.GuestMinor += amountMinor;
        else if (order.IsFirstOrder == true)
            day.NewMinor += amountMinor;
        else
            day.RepeatMinor += amountMinor;
    }

    public static BookTable RevenueByOrderDay(Shop shop)
    {
        var table = new BookTable("gold.revenue_by_order_day", ["order_day"],
            ["order_day", "orders", "paid_orders", "gross_minor", "refunds_minor", "net_minor"]);
        foreach (var day in shop.Orders.Orders.GroupBy(order => order.OrderDay))
            table.Add(
                day.Key, day.Count(), day.Count(order => order.IsPaid), day.Sum(order => order.PaidMinor),
                day.Sum(order => order.RefundedMinor), day.Sum(order => order.NetMinor));
        return table;
    }

    public static BookTable IntentVsRevenueDaily(Shop shop)
    {
        var table = new BookTable("gold.intent_vs_revenue_daily", ["order_day"],
        [
            "order_day", "orders", "orders_without_amount", "ordered_minor", "paid_minor", "refunded_minor",
            "net_minor", "unpaid_minor", "cancelled_minor", "capture_rate",
        ]);
        foreach (var day in shop.Orders.Orders.GroupBy(order => order.OrderDay))
        {
            var ordered = day.Sum(order => order.OrderedMinor ?? 0);
            var paid = day.Sum(order => order.PaidMinor);
            var cancelled = day.Where(order => order.Status == OrderStatus.Cancelled);
            var standing = day.Where(order => order.Status != OrderStatus.Cancelled);
            table.Add(
                day.Key, day.Count(), day.Count(order => order.OrderedMinor is null), ordered, paid,
                day.Sum(order => order.RefundedMinor), day.Sum(order => order.NetMinor),
                standing.Sum(order => Math.Max((order.OrderedMinor ?? 0) - order.PaidMinor, 0)),
                cancelled.Sum(order => order.OrderedMinor ?? 0), Arithmetic.Rate(paid, ordered));
        }
        return table;
    }
}
