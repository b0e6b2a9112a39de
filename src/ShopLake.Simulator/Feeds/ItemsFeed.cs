using System.Globalization;
using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>The lines of the orders. They carry no time: of two contents the one that comes last stands.</summary>
internal sealed class ItemsFeed(FeedContext context)
{
    private readonly ExportFeed _export = new(
        context, "order_items", "order_item_id,order_id,product_id,quantity,item_price");

    private readonly LineText _line = new();
    private long _lost;

    public Feed Feed => _export.Feed;

    public void Deliver(in ItemRow row)
    {
        var earliest = 0;
        if (context.Strikes(Fault.Conflict, context.Rates.Conflict))
        {
            var wrong = row with { Quantity = row.Quantity + 1, UnitPriceMinor = row.UnitPriceMinor + 50 };
            var rival = _export.Deliver(row.OrderedAt, Fields(wrong), mayTear: false);
            context.Became(Feed.Table, Disposition.Superseded, 1);
            context.Became(Feed.Table, Disposition.Duplicate, rival.Rows - 1);
            earliest = rival.FirstBatch + 1;
        }

        var rows = _export.Deliver(row.OrderedAt, Fields(row), earliest).Rows;
        context.Became(Feed.Table, Disposition.Used, 1);
        context.Became(Feed.Table, Disposition.Duplicate, rows - 1);
        if (context.Strikes(Fault.OrphanForever, context.Rates.OrphanForever))
            DeliverOrphan(row);
        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
            KeepOut(row with { Quantity = -row.Quantity }, Rules.NonNegative);
    }

    private void DeliverOrphan(in ItemRow row)
    {
        var order = string.Create(CultureInfo.InvariantCulture, $"lost-{_lost++}");
        KeepOut(row with { OrderItemId = order + "-1", OrderId = order }, Rules.ParentExists);
    }

    private void KeepOut(in ItemRow row, string rule)
    {
        var placed = _export.Place(context.Calendar.BatchOf(row.OrderedAt), row.OrderedAt, Fields(row));
        context.Quarantined(Feed.Table, rule, row.OrderItemId, amountMinor: null, placed.Rows);
    }

    private ReadOnlySpan<byte> Fields(in ItemRow row) => _line.Clear()
        .CsvText(row.OrderItemId).Raw((byte)',')
        .CsvText(row.OrderId).Raw((byte)',')
        .CsvText(row.ProductId).Raw((byte)',')
        .Number(row.Quantity).Raw((byte)',')
        .Money(row.UnitPriceMinor).Written;
}
