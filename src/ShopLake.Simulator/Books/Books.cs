namespace ShopLake.Simulator.Books;

/// <summary>
/// The simulated shop's own books: takes the facts as the world plays them and writes each Gold table from them,
/// without any feed and without any SQL. What the lake computes from the feeds must equal them exactly.
/// </summary>
public sealed class Books : IFactSink
{
    private readonly FactStore _facts = new();

    public void Record(in UserFact fact) => _facts.KnownUsers.Add(fact.UserId);

    public void Record(in ProductFact fact) => _facts.Products.Add(fact);

    public void Record(in OrderFact fact) => _facts.Add(fact);

    public void Record(in OrderStatusFact fact) => _facts.OrderStates.Add(fact);

    public void Record(in OrderItemFact fact) => _facts.Add(fact);

    public void Record(in PaymentFact fact) => _facts.Add(fact);

    public void Record(in EventFact fact) => _facts.Add(fact);

    public void Record(in DeliveryFact fact) => _facts.Add(fact);

    public void Record(in QuarantineFact fact) => _facts.Quarantine.Add(fact);

    /// <summary>Every Gold table, by the facts recorded so far.</summary>
    /// <exception cref="InvalidOperationException">The facts contradict each other; it says where.</exception>
    public IReadOnlyList<BookTable> Tables(BookOptions options)
    {
        var shop = new Shop(_facts, options);
        return
        [
            QualityBook.AsOf(shop),
            OrderBook.Orders(shop),
            OrderBook.OrderLines(shop),
            RevenueBook.RevenueDaily(shop),
            RevenueBook.RevenueByOrderDay(shop),
            RevenueBook.IntentVsRevenueDaily(shop),
            PaymentBook.PaymentHealthDaily(shop),
            LifecycleBook.OrderLifecycleDaily(shop),
            FunnelBook.FunnelDaily(shop),
            FunnelBook.AbandonmentDaily(shop),
            RetentionBook.RetentionCohorts(shop),
            CustomerBook.CustomerTable(shop),
            CustomerBook.CohortLtv(shop),
            CustomerBook.RepeatPurchase(shop),
            ProductBook.ProductDaily(shop),
            ProductBook.CategoryDaily(shop),
            StockBook.StockDaily(shop),
            EventBook.LateArrivalsDaily(shop),
            QualityBook.QualityScorecard(shop),
            QualityBook.Reconciliation(shop),
        ];
    }
}
