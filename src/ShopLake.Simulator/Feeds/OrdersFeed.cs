using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>The orders: a row for each change of status, also for those that were saved without one.</summary>
internal sealed class OrdersFeed(FeedContext context)
{
    private const int HeldDays = 20;
    private readonly ExportFeed _export = new(
        context, "orders", "order_id,user_id,order_status,order_amount,order_ts,updated_at");

    private readonly LineText _line = new();

    public Feed Feed => _export.Feed;

    /// <summary>The earliest batch for an order made at that time: some come after their payments.</summary>
    public int EarliestBatch(DateTime createdAt) =>
        context.Strikes(Fault.OrphanFirst, context.Rates.OrphanFirst)
            ? context.Calendar.BatchOf(createdAt) + context.Random.Between(1, HeldDays)
            : 0;

    public void Deliver(in OrderRow row, int earliestBatch, Timeline timeline, bool isOfUse)
    {
        var placed = _export.Deliver(row.UpdatedAt, Fields(row, row.AmountMinor), earliestBatch);
        timeline.Append(context, Feed.Table, isOfUse ? null : Disposition.Duplicate);
        context.Became(Feed.Table, Disposition.Duplicate, placed.Rows - 1);

        // The same state with another amount. An order keeps the amount that was said first, so this one comes later.
        if (isOfUse && row.AmountMinor is { } amount && context.Strikes(Fault.Conflict, context.Rates.Conflict))
        {
            var rival = _export.Deliver(
                row.UpdatedAt, Fields(row, amount + 100), placed.FirstBatch + 1, mayTear: false);
            timeline.Append(context, Feed.Table, Disposition.Superseded);
            context.Became(Feed.Table, Disposition.Duplicate, rival.Rows - 1);
        }

        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
            DeliverBadRow(row);
    }

    private void DeliverBadRow(in OrderRow row)
    {
        var (rule, bad) = context.Random.Below(3) switch
        {
            0 => (Rules.AcceptedValues, row with { Status = "ON_HOLD" }),
            1 => (Rules.NonNegative, row with { AmountMinor = -100 }),
            _ => (Rules.TimeBounds, row with { UpdatedAt = row.UpdatedAt.AddYears(10) }),
        };
        var placed = _export.Place(
            context.Calendar.BatchOf(row.UpdatedAt), row.UpdatedAt, Fields(bad, bad.AmountMinor));
        context.Quarantined(Feed.Table, rule, row.OrderId, bad.AmountMinor, placed.Rows);
    }

    private ReadOnlySpan<byte> Fields(in OrderRow row, long? amountMinor) => _line.Clear()
        .CsvText(row.OrderId).Raw((byte)',')
        .CsvText(row.UserId).Raw((byte)',')
        .CsvText(row.Status).Raw((byte)',')
        .Money(amountMinor).Raw((byte)',')
        .Time(row.OrderedAt).Raw((byte)',')
        .Time(row.UpdatedAt).Written;
}
