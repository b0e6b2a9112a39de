namespace ShopLake.Simulator.Books;

/// <summary>An event with its names replaced by numbers, small enough to keep millions; -1 stands for NULL.</summary>
internal readonly record struct BookEvent(
    string EventId,
    int Session,
    int User,
    EventType Type,
    string? DeviceType,
    DateTime At,
    DateTime IngestedAt,
    int DuplicateDeliveries,
    int ConflictingDeliveries);

/// <summary>The facts as they were given. Gives back a contradiction of the world as an error.</summary>
internal sealed class FactStore
{
    private readonly HashSet<string> _orderIds = [];
    private readonly HashSet<string> _orderItemIds = [];
    private readonly HashSet<(string, PaymentStatus, DateTime)> _paymentKeys = [];
    private readonly Dictionary<string, int> _sessionNumbers = [];
    private readonly Dictionary<string, int> _userNumbers = [];

    public HashSet<string> KnownUsers { get; } = [];

    public List<ProductFact> Products { get; } = [];

    public List<OrderFact> Orders { get; } = [];

    public List<OrderStatusFact> OrderStates { get; } = [];

    public List<OrderItemFact> OrderItems { get; } = [];

    public List<PaymentFact> Payments { get; } = [];

    public List<BookEvent> Events { get; } = [];

    /// <summary>Names of the sessions that <see cref="BookEvent.Session"/> counts.</summary>
    public List<string> Sessions { get; } = [];

    /// <summary>Names of the users that <see cref="BookEvent.User"/> counts.</summary>
    public List<string> EventUsers { get; } = [];

    public Dictionary<(string Table, Disposition Disposition), long> Deliveries { get; } = [];

    public List<QuarantineFact> Quarantine { get; } = [];

    public void Add(in OrderFact fact)
    {
        if (!_orderIds.Add(fact.OrderId))
            throw new InvalidOperationException($"The world gave order {fact.OrderId} twice.");
        Orders.Add(fact);
    }

    public void Add(in OrderItemFact fact)
    {
        if (!_orderItemIds.Add(fact.OrderItemId))
            throw new InvalidOperationException($"The world gave order item {fact.OrderItemId} twice.");
        OrderItems.Add(fact);
    }

    public void Add(in PaymentFact fact)
    {
        var at = fact.Status == PaymentStatus.Success ? default : fact.At;
        if (!_paymentKeys.Add((fact.PaymentId, fact.Status, at)))
            throw new InvalidOperationException(
                $"The world gave payment {fact.PaymentId} {fact.Status} at {fact.At:O} twice.");
        Payments.Add(fact);
    }

    public void Add(in EventFact fact) => Events.Add(new(
        fact.EventId,
        Number(fact.SessionId, _sessionNumbers, Sessions),
        Number(fact.UserId, _userNumbers, EventUsers),
        fact.Type,
        fact.DeviceType,
        fact.At,
        fact.IngestedAt,
        fact.DuplicateDeliveries,
        fact.ConflictingDeliveries));

    public void Add(in DeliveryFact fact)
    {
        var key = (fact.Table, fact.Disposition);
        Deliveries[key] = Deliveries.GetValueOrDefault(key) + fact.Rows;
    }

    private static int Number(string? name, Dictionary<string, int> numbers, List<string> names)
    {
        if (name is null)
            return -1;
        if (!numbers.TryGetValue(name, out var number))
        {
            number = numbers[name] = names.Count;
            names.Add(name);
        }
        return number;
    }
}
