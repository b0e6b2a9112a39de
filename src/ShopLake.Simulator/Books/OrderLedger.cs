namespace ShopLake.Simulator.Books;

/// <summary>A state of an order, from its time on.</summary>
internal readonly record struct OrderState(DateTime At, OrderStatus Status, bool IsIllegal);

/// <summary>An order with everything that happened to it.</summary>
internal sealed class BookOrder(OrderFact fact)
{
    public string OrderId => fact.OrderId;

    public string? UserId => fact.UserId;

    public DateTime CreatedAt => fact.CreatedAt;

    public long? OrderedMinor => fact.AmountMinor;

    public required DateOnly OrderDay { get; init; }

    /// <summary>By time; no two in a row have the same status.</summary>
    public List<OrderState> States { get; } = [];

    /// <summary>In the order of their ids.</summary>
    public List<OrderItemFact> Items { get; } = [];

    /// <summary>In the order of their times, then ids.</summary>
    public List<PaymentFact> Payments { get; } = [];

    public IEnumerable<PaymentFact> Captures => Payments.Where(entry => entry.Status == PaymentStatus.Success);

    public IEnumerable<PaymentFact> Refunds => Payments.Where(entry => entry.Status == PaymentStatus.Refunded);

    public OrderStatus Status => States[^1].Status;

    /// <summary>When the order became what it is now, if it is cancelled now.</summary>
    public DateTime? CancelledAt => Status == OrderStatus.Cancelled ? States[^1].At : null;

    public DateTime? FirstPaidAt { get; set; }

    public DateOnly? FirstPaidDay { get; set; }

    public bool IsPaid => FirstPaidAt is not null;

    public long PaidMinor { get; set; }

    public long RefundedMinor { get; set; }

    public long NetMinor => PaidMinor - RefundedMinor;

    public bool IsCancelledAfterPayment => CancelledAt is { } cancelledAt && FirstPaidAt <= cancelledAt;

    /// <summary>The first paid order of its user; NULL for a guest's.</summary>
    public bool? IsFirstOrder { get; set; }

    /// <summary>The session that led to the order; NULL where none is found.</summary>
    public string? AttributedSessionId { get; set; }

    /// <summary>The first time the order was in a status; NULL if it never was.</summary>
    public DateTime? First(OrderStatus status)
    {
        foreach (var state in States)
            if (state.Status == status)
                return state.At;
        return null;
    }
}

/// <summary>All orders, put together from the facts.</summary>
internal sealed class OrderLedger
{
    private readonly Dictionary<string, BookOrder> _byId;

    public OrderLedger(FactStore facts, BusinessCalendar calendar)
    {
        _byId = facts.Orders.ToDictionary(
            fact => fact.OrderId,
            fact => new BookOrder(fact) { OrderDay = calendar.Day(fact.CreatedAt) });
        Orders = [.. _byId.Values];
        AddStates(facts.OrderStates);
        foreach (var item in facts.OrderItems)
            Order(item.OrderId, "an item").Items.Add(item);
        foreach (var entry in facts.Payments)
            Order(entry.OrderId, "a payment").Payments.Add(entry);
        foreach (var order in Orders)
            Settle(order, calendar);
        ByUser = Orders.Where(order => order.UserId is not null).ToLookup(order => order.UserId!);
        foreach (var orders in ByUser)
            MarkFirst(orders);
    }

    public IReadOnlyList<BookOrder> Orders { get; }

    /// <summary>Orders by user, without those of guests.</summary>
    public ILookup<string, BookOrder> ByUser { get; }

    private BookOrder Order(string orderId, string what) => _byId.TryGetValue(orderId, out var order)
        ? order
        : throw new InvalidOperationException($"The world gave {what} for order {orderId}, but never the order.");

    private void AddStates(IEnumerable<OrderStatusFact> facts)
    {
        foreach (var fact in facts)
            Order(fact.OrderId, "a status").States.Add(new(fact.At, fact.Status, IsIllegal: false));
        foreach (var order in Orders)
        {
            if (order.States.Count == 0)
                throw new InvalidOperationException($"The world gave order {order.OrderId} without a status.");
            order.States.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Status.CompareTo(b.Status));
            Collapse(order.States);
        }
    }

    /// <summary>Keeps the first of equal states in a row, and marks the steps that no order should take.</summary>
    private static void Collapse(List<OrderState> states)
    {
        var kept = 1;
        for (var next = 1; next < states.Count; next++)
            if (states[next].Status != states[kept - 1].Status)
            {
                var isIllegal = !IsLegal(states[kept - 1].Status, states[next].Status);
                states[kept++] = states[next] with { IsIllegal = isIllegal };
            }
        states.RemoveRange(kept, states.Count - kept);
    }

    private static bool IsLegal(OrderStatus from, OrderStatus to) => to == OrderStatus.Cancelled
        ? from is OrderStatus.Created or OrderStatus.Paid
        : from < to;

    private static void Settle(BookOrder order, BusinessCalendar calendar)
    {
        order.Items.Sort((a, b) => ByteOrder.Instance.Compare(a.OrderItemId, b.OrderItemId));
        order.Payments.Sort((a, b) => a.At != b.At
            ? a.At.CompareTo(b.At)
            : ByteOrder.Instance.Compare(a.PaymentId, b.PaymentId));
        foreach (var entry in order.Payments)
            if (entry.Status == PaymentStatus.Success)
            {
                order.FirstPaidAt ??= entry.At;
                order.PaidMinor += entry.AmountMinor;
            }
            else if (entry.Status == PaymentStatus.Refunded)
                order.RefundedMinor += entry.AmountMinor;
        if (order.FirstPaidAt is { } firstPaidAt)
            order.FirstPaidDay = calendar.Day(firstPaidAt);
    }

    private static void MarkFirst(IEnumerable<BookOrder> ordersOfUser)
    {
        var orders = ordersOfUser.ToList();
        var first = orders.Where(order => order.IsPaid)
            .OrderBy(order => order.FirstPaidAt)
            .ThenBy(order => order.OrderId, ByteOrder.Instance)
            .FirstOrDefault();
        foreach (var order in orders)
            order.IsFirstOrder = order == first;
    }
}
