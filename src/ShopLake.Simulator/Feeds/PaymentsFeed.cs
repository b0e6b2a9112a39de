using System.Globalization;
using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>The payments: a row for each attempt and for each refund.</summary>
internal sealed class PaymentsFeed(FeedContext context)
{
    private readonly ExportFeed _export = new(
        context, "payments", "payment_id,order_id,payment_status,payment_amount,payment_ts");

    private readonly LineText _line = new();
    private long _lost;

    public Feed Feed => _export.Feed;

    public void Deliver(in PaymentRow row)
    {
        var earliest = 0;
        if (context.Strikes(Fault.Conflict, context.Rates.Conflict))
        {
            // The wrong row is of the same entry and not younger, and it comes first: so the true one wins.
            var rival = _export.Deliver(
                row.At, Fields(row with { AmountMinor = row.AmountMinor + 500 }), mayTear: false);
            context.Became(Feed.Table, Disposition.Superseded, 1);
            context.Became(Feed.Table, Disposition.Duplicate, rival.Rows - 1);
            earliest = rival.FirstBatch + 1;
        }

        var rows = _export.Deliver(row.At, Fields(row), earliest).Rows;
        context.Became(Feed.Table, Disposition.Used, 1);
        context.Became(Feed.Table, Disposition.Duplicate, rows - 1);
        if (context.Strikes(Fault.OrphanForever, context.Rates.OrphanForever))
            DeliverOrphan(row);
        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
            DeliverBadRow(row);
    }

    private void DeliverOrphan(in PaymentRow row)
    {
        var order = string.Create(CultureInfo.InvariantCulture, $"lost-{_lost++}");
        KeepOut(row with { PaymentId = order + "-p", OrderId = order }, Rules.ParentExists);
    }

    private void DeliverBadRow(in PaymentRow row)
    {
        switch (context.Random.Below(4))
        {
            case 0:
                KeepOut(row with { Status = "PENDING" }, Rules.AcceptedValues);
                break;
            case 1:
                KeepOut(row with { AmountMinor = -1 - row.AmountMinor }, Rules.NonNegative);
                break;
            case 2:
                KeepOut(row, Rules.MoneyDigits, "9.999");
                break;
            default:
                KeepOut(row, Rules.UnparsedValue, "twelve");
                break;
        }
    }

    /// <param name="amount">Text in place of the amount, which no whole number of minor units can hold.</param>
    private void KeepOut(in PaymentRow row, string rule, string? amount = null)
    {
        var placed = _export.Place(context.Calendar.BatchOf(row.At), row.At, Fields(row, amount));
        long? keptOut = amount is null ? row.AmountMinor : null;
        context.Quarantined(Feed.Table, rule, row.PaymentId, keptOut, placed.Rows);
    }

    private ReadOnlySpan<byte> Fields(in PaymentRow row, string? amount = null)
    {
        _line.Clear()
            .CsvText(row.PaymentId).Raw((byte)',')
            .CsvText(row.OrderId).Raw((byte)',')
            .CsvText(row.Status).Raw((byte)',');
        _ = amount is null ? _line.Money(row.AmountMinor) : _line.CsvText(amount);
        return _line.Raw((byte)',').Time(row.At).Written;
    }
}
