using System.Globalization;
using ShopLake.Simulator.Books;

namespace ShopLake.Tests.Books;

/// <summary>A small shop written by hand. Times are "MM-dd HH:mm[:ss]" of 2024, UTC; money is in minor units.</summary>
internal sealed class Scene(BookOptions? options = null)
{
    private readonly Simulator.Books.Books _books = new();
    private int _events;

    public Scene User(string id)
    {
        _books.Record(new UserFact(id));
        return this;
    }

    public Scene Product(string id, string at, string? category, long? price, long? stock = null)
    {
        _books.Record(new ProductFact(id, At(at), id, category, price, stock));
        return this;
    }

    public Scene ProductGone(string id, string at)
    {
        _books.Record(new ProductFact(id, At(at), null, null, null, null, IsDeleted: true));
        return this;
    }

    /// <param name="states">Further states: <c>PAID 01-02 10:00, SHIPPED 01-03 10:00</c>.</param>
    public Scene Order(string id, string? user, string at, long? amount, string states = "")
    {
        _books.Record(new OrderFact(id, user, At(at), amount));
        _books.Record(new OrderStatusFact(id, OrderStatus.Created, At(at)));
        foreach (var state in states.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (status, time) = (state.Split(' ', 2)[0], state.Split(' ', 2)[1]);
            _books.Record(new OrderStatusFact(id, Enum.Parse<OrderStatus>(status, ignoreCase: true), At(time)));
        }
        return this;
    }

    public Scene Item(string id, string order, string? product, long quantity, long price)
    {
        _books.Record(new OrderItemFact(id, order, product, quantity, price));
        return this;
    }

    public Scene Paid(string id, string order, string at, long amount) =>
        Payment(id, order, PaymentStatus.Success, at, amount);

    public Scene Failed(string id, string order, string at, long amount) =>
        Payment(id, order, PaymentStatus.Failed, at, amount);

    public Scene Refunded(string id, string order, string at, long amount) =>
        Payment(id, order, PaymentStatus.Refunded, at, amount);

    private Scene Payment(string id, string order, PaymentStatus status, string at, long amount)
    {
        _books.Record(new PaymentFact(id, order, status, At(at), amount));
        return this;
    }

    /// <param name="ingested">When it reached the server; a second after it happened if not said.</param>
    public Scene Event(
        EventType type,
        string at,
        string? session,
        string? user = null,
        string? device = "web",
        string? ingested = null,
        int duplicates = 0,
        int conflicts = 0,
        string? id = null)
    {
        var arrived = ingested is null ? At(at).AddSeconds(1) : At(ingested);
        _books.Record(new EventFact(
            id ?? $"e{_events++}", session, user, type, At(at), arrived, device, duplicates, conflicts));
        return this;
    }

    public Scene Delivered(string table, Disposition disposition, long rows)
    {
        _books.Record(new DeliveryFact(table, disposition, rows));
        return this;
    }

    public Scene Quarantined(string table, string rule, string key, long? amount = null)
    {
        _books.Record(new QuarantineFact(table, rule, key, amount));
        return this;
    }

    public BookTable Table(string name) =>
        _books.Tables(options ?? new BookOptions()).Single(table => table.Name == "gold." + name);

    /// <summary>Rows of a table, sorted as text: the cells of the columns asked for, <c>-</c> for NULL.</summary>
    public string[] Rows(string name, string columns, Func<BookTable, object?[], bool>? where = null)
    {
        var table = Table(name);
        var positions = columns.Split(' ').Select(column => Position(table, column)).ToList();
        return [.. table.Rows
            .Where(row => where is null || where(table, row))
            .Select(row => string.Join(' ', positions.Select(position => Text(row[position]))))
            .Order(StringComparer.Ordinal)];
    }

    private static int Position(BookTable table, string column)
    {
        var position = table.Columns.ToList().IndexOf(column);
        return position >= 0 ? position : throw new ArgumentException($"{table.Name} has no column {column}.");
    }

    public static DateTime At(string text) => DateTime.ParseExact(
        "2024-" + text,
        ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static string Text(object? cell) => cell switch
    {
        null => "-",
        DateTime at => at.ToString("MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "yes" : "no",
        _ => string.Create(CultureInfo.InvariantCulture, $"{cell}"),
    };
}
