using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>
/// Visits: somebody looks, puts into the cart, goes to the checkout, and now and then orders; signed in or not, on one
/// device or going on upon another, also past midnight.
/// </summary>
internal sealed class Browsing(Stage stage, Accounts accounts, OrderDesk orders)
{
    // Means, measured, from which the number of visits is found that gives the wanted orders and events.
    private const double EventsOfOrderingVisit = 6.4;
    private const double EventsOfOtherVisit = 4.3;
    private const double OrderedByPhone = 0.03;

    /// <summary>Visits by hour of UTC: most in the evening and past it, so that some cross midnight.</summary>
    private static readonly int[] HourWeights =
        [5, 4, 3, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 4, 4, 5, 6, 8, 9, 10, 10, 9, 7];

    private readonly SeededRandom _random = new(stage.Options.Seed, "browsing");
    private readonly int _allHours = HourWeights.Sum();
    private readonly double _ordering = Math.Min(
        1, EventsOfOtherVisit / Math.Max(
            EventsOfOtherVisit, stage.Options.EventsPerOrder - EventsOfOrderingVisit + EventsOfOtherVisit));

    private ulong _sessions;
    private ulong _events;

    public void PlanDay(int day)
    {
        var start = stage.DayStart(day);
        var perDay = stage.ExpectedOrders / stage.Options.Days;
        for (var visits = _random.Around(perDay * (1 - OrderedByPhone) / _ordering); visits > 0; visits--)
            stage.Agenda.Plan(start + TimeOfDay(), Visit);
        for (var calls = _random.Around(perDay * OrderedByPhone); calls > 0; calls--)
            stage.Agenda.Plan(start + TimeOfDay(), at => orders.Place(Buyer(), at));
    }

    private void Visit(DateTime at)
    {
        var isOrdering = _random.Chance(_ordering);
        var signsIn = _random.Below(10);
        var visitor = signsIn < 3 ? null : isOrdering ? Buyer() : accounts.Visitor(_random);
        var visit = new Visit
        {
            SessionId = _random.Chance(0.002) ? null : Id("s", _sessions++),
            Device = Device(visitor),
            At = at,
            Visitor = visitor,
            SignsInAfter = signsIn < 8 ? 0 : _random.Between(1, 4),
        };
        Views(visit, 8);
        if (!isOrdering && !_random.Chance(0.35))
            return;
        Steps(visit, EventType.AddToCart, _random.Chance(0.7) ? 1 : _random.Between(2, 4));
        if (_random.Chance(0.2))
            Views(visit, 3);
        if (_random.Chance(0.1))
            visit = GoOnElsewhere(visit);
        if (!isOrdering && !_random.Chance(0.4))
            return;
        Steps(visit, EventType.Checkout, _random.Chance(0.9) ? 1 : 2);
        if (isOrdering)
            PlanOrder(visit, at);
    }

    private void Views(Visit visit, int most)
    {
        var unit = _random.Unit();
        Steps(visit, EventType.View, 1 + (int)(unit * unit * most));
    }

    private void Steps(Visit visit, EventType type, int count)
    {
        for (; count > 0; count--)
        {
            // Some things happen at one instant, and some people change device or account in the middle.
            if (!visit.IsAtOnce && !_random.Chance(0.02))
                visit.At += _random.Wait(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(12));
            if (_random.Chance(0.001))
                visit.Device = Device(visit.Visitor);
            if (visit.Visitor is not null && _random.Chance(0.001))
                visit.Visitor = accounts.Visitor(_random);
            if (visit.FirstViewAt == default)
                visit.FirstViewAt = visit.At;
            visit.IsAtOnce = false;
            visit.SignsInAfter--;
            var userId = visit.SignsInAfter >= 0 ? null : visit.Visitor?.Id;
            stage.Feeds.Events.Deliver(
                new VisitRow(Id("e", _events++), visit.SessionId, userId, type, visit.At, visit.Device));
        }
    }

    /// <summary>The same visitor some hours later: another visit, which begins where the first one ended.</summary>
    private Visit GoOnElsewhere(Visit visit) => new()
    {
        SessionId = Id("s", _sessions++),
        Device = visit.Device is "web" ? "mobile" : "web",
        At = _random.Chance(0.05)
            ? visit.FirstViewAt.AddHours(24)
            : visit.At + _random.Wait(TimeSpan.FromMinutes(5), TimeSpan.FromHours(30)),
        Visitor = visit.Visitor,
        IsAtOnce = true,
    };

    private void PlanOrder(Visit visit, DateTime startedAt)
    {
        // The order's clock is the server's: it may be a little before the checkout, or a day after. The very edges of
        // what still belongs together are played, too.
        var at = visit.At + _random.Below(200) switch
        {
            0 => -TimeSpan.FromMinutes(5),
            1 => TimeSpan.FromHours(24),
            < 4 => -_random.Span(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(6)),
            < 8 => _random.Span(TimeSpan.FromHours(20), TimeSpan.FromHours(28)),
            _ => _random.Wait(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(15)),
        };
        var buyer = visit.Visitor is { IsBuyer: true } ? visit.Visitor : null;
        stage.Agenda.Plan(at > startedAt ? at : startedAt, then => orders.Place(buyer, then));
    }

    private Account? Buyer()
    {
        for (var attempt = 0; attempt < 20; attempt++)
            if (accounts.Visitor(_random) is { IsBuyer: true } buyer)
                return buyer;
        return null;
    }

    private string? Device(Account? visitor)
    {
        if (_random.Chance(0.003))
            return null;
        var prefersMobile = visitor?.PrefersMobile ?? _random.Chance(0.6);
        if (prefersMobile != _random.Chance(0.85))
            return "web";
        return _random.Chance(0.1) ? "tablet" : "mobile";
    }

    private TimeSpan TimeOfDay()
    {
        var weight = _random.Below(_allHours);
        var hour = 0;
        for (; weight >= HourWeights[hour]; hour++)
            weight -= HourWeights[hour];
        return TimeSpan.FromHours(hour) + _random.Span(TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    /// <summary>Ids say nothing: no order of time can be read from them.</summary>
    private static string Id(string kind, ulong number) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{SeededRandom.Mix(number + 1):x16}");
}

/// <summary>A visit in its course.</summary>
internal sealed class Visit
{
    public required string? SessionId { get; init; }

    public required string? Device { get; set; }

    public required DateTime At { get; set; }

    public required Account? Visitor { get; set; }

    public DateTime FirstViewAt { get; set; }

    /// <summary>The next thing is done without any delay.</summary>
    public bool IsAtOnce { get; set; }

    /// <summary>So many events come before the visitor signs in.</summary>
    public int SignsInAfter { get; set; }
}
