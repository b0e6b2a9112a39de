namespace ShopLake.Simulator.Books;

// What truly happened in the shop, as the world plays it: one fact for each thing, whatever its feeds do to it later.
// A fact is what holds once everything has arrived: late, duplicated or conflicting deliveries are already decided
// in it. Instants are UTC in whole microseconds, money is in minor units. Facts may come in any order.

/// <summary>The states of an order, in the order of their rank at equal times.</summary>
public enum OrderStatus
{
    Created,
    Paid,
    Shipped,
    Cancelled,
}

public enum PaymentStatus
{
    Success,
    Failed,
    Refunded,
}

/// <summary>The steps of the funnel, in their order.</summary>
public enum EventType
{
    View,
    AddToCart,
    Checkout,
}

/// <summary>What became of a Bronze row; each row has exactly one.</summary>
public enum Disposition
{
    /// <summary>It feeds a Silver row.</summary>
    Used,

    /// <summary>Another row of its key won.</summary>
    Superseded,

    /// <summary>Equal in content to an earlier row, or no change against its neighbour.</summary>
    Duplicate,

    /// <summary>Its word is mapped to <c>ignore</c>.</summary>
    Ignored,

    /// <summary>Kept out of Silver by at least one rule.</summary>
    Quarantined,
}

/// <summary>A user known to the shop by a row of its own, whatever its later states or its deletion.</summary>
/// <param name="OpenedAt">When the account was opened; only who asks for the books of an earlier time needs it.</param>
public readonly record struct UserFact(string UserId, DateTime OpenedAt = default);

/// <summary>
/// The full state of a product from <paramref name="EffectiveAt"/> (its updated_at) to the next state's. A correction
/// that arrives late has the time it is dated at. Of two states at one time the one given last stands.
/// </summary>
/// <param name="AvailableStock">NULL says nothing about stock.</param>
/// <param name="IsDeleted">The product left the catalogue at that time; its other values say nothing.</param>
public readonly record struct ProductFact(
    string ProductId,
    DateTime EffectiveAt,
    string? ProductName,
    string? Category,
    long? PriceMinor,
    long? AvailableStock,
    bool IsDeleted = false);

/// <summary>An order as frozen at its creation. One fact an order.</summary>
/// <param name="UserId">NULL for a guest.</param>
/// <param name="CreatedAt">The order's time.</param>
/// <param name="AmountMinor">What was ordered; NULL where no row of the order ever says it.</param>
public readonly record struct OrderFact(string OrderId, string? UserId, DateTime CreatedAt, long? AmountMinor);

/// <summary>
/// An accepted row of an order: its status by that source time, also the first, CREATED, and also rows that repeat
/// the status they find. Every order has at least one.
/// </summary>
public readonly record struct OrderStatusFact(string OrderId, OrderStatus Status, DateTime At);

/// <summary>A line of an order as its latest delivery says. One fact a line; removed lines give none.</summary>
/// <param name="ProductId">NULL where the line names no product.</param>
/// <param name="UnitPriceMinor">Price of one unit, as sold.</param>
public readonly record struct OrderItemFact(
    string OrderItemId,
    string OrderId,
    string? ProductId,
    long Quantity,
    long UnitPriceMinor);

/// <summary>
/// An entry of the payment ledger. Its key is the payment's id for SUCCESS, id and time for FAILED and REFUNDED;
/// of conflicting redeliveries of a key only the winner is a fact.
/// </summary>
/// <param name="AmountMinor">Never negative; a refund is an increment.</param>
public readonly record struct PaymentFact(
    string PaymentId,
    string OrderId,
    PaymentStatus Status,
    DateTime At,
    long AmountMinor);

/// <summary>An event as its first delivery says. One fact an event; quarantined and ignored ones give none.</summary>
/// <param name="SessionId">NULL where the event names no session.</param>
/// <param name="UserId">The user the event itself names, before any stitching.</param>
/// <param name="At">By the client's clock, right or wrong.</param>
/// <param name="IngestedAt">When the first delivery reached the server.</param>
/// <param name="DeviceType"><c>web</c>, <c>mobile</c>, or NULL.</param>
/// <param name="DuplicateDeliveries">Further deliveries with equal content.</param>
/// <param name="ConflictingDeliveries">Further deliveries with the same id and other content.</param>
public readonly record struct EventFact(
    string EventId,
    string? SessionId,
    string? UserId,
    EventType Type,
    DateTime At,
    DateTime IngestedAt,
    string? DeviceType,
    int DuplicateDeliveries = 0,
    int ConflictingDeliveries = 0);

/// <summary>
/// Bronze rows that were delivered, by what became of them. Facts of one table and disposition add up.
/// </summary>
/// <param name="Table">users, products, orders, order_items, payments or events.</param>
public readonly record struct DeliveryFact(string Table, Disposition Disposition, long Rows);

/// <summary>
/// A Bronze row that is out of Silver once everything has arrived: one fact for each rule that it fails (the row
/// itself is counted once, by its <see cref="DeliveryFact"/>).
/// </summary>
/// <param name="Rule">Name of the check, as in the quality scorecard.</param>
/// <param name="AmountMinor">The money it carries, for reconciliation; NULL where the row has none.</param>
public readonly record struct QuarantineFact(string Table, string Rule, string? RecordKey, long? AmountMinor);

/// <summary>Takes the facts of a world while it is played.</summary>
public interface IFactSink
{
    void Record(in UserFact fact);

    void Record(in ProductFact fact);

    void Record(in OrderFact fact);

    void Record(in OrderStatusFact fact);

    void Record(in OrderItemFact fact);

    void Record(in PaymentFact fact);

    void Record(in EventFact fact);

    void Record(in DeliveryFact fact);

    void Record(in QuarantineFact fact);
}
