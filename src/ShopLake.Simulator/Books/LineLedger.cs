namespace ShopLake.Simulator.Books;

/// <summary>The part of a payment entry that falls on one line.</summary>
internal readonly record struct LineEntry(PaymentStatus Status, DateOnly Day, long AmountMinor);

/// <summary>A line of an order, as sold, with its part of the order's money.</summary>
internal sealed record BookLine(BookOrder Order, string OrderItemId, string ProductId, CatalogueEntry Catalogue)
{
    public long Quantity { get; init; }

    /// <summary>NULL for the line that stands for an order without lines.</summary>
    public long? UnitPriceMinor { get; init; }

    public long LineMinor => Quantity * (UnitPriceMinor ?? 0);

    public long PaidMinor { get; init; }

    public long RefundedMinor { get; init; }
}

/// <summary>Cuts orders into lines and shares their money out among them.</summary>
internal static class LineLedger
{
    /// <summary>Stands for the product and category of money that no line can take.</summary>
    public const string Unallocated = "(none)";

    public static IEnumerable<BookLine> Lines(BookOrder order, ProductLedger products)
    {
        if (order.Items.Count == 0)
            return order.Captures.Concat(order.Refunds).Any() ? [Placeholder(order)] : [];
        var weights = Weights(order.Items);
        var paid = Arithmetic.LargestRemainder(order.PaidMinor, weights);
        var refunded = Arithmetic.LargestRemainder(order.RefundedMinor, weights);
        return order.Items.Select((item, line) => new BookLine(
            order,
            item.OrderItemId,
            item.ProductId ?? ProductLedger.UnknownProduct,
            products.Lookup(item.ProductId, order.CreatedAt))
        {
            Quantity = item.Quantity,
            UnitPriceMinor = item.UnitPriceMinor,
            PaidMinor = paid[line],
            RefundedMinor = refunded[line],
        });
    }

    /// <summary>
    /// Each capture and refund of an order, line by line in the order of its lines. Shares are cumulative: what an
    /// entry gives a line is the line's share of all up to it, less its share of all before it.
    /// </summary>
    public static IEnumerable<IReadOnlyList<LineEntry>> Entries(BookOrder order, BusinessCalendar calendar)
    {
        var weights = order.Items.Count == 0 ? [1] : Weights(order.Items);
        foreach (var entries in new[] { order.Captures, order.Refunds })
        {
            var total = 0L;
            var before = new long[weights.Count];
            foreach (var entry in entries)
            {
                total += entry.AmountMinor;
                var after = Arithmetic.LargestRemainder(total, weights);
                var day = calendar.Day(entry.At);
                yield return [.. after.Zip(before, (to, from) => new LineEntry(entry.Status, day, to - from))];
                before = after;
            }
        }
    }

    private static BookLine Placeholder(BookOrder order) => new(
        order,
        "(none):" + order.OrderId,
        Unallocated,
        new CatalogueEntry(Unallocated, ListPriceMinor: null, IsAssumed: false))
    {
        PaidMinor = order.PaidMinor,
        RefundedMinor = order.RefundedMinor,
    };

    /// <summary>What was sold in money; if that is nothing, in units; if there are none either, all alike.</summary>
    private static IReadOnlyList<long> Weights(IReadOnlyList<OrderItemFact> items)
    {
        if (items.Any(item => item.Quantity * item.UnitPriceMinor > 0))
            return [.. items.Select(item => item.Quantity * item.UnitPriceMinor)];
        return items.Any(item => item.Quantity > 0)
            ? [.. items.Select(item => item.Quantity)]
            : [.. items.Select(_ => 1L)];
    }
}
