using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>
/// The catalogue: a row for each change of price, category or stock, whole dumps that repeat what stands, and
/// corrections that say again, otherwise, what was said of a time in the past.
/// </summary>
internal sealed class ProductsFeed(FeedContext context)
{
    private readonly ExportFeed _export = new(
        context, "products", "product_id,product_name,category,price,available_stock,updated_at,op");

    private readonly LineText _line = new();

    public Feed Feed => _export.Feed;

    /// <returns>The first batch that holds the row.</returns>
    public int Deliver(in ProductRow row, Timeline timeline, bool isChange)
    {
        var placed = _export.Deliver(row.UpdatedAt, Fields(row));
        timeline.Append(context, Feed.Table, isChange ? null : Disposition.Duplicate);
        context.Became(Feed.Table, Disposition.Duplicate, placed.Rows - 1);
        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
            DeliverBadRow(row);
        return placed.FirstBatch;
    }

    /// <summary>A row of a dump, which has come already or is still on its way.</summary>
    public void Repeat(in ProductRow row, int batch) => context.Became(
        Feed.Table, Disposition.Duplicate, _export.Place(batch, row.UpdatedAt, Fields(row)).Rows);

    /// <summary>A state of the past that was never said before.</summary>
    /// <param name="timeline">Given where no other state comes after it.</param>
    public void Insert(in ProductRow row, int batch, Timeline? timeline)
    {
        var placed = _export.Place(batch, row.UpdatedAt, Fields(row));
        if (timeline is null)
            context.Became(Feed.Table, Disposition.Used, 1);
        else
            timeline.Append(context, Feed.Table, onceNotLatest: null);
        context.Became(Feed.Table, Disposition.Duplicate, placed.Rows - 1);
    }

    /// <summary>A state in the place of the one at the same time, which has come in an earlier batch.</summary>
    public void Replace(in ProductRow row, int batch)
    {
        var placed = _export.Place(batch, row.UpdatedAt, Fields(row));
        context.Became(Feed.Table, Disposition.Superseded, 1);
        context.Became(Feed.Table, Disposition.Duplicate, placed.Rows - 1);
    }

    private void DeliverBadRow(in ProductRow row)
    {
        var bad = row with { PriceMinor = -1 - row.PriceMinor };
        var placed = _export.Place(context.Calendar.BatchOf(row.UpdatedAt), row.UpdatedAt, Fields(bad));
        context.Quarantined(Feed.Table, Rules.NonNegative, row.ProductId, amountMinor: null, placed.Rows);
    }

    private ReadOnlySpan<byte> Fields(in ProductRow row)
    {
        _line.Clear()
            .CsvText(row.ProductId).Raw((byte)',')
            .CsvText(row.Name).Raw((byte)',')
            .CsvText(row.Category).Raw((byte)',')
            .Money(row.PriceMinor).Raw((byte)',');
        if (row.AvailableStock is { } stock)
            _line.Number(stock);
        return _line.Raw((byte)',').Time(row.UpdatedAt).Raw(row.IsDeleted ? ",D"u8 : ",U"u8).Written;
    }
}
