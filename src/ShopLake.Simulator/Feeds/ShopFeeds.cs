using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>All that leaves the shop: five exported tables and a stream of events.</summary>
internal sealed class ShopFeeds
{
    private readonly FeedContext _context;
    private readonly Feed[] _feeds;

    public ShopFeeds(SimulationOptions options, IFactSink facts)
    {
        _context = new FeedContext(options, facts);
        Users = new UsersFeed(_context);
        Products = new ProductsFeed(_context);
        Orders = new OrdersFeed(_context);
        Items = new ItemsFeed(_context);
        Payments = new PaymentsFeed(_context);
        Events = new EventsFeed(_context);
        _feeds = [Users.Feed, Products.Feed, Orders.Feed, Items.Feed, Payments.Feed, Events.Feed];
    }

    public UsersFeed Users { get; }

    public ProductsFeed Products { get; }

    public OrdersFeed Orders { get; }

    public ItemsFeed Items { get; }

    public PaymentsFeed Payments { get; }

    public EventsFeed Events { get; }

    public void Count(Fault fault) => _context.Count(fault);

    /// <summary>Writes the files of a batch; nothing can come for it any more.</summary>
    public void Close(int batch)
    {
        foreach (var feed in _feeds)
            feed.Close(batch);
    }

    /// <summary>Writes what is still on its way, tells the books what became of all rows, and counts.</summary>
    public SimulationReport CloseAll(int nextBatch, CancellationToken cancellation)
    {
        for (var batch = nextBatch; batch <= _feeds.Max(feed => feed.LastPendingBatch); batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            Close(batch);
        }

        _context.RecordDispositions();
        var batches = Enumerable.Range(0, 1 + _feeds.Max(feed => feed.LastBatch))
            .Select(_context.Calendar.Name)
            .Where(name => Directory.Exists(Path.Combine(_context.Folder, name)));
        return new SimulationReport([.. batches], [.. _feeds.Select(feed => feed.Report)], _context.Injected());
    }
}
