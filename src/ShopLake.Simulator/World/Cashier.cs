using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>
/// What happens to an order after it is placed: payments that fail and are tried again, shipment, cancellation before
/// and after payment, refunds days later, and rarely what should not happen.
/// </summary>
internal sealed class Cashier(Stage stage, Catalogue catalogue, OrderDesk desk)
{
    private const double NeverPays = 0.04;
    private const double Fails = 0.12;
    private const double TriesAgain = 0.8;
    private const double PaysInTwoParts = 0.03;
    private const double PaysTwice = 0.004;
    private const double PaysAtOnce = 0.01;
    private const double CancelsPaid = 0.04;
    private const double ReturnsSomething = 0.07;
    private const double RefundedTooMuch = 0.02;
    private const double BreaksTheRules = 0.006;
    private const int MostAttempts = 5;

    private readonly SeededRandom _random = new(stage.Options.Seed, "cashier");

    public void Expect(Order order)
    {
        if (_random.Chance(NeverPays))
        {
            GiveUp(order, order.UpdatedAt);
            return;
        }

        if (_random.Chance(PaysAtOnce))
        {
            Pay(order, NewPayment(order), order.DueMinor, order.CreatedAt, isAtOnce: true);
            return;
        }

        var at = order.CreatedAt + _random.Wait(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(30));
        if (order.DueMinor > 1_000 && _random.Chance(PaysInTwoParts))
        {
            var part = order.DueMinor / 3;
            Plan(at, then => Attempt(order, NewPayment(order), part, 1, then));
            Plan(at.AddMinutes(3), then => Attempt(order, NewPayment(order), order.DueMinor - part, 1, then));
            return;
        }

        Plan(at, then => Attempt(order, NewPayment(order), order.DueMinor, 1, then));
    }

