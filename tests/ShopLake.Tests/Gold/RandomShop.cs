using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Tests.Silver;

namespace ShopLake.Tests.Gold;

/// <summary>
/// A small shop full of coincidences: instants on a coarse grid around midnight, few users, sessions across days, free
/// lines, products unknown, corrected and deleted, orders without items, refunds without captures. It tells the books
/// what happened and gives the same as clean raw rows, one a fact.
/// </summary>
internal sealed class RandomShop
{
    private static readonly string[] Zones =
        ["UTC", "America/Sao_Paulo", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Havana"];

    private static readonly DateTime Start = new(2024, 9, 28, 0, 0, 0, DateTimeKind.Utc);

    private readonly Random _random;
    private readonly int _days;
    private readonly int _longestHours;
    private readonly List<RawRow> _rows = [];
    private readonly List<Action<IFactSink>> _facts = [];

    public RandomShop(int seed)
    {
        _random = new Random(seed);
        _days = Pick(3, 40, 130, 500);
        _longestHours = Pick(2, 24 * 70);
        Zone = Pick(Zones);
        FunnelWindow = TimeSpan.FromHours(Pick(1, 24, 24, 30));
        AddUsersAndProducts();
        for (int order = 0; order < 60; order++)
        {
            AddOrder($"o{order}");
        }

        for (int number = 0; number < 400; number++)
        {
            AddEvent($"e{number:000}");
        }
    }

    public string Zone { get; }

    public TimeSpan FunnelWindow { get; }

    public IReadOnlyList<RawRow> Rows => _rows;

    /// <summary>A lake that was given the raw rows.</summary>
    public SmallLake Lake()
    {
        string window = string.Create(CultureInfo.InvariantCulture, $"time.funnel_window={FunnelWindow.TotalHours}h");
        string[] sources = ["users", "products", "orders", "order_items", "payments", "events"];
        var lake = new SmallLake(sources, [$"time.reporting_zone={Zone}", window]);
        lake.Fill(_rows);
        return lake;
    }

    /// <summary>
    /// Every Gold table as the books have it, but those that count deliveries and rules: of these facts say nothing.
    /// </summary>
    public IReadOnlyList<BookTable> Books()
    {
        var books = new Simulator.Books.Books();
        _facts.ForEach(record => record(books));
        var options = new BookOptions
        {
            ReportingZone = TimeZoneInfo.FindSystemTimeZoneById(Zone),
            FunnelWindow = FunnelWindow,
        };
        return [.. books.Tables(options)
            .Where(table => table.Name is not ("gold.quality_scorecard" or "gold.reconciliation"))];
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>An instant of few: hours around midnight and noon, sometimes a little later.</summary>
    private DateTime Instant() => Start
        .AddDays(_random.Next(_days))
        .AddHours(Pick(0, 1, 2, 3, 4, 5, 6, 12, 18, 21, 22, 23))
        .AddSeconds(Pick(0, 0, 0, 0, 0, 1, 59, 1_799.5, 1_800));

    /// <summary>In some shops nothing takes long, so that the data clock stands just behind the last events.</summary>
    private DateTime After(DateTime at, params int[] hours) => at.AddHours(Math.Min(Pick(hours), _longestHours));

    private void AddUsersAndProducts()
    {
        for (int user = 0; user < 7; user++)
        {
            var fact = new UserFact($"u{user}");
            _facts.Add(sink => sink.Record(fact));
            Raw("users", ("user_id", fact.UserId), ("updated_at", Text(Start)));
        }

        for (int product = 0; product < 8; product++)
        {
            foreach (DateTime at in Enumerable.Range(0, _random.Next(0, 6)).Select(_ => Instant()).Distinct())
            {
                AddProductState(new ProductFact(
                    $"p{product}", at, Pick("A", "B"), Pick("c1", "c2", "c3", null),
                    Pick<long?>(0, 500, 999, 1000, null),
                    Pick<long?>(0, 0, 1, 7, null), IsDeleted: Chance(15)));
            }
        }
    }

    private void AddProductState(ProductFact fact)
    {
        _facts.Add(sink => sink.Record(fact));
        Raw("products",
            ("product_id", fact.ProductId), ("product_name", fact.ProductName), ("category", fact.Category),
            ("price", Money(fact.PriceMinor)), ("available_stock", Text(fact.AvailableStock)),
            ("updated_at", Text(fact.EffectiveAt)), ("_op", fact.IsDeleted ? "delete" : "upsert"));
    }

    private void AddOrder(string id)
    {
        var order = new OrderFact(
            id, Chance(15) ? null : $"u{_random.Next(9)}", Instant(), Pick<long?>(0, 1000, 2500, 9999, null));
        _facts.Add(sink => sink.Record(order));
        AddState(order, OrderStatus.Created, order.CreatedAt);
        foreach (OrderStatus status in Enum.GetValues<OrderStatus>().Skip(1).Where(_ => Chance(45)))
        {
            AddState(order, status, After(order.CreatedAt, -1, 0, 1, 3, 30, 24 * 40));
        }

        for (int item = 0; item < Pick(0, 1, 1, 2, 3, 3); item++)
        {
            AddItem(new OrderItemFact(
                $"{id}-{item}", id, Chance(5) ? null : $"p{_random.Next(9)}",
                Pick(0, 1, 1, 2, 3), Pick(0, 1, 333, 500, 1000)));
        }

        AddPayments(order);
    }

    private void AddState(OrderFact order, OrderStatus status, DateTime at)
    {
        var fact = new OrderStatusFact(order.OrderId, status, at);
        _facts.Add(sink => sink.Record(fact));
        Raw("orders",
            ("order_id", order.OrderId), ("user_id", order.UserId),
            ("order_status", status.ToString().ToUpperInvariant()), ("order_amount", Money(order.AmountMinor)), ("order_ts", Text(order.CreatedAt)), ("updated_at", Text(at)));
    }

    private void AddItem(OrderItemFact fact)
    {
        _facts.Add(sink => sink.Record(fact));
        Raw("order_items",
            ("order_item_id", fact.OrderItemId), ("order_id", fact.OrderId), ("product_id", fact.ProductId),
            ("quantity", Text(fact.Quantity)), ("item_price", Money(fact.UnitPriceMinor)));
    }

    private void AddPayments(OrderFact order)
    {
        var taken = new HashSet<(string, PaymentStatus, DateTime?)>();
        for (int entry = 0; entry < Pick(0, 1, 2, 3, 5); entry++)
        {
            var fact = new PaymentFact(
                $"{order.OrderId}-pay{_random.Next(3)}", order.OrderId,
                Pick(PaymentStatus.Success, PaymentStatus.Success, PaymentStatus.Failed, PaymentStatus.Refunded),
                After(order.CreatedAt, -1, 0, 0, 2, 26, 24 * 9, 24 * 33, 24 * 70), Pick(0, 1, 100, 101, 2500, 9999));
            if (taken.Add((fact.PaymentId, fact.Status, fact.Status == PaymentStatus.Success ? null : fact.At)))
            {
                _facts.Add(sink => sink.Record(fact));
                Raw("payments",
                    ("payment_id", fact.PaymentId), ("order_id", fact.OrderId),
                    ("payment_status", fact.Status.ToString().ToUpperInvariant()),
                    ("payment_amount", Money(fact.AmountMinor)), ("payment_ts", Text(fact.At)));
            }
        }
    }

    /// <summary>Some are steps of an order's own user around the order's time, the others of anyone at any time.</summary>
    private void AddEvent(string id)
    {
        bool isOfOrder = Chance(60);
        RawRow near = _rows.Where(row => row.Table == "orders").ElementAt(_random.Next(60));
        DateTime at = isOfOrder
            ? DateTime.Parse(near.Values["order_ts"]!, CultureInfo.InvariantCulture)
                .AddMinutes(Pick(-60 * 30, -60 * 24, -60 * 3, -60, -30, -5, -5, 0, 0, 3, 5, 6))
            : Instant();
        string? session = Chance(10) ? null
            : isOfOrder ? $"s-{near.Values["order_id"]}{Pick("", "", "b")}" : $"s{_random.Next(40)}";
        string? user = Chance(40) ? null : isOfOrder && at.Hour % 5 > 0 ? near.Values["user_id"] : $"u{at.Hour % 9}";
        var fact = new EventFact(
            id, session, user, Pick(EventType.View, EventType.View, EventType.AddToCart, EventType.Checkout), at,
            at.AddSeconds(Pick(-3600, -301, -300, 0, 1, 300, 300.5, 301, 3_600, 86_400, 86_401, 604_800, 700_000)),
            Pick("web", "mobile", null));
        _facts.Add(sink => sink.Record(fact));
        Raw("events",
            ("event_id", id), ("session_id", session), ("user_id", user), ("event_ts", Text(at)),
            ("event_type", fact.Type == EventType.AddToCart ? "add_to_cart" : fact.Type.ToString().ToLowerInvariant()),
            ("device_type", fact.DeviceType), ("ingestion_time", Text(fact.IngestedAt)));
    }

    private void Raw(string table, params (string Column, string? Value)[] cells) =>
        _rows.Add(new RawRow(table, cells.ToDictionary(cell => cell.Column, cell => cell.Value)));

    private static string? Money(long? minor) => minor is null ? null : Text(minor.Value / 100m);

    private static string? Text(object? value) => value is DateTime at
        ? at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
}
