namespace ShopLake.Simulator.Books;

/// <summary>All that the tables are written from: the facts put together, the calendar and the data clock.</summary>
internal sealed class Shop
{
    public Shop(FactStore facts, BookOptions options)
    {
        Facts = facts;
        Options = options;
        Calendar = new BusinessCalendar(options.ReportingZone);
        Orders = new OrderLedger(facts, Calendar);
        Products = new ProductLedger(facts);
        Behaviour = new BehaviourLedger(facts, options);
        Attribution.Attribute(Orders, Behaviour, options);
        Lines = [.. Orders.Orders.SelectMany(order => LineLedger.Lines(order, Products))];
        AsOfAt = new[]
        {
            Orders.Orders.SelectMany(order => order.States).Max(state => (DateTime?)state.At),
            Orders.Orders.SelectMany(order => order.Payments).Max(entry => (DateTime?)entry.At),
            Behaviour.LastAt,
        }.Max();
        AsOfDay = AsOfAt is { } at ? Calendar.Day(at) : null;
    }

    public FactStore Facts { get; }

    public BookOptions Options { get; }

    public BusinessCalendar Calendar { get; }

    public OrderLedger Orders { get; }

    public ProductLedger Products { get; }

    public BehaviourLedger Behaviour { get; }

    public IReadOnlyList<BookLine> Lines { get; }

    /// <summary>The data clock: up to when the numbers speak; NULL in a shop where nothing happened.</summary>
    public DateTime? AsOfAt { get; }

    public DateOnly? AsOfDay { get; }

    /// <summary>Nothing can be added any more to a period with this last day.</summary>
    public bool HasElapsed(DateOnly lastDay) => lastDay < AsOfDay;
}
