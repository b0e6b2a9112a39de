namespace ShopLake.Simulator.Books;

/// <summary>gold.orders and gold.order_lines.</summary>
internal static class OrderBook
{
    public static BookTable Orders(Shop shop)
    {
        var table = new BookTable("gold.orders", ["order_id"],
        [
            "order_id", "user_id", "attributed_session_id", "order_status", "order_day", "created_at",
            "first_paid_at", "cancelled_at", "ordered_minor", "paid_minor", "refunded_minor", "net_minor", "items",
            "units", "attempts", "failures", "refunds", "is_paid", "is_first_order", "is_cancelled_after_payment",
            "is_over_refunded", "is_inferred",
        ]);
        foreach (var order in shop.Orders.Orders)
        {
            var captures = order.Captures.Count();
            var refunds = order.Refunds.Count();
            var failures = order.Payments.Count - captures - refunds;
            table.Add(
                order.OrderId, order.UserId, order.AttributedSessionId, Word(order.Status), order.OrderDay,
                order.CreatedAt, order.FirstPaidAt, order.CancelledAt, order.OrderedMinor, order.PaidMinor,
                order.RefundedMinor, order.NetMinor, order.Items.Count, order.Items.Sum(item => item.Quantity),
                captures + failures, failures, refunds, order.IsPaid, order.IsFirstOrder,
                order.IsCancelledAfterPayment, order.RefundedMinor > order.PaidMinor || (refunds > 0 && captures == 0),
                // A simulated shop always has its orders; none is inferred from payments.
                false);
        }
        return table;
    }

    public static BookTable OrderLines(Shop shop)
    {
        var table = new BookTable("gold.order_lines", ["order_item_id"],
        [
            "order_item_id", "order_id", "user_id", "product_id", "category", "order_day", "quantity",
            "unit_price_minor", "line_minor", "list_price_minor", "is_list_price_assumed", "paid_minor",
            "refunded_minor", "net_minor",
        ]);
        foreach (var line in shop.Lines)
            table.Add(
                line.OrderItemId, line.Order.OrderId, line.Order.UserId, line.ProductId, line.Catalogue.Category,
                line.Order.OrderDay, line.Quantity, line.UnitPriceMinor, line.LineMinor,
                line.Catalogue.ListPriceMinor, line.Catalogue.IsAssumed, line.PaidMinor, line.RefundedMinor,
                line.PaidMinor - line.RefundedMinor);
        return table;
    }

    private static string Word(OrderStatus status) => status switch
    {
        OrderStatus.Created => "CREATED",
        OrderStatus.Paid => "PAID",
        OrderStatus.Shipped => "SHIPPED",
        _ => "CANCELLED",
    };
}
