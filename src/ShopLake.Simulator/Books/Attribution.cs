namespace ShopLake.Simulator.Books;

/// <summary>
/// Finds the visit that led to each order: of the visits of the order's user, the one with the latest checkout in
/// [created_at − window, created_at + skew tolerance]; of several at one instant, the greatest session id.
/// </summary>
internal static class Attribution
{
    public static void Attribute(OrderLedger orders, BehaviourLedger behaviour, BookOptions options)
    {
        var checkouts = behaviour.Sessions
            .Where(session => session.UserId is not null)
            .SelectMany(session => session.Steps
                .Where(step => step.Type == EventType.Checkout)
                .Select(step => (session.UserId, step.At, session.SessionId)))
            .GroupBy(checkout => checkout.UserId!, checkout => (checkout.At, checkout.SessionId));
        foreach (var ofUser in checkouts)
        {
            var latestFirst = ofUser
                .OrderByDescending(checkout => checkout.At)
                .ThenByDescending(checkout => checkout.SessionId, ByteOrder.Instance)
                .ToList();
            foreach (var order in orders.ByUser[ofUser.Key])
                foreach (var (at, sessionId) in latestFirst)
                {
                    if (at > order.CreatedAt + options.SkewTolerance)
                        continue;
                    if (at >= order.CreatedAt - options.FunnelWindow)
                        order.AttributedSessionId = sessionId;
                    break;
                }
        }
    }
}
