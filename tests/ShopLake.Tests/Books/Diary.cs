using ShopLake.Simulator.Books;
using ShopBooks = ShopLake.Simulator.Books.Books;

namespace ShopLake.Tests.Books;

/// <summary>
/// Keeps the facts in order to give the books as they stood at any earlier time. That is defined for a shop whose feeds
/// bring each fact with the batch of its own day, once and as it stays: none late, torn, conflicting, corrected or
/// repeated.
/// </summary>
internal sealed class Diary : IFactSink
{
    private readonly List<(Func<DateTime> HappenedAt, Action<ShopBooks> Tell)> _facts = [];
    private readonly Dictionary<string, DateTime> _orderWrittenAt = [];

    public void Record(in UserFact fact) => Keep(fact, fact.OpenedAt, static (books, fact) => books.Record(fact));

    public void Record(in ProductFact fact) => Keep(fact, fact.EffectiveAt, static (books, fact) => books.Record(fact));

    /// <summary>An order is known from its first row on, and so are its lines.</summary>
    public void Record(in OrderFact fact) =>
        KeepWithOrder(fact, fact.OrderId, static (books, fact) => books.Record(fact));

    public void Record(in OrderStatusFact fact)
    {
        _orderWrittenAt.TryAdd(fact.OrderId, fact.At);
        Keep(fact, fact.At, static (books, fact) => books.Record(fact));
    }

    public void Record(in OrderItemFact fact) =>
        KeepWithOrder(fact, fact.OrderId, static (books, fact) => books.Record(fact));

    public void Record(in PaymentFact fact) => Keep(fact, fact.At, static (books, fact) => books.Record(fact));

    public void Record(in EventFact fact) => Keep(fact, fact.IngestedAt, static (books, fact) => books.Record(fact));

    /// <summary>What became of the rows in the end says nothing of an earlier time.</summary>
    public void Record(in DeliveryFact fact)
    {
    }

    /// <summary>As for <see cref="DeliveryFact"/>.</summary>
    public void Record(in QuarantineFact fact)
    {
    }

    /// <param name="end">UTC; facts before it are in the books.</param>
    public ShopBooks Until(DateTime end)
    {
        var books = new ShopBooks();
        foreach (var (happenedAt, tell) in _facts)
            if (happenedAt() < end)
                tell(books);
        return books;
    }

    private void Keep<T>(T fact, DateTime at, Action<ShopBooks, T> tell) =>
        _facts.Add((() => at, books => tell(books, fact)));

    private void KeepWithOrder<T>(T fact, string orderId, Action<ShopBooks, T> tell) =>
        _facts.Add((() => _orderWrittenAt.GetValueOrDefault(orderId, DateTime.MaxValue), books => tell(books, fact)));
}
