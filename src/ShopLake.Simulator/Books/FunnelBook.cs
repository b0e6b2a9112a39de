namespace ShopLake.Simulator.Books;

/// <summary>gold.funnel_daily and gold.abandonment_daily.</summary>
internal static class FunnelBook
{
    /// <summary>
    /// How far one visit, or one user from one day's first view, came; later steps need the earlier ones.
    /// </summary>
    private readonly record struct Passage(Step View, DateTime? CartAt, DateTime? CheckoutAt, DateTime? PaidAt);

    public static BookTable FunnelDaily(Shop shop)
    {
        var table = new BookTable("gold.funnel_daily", ["day", "device_type", "unit"],
        [
            "day", "device_type", "unit", "viewed", "carted", "checked_out", "paid", "view_to_cart_rate",
            "cart_to_checkout_rate", "checkout_to_paid_rate", "total_rate", "median_seconds_view_to_cart",
            "median_seconds_cart_to_checkout", "median_seconds_checkout_to_paid",
        ]);
        AddUnit(table, shop, "session", SessionPassages(shop));
        AddUnit(table, shop, "user", UserPassages(shop));
        return table;
    }

    private static void AddUnit(BookTable table, Shop shop, string unit, IEnumerable<Passage> passages)
    {
        var groups = passages.GroupBy(passage => (Day: shop.Calendar.Day(passage.View.At), passage.View.DeviceType));
        foreach (var group in groups)
        {
            var viewed = group.LongCount();
            if (!HaveConversionsElapsed(shop, group.Key.Day))
            {
                table.Add(
                    group.Key.Day, group.Key.DeviceType, unit, viewed,
                    null, null, null, null, null, null, null, null, null, null);
                continue;
            }
            var toCart = Seconds(group, passage => (passage.View.At, passage.CartAt));
            var toCheckout = Seconds(group, passage => (passage.CartAt, passage.CheckoutAt));
            var toPaid = Seconds(group, passage => (passage.CheckoutAt, passage.PaidAt));
            table.Add(
                group.Key.Day, group.Key.DeviceType, unit, viewed, toCart.Count, toCheckout.Count, toPaid.Count,
                Arithmetic.Rate(toCart.Count, viewed), Arithmetic.Rate(toCheckout.Count, toCart.Count),
                Arithmetic.Rate(toPaid.Count, toCheckout.Count), Arithmetic.Rate(toPaid.Count, viewed),
                Arithmetic.NearestRank(toCart, 50), Arithmetic.NearestRank(toCheckout, 50),
                Arithmetic.NearestRank(toPaid, 50));
        }
    }

    /// <summary>One for each passage that took both steps; a payment before its checkout took no time.</summary>
    private static List<long> Seconds(IEnumerable<Passage> passages, Func<Passage, (DateTime?, DateTime?)> step) =>
    [
        .. from passage in passages
           let times = step(passage)
           where times is { Item1: not null, Item2: not null }
           select Math.Max(Arithmetic.Seconds(times.Item1!.Value, times.Item2!.Value), 0),
    ];

    private static IEnumerable<Passage> SessionPassages(Shop shop)
    {
        var paidAt = PaidAtBySession(shop);
        foreach (var session in shop.Behaviour.Sessions)
        {
            var first = FirstFrom(session.Steps, 0, EventType.View);
            if (first < 0)
                continue;
            var passage = Walk(session.Steps, first, shop.Options.FunnelWindow);
            var isPaid = passage.CheckoutAt is not null && paidAt.ContainsKey(session.SessionId);
            yield return isPaid ? passage with { PaidAt = paidAt[session.SessionId] } : passage;
        }
    }

    private static IEnumerable<Passage> UserPassages(Shop shop)
    {
        foreach (var (userId, steps) in shop.Behaviour.Users)
        {
            var paidOrders = shop.Orders.ByUser[userId].Where(order => order.IsPaid).ToList();
            DateOnly? lastDay = null;
            for (var index = 0; index < steps.Count; index++)
            {
                if (steps[index].Type != EventType.View || shop.Calendar.Day(steps[index].At) == lastDay)
                    continue;
                lastDay = shop.Calendar.Day(steps[index].At);
                var passage = Walk(steps, index, shop.Options.FunnelWindow);
                yield return passage with { PaidAt = PaidAfter(passage.CheckoutAt, paidOrders, shop.Options) };
            }
        }
    }

