using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>The accounts: a row for each state, also for those that were saved without a change.</summary>
internal sealed class UsersFeed(FeedContext context)
{
    private readonly ExportFeed _export = new(context, "users", "user_id,name,email,phone,created_at,updated_at,op");
    private readonly LineText _line = new();

    public Feed Feed => _export.Feed;

    public void Deliver(in UserRow row, Timeline timeline, bool isChange)
    {
        var earliest = 0;
        if (context.Strikes(Fault.Conflict, context.Rates.Conflict))
        {
            var rival = _export.Deliver(row.UpdatedAt, Fields(row with { Phone = row.Phone + "9" }), mayTear: false);
            context.Became(Feed.Table, Disposition.Superseded, 1);
            context.Became(Feed.Table, Disposition.Duplicate, rival.Rows - 1);
            earliest = rival.FirstBatch + 1;
        }

        var rows = _export.Deliver(row.UpdatedAt, Fields(row), earliest).Rows;
        timeline.Append(context, Feed.Table, isChange ? null : Disposition.Duplicate);
        context.Became(Feed.Table, Disposition.Duplicate, rows - 1);
        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
            DeliverBadRow(row);
    }

    private void DeliverBadRow(in UserRow row)
    {
        var bad = row with { UpdatedAt = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        var placed = _export.Place(context.Calendar.BatchOf(row.UpdatedAt), row.UpdatedAt, Fields(bad));
        context.Quarantined(Feed.Table, Rules.TimeBounds, row.UserId, amountMinor: null, placed.Rows);
    }

    private ReadOnlySpan<byte> Fields(in UserRow row) => _line.Clear()
        .CsvText(row.UserId).Raw((byte)',')
        .CsvText(row.Name).Raw((byte)',')
        .CsvText(row.Email).Raw((byte)',')
        .CsvText(row.Phone).Raw((byte)',')
        .Time(row.CreatedAt).Raw((byte)',')
        .Time(row.UpdatedAt).Raw(row.IsDeleted ? ",D"u8 : ",U"u8).Written;
}
