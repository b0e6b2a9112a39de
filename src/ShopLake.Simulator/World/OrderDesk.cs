using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>An order in its course.</summary>
internal sealed class Order
{
    public required string Id { get; init; }

    public required string? UserId { get; set; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>What the order says; NULL where no row of it ever does.</summary>
    public required long? AmountMinor { get; init; }

    /// <summary>What has to be paid.</summary>
    public required long DueMinor { get; init; }

    public required List<(Product Product, long Units)> Lines { get; init; }

    /// <summary>The first batch that may bring its rows.</summary>
    public required int EarliestBatch { get; init; }

    public OrderStatus Status { get; set; }

    public DateTime UpdatedAt { get; set; }

    public List<Capture> Captures { get; } = [];

    public int Payments { get; set; }

    public Timeline Timeline { get; } = new();
}

/// <summary>Money that came in.</summary>
internal sealed record Capture(string PaymentId, long AmountMinor)
{
    public long RefundedMinor { get; set; }
}

/// <summary>Orders from their creation on: what is sold, and how their status changes.</summary>
internal sealed class OrderDesk(Stage stage, Catalogue catalogue)
{
    private const double WithoutLines = 0.002;
    private const int MoreLooks = 8;
    private const double WithoutAmount = 0.002;
    private const double ClaimedByUser = 0.01;
    private const double TouchedLater = 0.05;

    private readonly SeededRandom _random = new(stage.Options.Seed, "orders");
    private int _orders;

    /// <summary>Told of each order that is there to be paid.</summary>
    public Action<Order>? Placed { get; set; }

    public void Place(Account? buyer, DateTime at)
    {
        var lines = _random.Chance(WithoutLines) ? [] : Lines(at);
        var id = string.Create(CultureInfo.InvariantCulture, $"o{++_orders:D8}");
        var shipping = _random.Chance(0.5) ? 0 : 495;
        var isFree = _random.Chance(0.003);
        var goods = lines.Count == 0 ? 1_900 : lines.Sum(line => line.Units * line.PriceMinor);
        var due = isFree ? 0 : goods + shipping;
        var order = new Order
        {
            Id = id,
            UserId = buyer?.Id,
            CreatedAt = at,
            AmountMinor = _random.Chance(WithoutAmount) ? null : due,
            DueMinor = due,
            Lines = [.. lines.Select(line => (line.Product, line.Units))],
            EarliestBatch = stage.Feeds.Orders.EarliestBatch(at),
        };
        var isClaimed = buyer is not null && _random.Chance(ClaimedByUser);
        stage.Facts.Record(new OrderFact(id, order.UserId, at, order.AmountMinor));
        if (isClaimed)
            order.UserId = null;
        var savedAt = _random.Chance(0.9) ? at : at + _random.Span(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40));
        SetStatus(order, OrderStatus.Created, savedAt);
        order.UserId = buyer?.Id;

        // Ordered as a guest, and put to the account a moment later.
        if (isClaimed)
            SetStatus(order, OrderStatus.Created, order.UpdatedAt.AddSeconds(1), saysMore: true);
        WriteLines(order, lines);
        if (_random.Chance(TouchedLater))
        {
            var touchedAt = at + _random.Wait(TimeSpan.FromMinutes(1), TimeSpan.FromDays(20));
            stage.Agenda.Plan(touchedAt, then => SetStatus(order, order.Status, then));
        }

        Placed?.Invoke(order);
    }

    /// <summary>Writes down a status, also where it is the one that stands already.</summary>
    /// <param name="word">The shop's own word, where it has one.</param>
    /// <param name="atOnce">The status may come at the very time of the one before, if it ranks higher.</param>
    /// <param name="saysMore">The row is of use even without a change of status.</param>
    public void SetStatus(
        Order order,
        OrderStatus status,
        DateTime at,
        string? word = null,
        bool atOnce = false,
        bool saysMore = false)
    {
        var isFirst = order.UpdatedAt == default;
        if (!isFirst && at <= order.UpdatedAt)
            at = atOnce && status > order.Status ? order.UpdatedAt : order.UpdatedAt.AddTicks(10);
        var isChange = isFirst || saysMore || status != order.Status;
        order.Status = status;
        order.UpdatedAt = at;
        stage.Facts.Record(new OrderStatusFact(order.Id, status, at));
        word ??= status switch
        {
            OrderStatus.Created => "CREATED",
            OrderStatus.Paid => "PAID",
            OrderStatus.Shipped => "SHIPPED",
            _ => "CANCELLED",
        };
        var row = new OrderRow(order.Id, order.UserId, word, order.AmountMinor, order.CreatedAt, at);
        stage.Feeds.Orders.Deliver(row, order.EarliestBatch, order.Timeline, isChange);
    }

    /// <summary>The lines of a cart, out of what is in stock; few have a price of their own.</summary>
    private List<Line> Lines(DateTime at)
    {
        var lines = new List<Line>();
        var wanted = _random.Chance(0.55) ? 1 : _random.Between(2, 5);
        for (var look = 0; lines.Count < wanted && look < wanted + MoreLooks; look++)
        {
            var product = catalogue.Choose(_random);
            var units = _random.Chance(0.8) ? 1 : _random.Between(2L, 4);
            if (!catalogue.Sell(product, units, at))
                continue;
            var price = _random.Below(100) switch
            {
                0 => 0,
                < 6 => product.PriceMinor * 9 / 10,
                < 8 => product.PriceMinor + 100,
                _ => product.PriceMinor,
            };
            lines.Add(new Line(product, units, price));
        }

        return lines;
    }

    private void WriteLines(Order order, List<Line> lines)
    {
        for (var number = 0; number < lines.Count; number++)
        {
            var (product, units, price) = lines[number];
            var id = string.Create(CultureInfo.InvariantCulture, $"{order.Id}-{number + 1}");
            stage.Facts.Record(new OrderItemFact(id, order.Id, product.Id, units, price));
            stage.Feeds.Items.Deliver(new ItemRow(id, order.Id, product.Id, units, price, order.CreatedAt));
        }
    }

    private readonly record struct Line(Product Product, long Units, long PriceMinor);
}