    private void Attempt(Order order, string paymentId, long amountMinor, int attempt, DateTime at)
    {
        if (order.Status == OrderStatus.Cancelled)
            return;
        if (!_random.Chance(Fails))
        {
            Pay(order, paymentId, amountMinor, at);
            return;
        }

        Enter(order, paymentId, PaymentStatus.Failed, amountMinor, at);
        if (attempt == MostAttempts || !_random.Chance(TriesAgain))
        {
            GiveUp(order, at);
            return;
        }

        var next = _random.Chance(0.4) ? paymentId : NewPayment(order);
        var wait = _random.Chance(0.7)
            ? _random.Wait(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(40))
            : _random.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(3));
        Plan(at + wait, then => Attempt(order, next, amountMinor, attempt + 1, then));
    }

    private void Pay(Order order, string paymentId, long amountMinor, DateTime at, bool isAtOnce = false)
    {
        Enter(order, paymentId, PaymentStatus.Success, amountMinor, at);
        order.Captures.Add(new Capture(paymentId, amountMinor));
        if (_random.Chance(PaysTwice))
            Plan(at.AddMinutes(2), then => Pay(order, NewPayment(order), amountMinor, then));
        if (order.Status != OrderStatus.Created || order.Captures.Sum(capture => capture.AmountMinor) < order.DueMinor)
            return;

        // Some orders are never seen as paid: they are shipped without.
        if (!_random.Chance(0.03))
        {
            var seenAt = isAtOnce ? at : at + _random.Wait(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
            desk.SetStatus(order, OrderStatus.Paid, seenAt, atOnce: isAtOnce);
        }

        if (_random.Chance(CancelsPaid))
            Plan(at + _random.Wait(TimeSpan.FromMinutes(10), TimeSpan.FromDays(4)), then => Cancel(order, then));
        else
            Plan(at + _random.Wait(TimeSpan.FromHours(3), TimeSpan.FromDays(9)), then => Ship(order, then));
    }

    private void Ship(Order order, DateTime at)
    {
        if (order.Status is OrderStatus.Cancelled or OrderStatus.Shipped)
            return;
        desk.SetStatus(order, OrderStatus.Shipped, at);
        if (_random.Chance(0.6))
        {
            var delivered = at + _random.Wait(TimeSpan.FromHours(20), TimeSpan.FromDays(7));
            Plan(delivered, then => Arrive(order, then));
        }

        if (_random.Chance(ReturnsSomething))
            PlanRefunds(order, at + _random.Wait(TimeSpan.FromDays(2), TimeSpan.FromDays(45)));
        if (_random.Chance(BreaksTheRules))
        {
            Plan(at + _random.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(5)), then => desk.SetStatus(
                order, _random.Chance(0.5) ? OrderStatus.Paid : OrderStatus.Cancelled, then));
        }
    }

    private void Arrive(Order order, DateTime at)
    {
        if (order.Status == OrderStatus.Shipped)
            desk.SetStatus(order, OrderStatus.Shipped, at, "DELIVERED");
    }

    private void Cancel(Order order, DateTime at)
    {
        if (order.Status is OrderStatus.Cancelled or OrderStatus.Shipped)
            return;
        desk.SetStatus(order, OrderStatus.Cancelled, at);
        foreach (var (product, units) in order.Lines)
            catalogue.PutBack(product, units, at);
        var returned = at + _random.Wait(TimeSpan.FromMinutes(5), TimeSpan.FromDays(12));
        if (order.Captures.Count > 0 && _random.Chance(0.9))
            Plan(returned, then => Refund(order, 1, 1, then));

        // Money for the trouble, given back to one who never paid.
        if (order.Captures.Count == 0 && _random.Chance(0.02))
            Plan(returned, then => Enter(order, NewPayment(order), PaymentStatus.Refunded, 500, then));
        if (_random.Chance(BreaksTheRules))
        {
            Plan(at + _random.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(5)), then =>
                desk.SetStatus(order, OrderStatus.Paid, then));
        }
    }

    /// <summary>Nobody pays: the order is cancelled some days later, or stays as it is.</summary>
    private void GiveUp(Order order, DateTime at)
    {
        if (_random.Chance(0.7))
            Plan(at + _random.Span(TimeSpan.FromHours(2), TimeSpan.FromDays(6)), then => Cancel(order, then));
    }

    /// <summary>All at once, a part, or part by part.</summary>
    private void PlanRefunds(Order order, DateTime at)
    {
        switch (_random.Below(5))
        {
            case < 2:
                Plan(at, then => Refund(order, 1, 1, then));
                break;
            case < 4:
                Plan(at, then => Refund(order, 1, _random.Between(2, 4), then));
                break;
            default:
                Plan(at, then => Refund(order, 1, 3, then));
                Plan(at.AddDays(2), then => Refund(order, 1, 2, then));
                Plan(at.AddDays(5), then => Refund(order, 1, 1, then));
                break;
        }
    }

    /// <summary>Gives back a share of what is left of each payment.</summary>
    private void Refund(Order order, int parts, int of, DateTime at)
    {
        foreach (var capture in order.Captures)
        {
            var amount = (capture.AmountMinor - capture.RefundedMinor) * parts / of;
            if (_random.Chance(RefundedTooMuch))
                amount += 500;
            if (amount <= 0)
                continue;
            capture.RefundedMinor += amount;

            // Some systems give a refund an id of its own, which no payment has.
            var paymentId = _random.Chance(0.02) ? NewPayment(order) : capture.PaymentId;
            Enter(order, paymentId, PaymentStatus.Refunded, amount, at);
        }
    }

    private void Enter(Order order, string paymentId, PaymentStatus status, long amountMinor, DateTime at)
    {
        stage.Facts.Record(new PaymentFact(paymentId, order.Id, status, at, amountMinor));
        var word = status switch
        {
            PaymentStatus.Success => "SUCCESS",
            PaymentStatus.Failed => "FAILED",
            _ => "REFUNDED",
        };
        stage.Feeds.Payments.Deliver(new PaymentRow(paymentId, order.Id, word, amountMinor, at));
    }

    private static string NewPayment(Order order) =>
        string.Create(CultureInfo.InvariantCulture, $"{order.Id}-p{++order.Payments}");

    private void Plan(DateTime at, Action<DateTime> happening) => stage.Agenda.Plan(at, happening);
}