    /// <summary>
    /// From a view to the first cart at or after it and the first checkout at or after that, in the window.
    /// </summary>
    private static Passage Walk(IReadOnlyList<Step> steps, int view, TimeSpan window)
    {
        var entry = steps[view];
        // Steps at the very instant of the view count, wherever they stand in the list.
        var start = view;
        while (start > 0 && steps[start - 1].At == entry.At)
            start--;
        var cartAt = FirstAt(steps, start, EventType.AddToCart, entry.At, entry.At + window);
        var checkoutAt = cartAt is { } from
            ? FirstAt(steps, start, EventType.Checkout, from, entry.At + window)
            : null;
        return new(entry, cartAt, checkoutAt, PaidAt: null);
    }

    private static DateTime? FirstAt(
        IReadOnlyList<Step> steps, int start, EventType type, DateTime from, DateTime until)
    {
        for (var index = start; index < steps.Count && steps[index].At <= until; index++)
            if (steps[index].Type == type && steps[index].At >= from)
                return steps[index].At;
        return null;
    }

    private static int FirstFrom(IReadOnlyList<Step> steps, int start, EventType type)
    {
        for (var index = start; index < steps.Count; index++)
            if (steps[index].Type == type)
                return index;
        return -1;
    }

    /// <summary>
    /// The first payment of an order that was placed around a checkout; NULL without a checkout or order.
    /// </summary>
    private static DateTime? PaidAfter(DateTime? checkoutAt, List<BookOrder> paidOrders, BookOptions options) =>
        paidOrders
            .Where(order => order.CreatedAt >= checkoutAt - options.SkewTolerance
                && order.CreatedAt <= checkoutAt + options.FunnelWindow)
            .Min(order => order.FirstPaidAt);

    /// <summary>The first payment of a paid order that is attributed to the session.</summary>
    private static Dictionary<string, DateTime> PaidAtBySession(Shop shop) =>
        shop.Orders.Orders
            .Where(order => order.IsPaid && order.AttributedSessionId is not null)
            .GroupBy(order => order.AttributedSessionId!)
            .ToDictionary(group => group.Key, group => group.Min(order => order.FirstPaidAt!.Value));

    /// <summary>Nothing that begins on the day can go on any more: its end and two windows have passed.</summary>
    private static bool HaveConversionsElapsed(Shop shop, DateOnly day) =>
        shop.Calendar.End(day) + (2 * shop.Options.FunnelWindow) <= shop.AsOfAt;

    public static BookTable AbandonmentDaily(Shop shop)
    {
        var table = new BookTable("gold.abandonment_daily", ["day", "device_type"],
        [
            "day", "device_type", "sessions", "cart_sessions", "checkout_sessions", "cart_sessions_unpaid",
            "checkout_sessions_unpaid", "cart_abandonment_rate", "checkout_abandonment_rate",
        ]);
        var paidAt = PaidAtBySession(shop);
        var groups = shop.Behaviour.Sessions.GroupBy(session =>
            (Day: shop.Calendar.Day(session.Steps[0].At), session.Steps[0].DeviceType));
        foreach (var group in groups)
        {
            var carts = group.Where(session => session.Has(EventType.AddToCart)).ToList();
            var checkouts = group.Where(session => session.Has(EventType.Checkout)).ToList();
            var hasElapsed = HaveConversionsElapsed(shop, group.Key.Day);
            var unpaidCarts = carts.LongCount(session => !paidAt.ContainsKey(session.SessionId));
            var unpaidCheckouts = checkouts.LongCount(session => !paidAt.ContainsKey(session.SessionId));
            table.Add(
                group.Key.Day, group.Key.DeviceType, group.Count(), carts.Count, checkouts.Count,
                hasElapsed ? unpaidCarts : null,
                hasElapsed ? unpaidCheckouts : null,
                hasElapsed ? Arithmetic.Rate(unpaidCarts, carts.Count) : null,
                hasElapsed ? Arithmetic.Rate(unpaidCheckouts, checkouts.Count) : null);
        }
        return table;
    }
}
