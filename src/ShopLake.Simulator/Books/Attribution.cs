namespace ShopLake.Simulator.Books;

/// <summary>
/// Finds the visit that led to each order: of the visits of the order's user, the one with the latest checkout in
/// [created_at − window, created_at + skew tolerance]; of several at one instant, the greatest session id.
/// </summary>
internal static class Attribution
{
    public static void Attribute(OrderLedger orders, BehaviourLedger behaviour, BookOptions options)
    {
        foreach (var (userId, checkouts) in CheckoutsByUser(behaviour))
        {
            var latestFirst = checkouts
                .OrderByDescending(checkout => checkout.At)
                .ThenByDescending(checkout => checkout.SessionId, ByteOrder.Instance)
                .ToList();
            foreach (var order in orders.ByUser[userId])
            {
                var (at, sessionId) = latestFirst.Find(
                    checkout => checkout.At <= order.CreatedAt + options.SkewTolerance);
                if (at >= order.CreatedAt - options.FunnelWindow)
                    order.AttributedSessionId = sessionId;
            }
        }
    }

    /// <summary>A visit's checkouts are of the user whom the visit turned out to be.</summary>
    private static Dictionary<string, List<(DateTime At, string SessionId)>> CheckoutsByUser(BehaviourLedger behaviour)
    {
        var byUser = new Dictionary<string, List<(DateTime At, string SessionId)>>();
        foreach (var session in behaviour.Sessions)
            if (session.UserId is { } userId)
                foreach (var step in session.Steps)
                    if (step.Type == EventType.Checkout)
                        byUser.GetOrAdd(userId).Add((step.At, session.SessionId));
        return byUser;
    }
}
