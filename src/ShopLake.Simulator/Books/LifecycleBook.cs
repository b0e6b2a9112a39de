namespace ShopLake.Simulator.Books;

/// <summary>gold.order_lifecycle_daily.</summary>
internal static class LifecycleBook
{
    private const double SecondsOfAnHour = 3600;

    public static BookTable OrderLifecycleDaily(Shop shop)
    {
        var table = new BookTable("gold.order_lifecycle_daily", ["order_day"],
        [
            "order_day", "orders", "created", "paid", "shipped", "cancelled", "cancelled_after_payment",
            "illegal_transitions", "cancel_rate", "median_hours_to_paid", "p90_hours_to_paid",
            "median_hours_paid_to_shipped", "p90_hours_paid_to_shipped",
        ]);
        foreach (var day in shop.Orders.Orders.GroupBy(order => order.OrderDay))
        {
            var toPaid = Seconds(day, order => order.First(OrderStatus.Created) ?? order.CreatedAt, OrderStatus.Paid);
            var toShipped = Seconds(day, order => order.First(OrderStatus.Paid), OrderStatus.Shipped);
            var cancelled = Count(day, OrderStatus.Cancelled);
            table.Add(
                day.Key, day.Count(), Count(day, OrderStatus.Created), Count(day, OrderStatus.Paid),
                Count(day, OrderStatus.Shipped), cancelled, day.Count(order => order.IsCancelledAfterPayment),
                day.Sum(order => order.States.Count(state => state.IsIllegal)),
                Arithmetic.Rate(cancelled, day.Count()),
                Arithmetic.NearestRank(toPaid, 50) / SecondsOfAnHour,
                Arithmetic.NearestRank(toPaid, 90) / SecondsOfAnHour,
                Arithmetic.NearestRank(toShipped, 50) / SecondsOfAnHour,
                Arithmetic.NearestRank(toShipped, 90) / SecondsOfAnHour);
        }
        return table;
    }

    private static int Count(IEnumerable<BookOrder> orders, OrderStatus status) =>
        orders.Count(order => order.Status == status);

    /// <summary>How long orders took from one time to a status; those without either, or backwards, left out.</summary>
    private static List<long> Seconds(IEnumerable<BookOrder> orders, Func<BookOrder, DateTime?> from, OrderStatus to)
    {
        var seconds = new List<long>();
        foreach (var order in orders)
            if (from(order) is { } start && order.First(to) is { } end && end >= start)
                seconds.Add(Arithmetic.Seconds(start, end));
        return seconds;
    }
}
