namespace ShopLake.Simulator.Feeds;

// What the shop's own systems write down: one row for each state, as their exports and streams will carry it.

/// <param name="IsDeleted">The row says that the account is closed.</param>
internal readonly record struct UserRow(
    string UserId, string Name, string Email, string Phone, DateTime CreatedAt, DateTime UpdatedAt, bool IsDeleted);

/// <param name="IsDeleted">The row says that the product leaves the catalogue.</param>
internal readonly record struct ProductRow(
    string ProductId,
    string Name,
    string? Category,
    long PriceMinor,
    long? AvailableStock,
    DateTime UpdatedAt,
    bool IsDeleted);

/// <param name="Status">The shop's own word.</param>
internal readonly record struct OrderRow(
    string OrderId, string? UserId, string Status, long? AmountMinor, DateTime OrderedAt, DateTime UpdatedAt);

internal readonly record struct ItemRow(
    string OrderItemId, string OrderId, string ProductId, long Quantity, long UnitPriceMinor, DateTime OrderedAt);

/// <param name="Status">The shop's own word.</param>
internal readonly record struct PaymentRow(
    string PaymentId, string OrderId, string Status, long AmountMinor, DateTime At);

/// <summary>What a visitor did, by the true time.</summary>
/// <param name="SessionId">NULL where the page lost track of the visit.</param>
/// <param name="Device">The shop's own word; NULL where it is not known.</param>
internal readonly record struct VisitRow(
    string EventId, string? SessionId, string? UserId, Books.EventType Type, DateTime At, string? Device);
