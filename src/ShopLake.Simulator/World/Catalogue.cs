using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>Something that is sold, as it is now.</summary>
internal sealed class Product
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Category { get; set; }

    public long PriceMinor { get; set; }

    public long Stock { get; set; }

    /// <summary>The stock that the catalogue said last.</summary>
    public long? SaidStock { get; set; }

    /// <summary>False where it is sold without ever being in the catalogue.</summary>
    public required bool IsListed { get; init; }

    /// <summary>It has left the catalogue, for a while or for good.</summary>
    public bool IsDelisted { get; set; }

    /// <summary>What is bought when new stock comes.</summary>
    public required long UsualStock { get; init; }

    public bool IsRestockPlanned { get; set; }

    /// <summary>The latest states, as far back as a correction may reach, oldest first.</summary>
    public List<ProductState> States { get; } = [];

    public Timeline Timeline { get; } = new();
}

/// <param name="Stock">NULL where the state says nothing of stock.</param>
/// <param name="IsDeleted">The product leaves the catalogue.</param>
/// <param name="FirstBatch">The first batch that brings the state.</param>
/// <param name="IsReplaced">It was said otherwise before.</param>
internal readonly record struct ProductState(
    DateTime At,
    string? Category,
    long PriceMinor,
    long? Stock,
    bool IsDeleted,
    int FirstBatch = 0,
    bool IsReplaced = false);

/// <summary>Prices move, stock goes out and comes in, categories change and are corrected long after.</summary>
internal sealed partial class Catalogue(Stage stage)
{
    private const double NeverListed = 0.01;
    private const double ListedLate = 0.03;
    private const double Uncategorized = 0.03;
    private const double PriceChangesPerDay = 0.03;
    private const double CategoryChangesPerDay = 0.001;
    private const double EmptySavesPerDay = 0.004;
    private const double SaysNothingOfStock = 0.1;
    private const double Oversold = 0.02;
    private const double DelistedPerDay = 0.001;
    private const double DelistedForGood = 0.3;
    private const double SoldThoughDelisted = 0.1;
    private const int DumpEveryDays = 7;

    private static readonly string[] Categories =
    [
        "audio", "baby & child", "books", "camping", "furniture", "garden", "health_beauty", "kitchen", "lighting",
        "music", "pet, supplies", "sports", "tools", "toys",
    ];

    private readonly SeededRandom _random = new(stage.Options.Seed, "catalogue");
    private readonly List<Product> _all = [];

    public void Begin()
    {
        for (var number = 1; number <= stage.Options.Products; number++)
        {
            var unit = _random.Unit();
            var usualStock = UsualStock(number);
            var product = new Product
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"p{number:D5}"),
                Name = string.Create(CultureInfo.InvariantCulture, $"Article {number}"),
                Category = _random.Chance(Uncategorized) ? null : _random.Pick<string>(Categories),
                PriceMinor = 99 + (10 * (long)(unit * unit * 3_000)),
                UsualStock = usualStock,
                Stock = _random.Between(usualStock / 4, usualStock * 2),
                IsListed = number == 1 || !_random.Chance(NeverListed),
            };
            _all.Add(product);
            if (_random.Chance(ListedLate))
            {
                var listedAt = stage.StartAt + _random.Span(TimeSpan.FromDays(1), TimeSpan.FromDays(40));
                stage.Agenda.Plan(listedAt, at => List(product, at));
            }
            else
            {
                List(product, stage.StartAt - _random.Span(TimeSpan.FromMinutes(1), TimeSpan.FromDays(200)));
            }
        }
    }

    public void PlanDay(int day)
    {
        var start = stage.DayStart(day);
        Plan(PriceChangesPerDay, ChangePrice);
        Plan(CategoryChangesPerDay, ChangeCategory);
        Plan(EmptySavesPerDay, (product, at) => Write(product, at));
        Plan(DelistedPerDay, Delist);

        void Plan(double perProduct, Action<Product, DateTime> change)
        {
            for (var count = _random.Around(_all.Count * perProduct); count > 0; count--)
            {
                var product = _all[_random.Below(_all.Count)];
                stage.Agenda.Plan(
                    start + _random.Span(TimeSpan.Zero, TimeSpan.FromDays(1)), at => change(product, at));
            }
        }
    }

    /// <summary>Once a week the whole catalogue is dumped, with what was delivered already.</summary>
    public void EndDay(int day)
    {
        if (day % DumpEveryDays != DumpEveryDays - 1)
            return;
        foreach (var product in _all)
            if (product.States.Count > 0 && !product.IsDelisted)
                stage.Feeds.Products.Repeat(Row(product, product.States[^1]), day);
    }

    /// <summary>Some article; few are bought by many.</summary>
    public Product Choose(SeededRandom random)
    {
        var unit = random.Unit();
        return _all[(int)(unit * unit * _all.Count)];
    }

    /// <summary>Takes units out of stock, or says that there are not enough.</summary>
    public bool Sell(Product product, long units, DateTime at)
    {
        if (product.Stock < units && !_random.Chance(Oversold))
            return false;
        if (product.IsDelisted && !_random.Chance(SoldThoughDelisted))
            return false;
        product.Stock -= units;
        Write(product, at);
        if (product.Stock < product.UsualStock / 8 && !product.IsRestockPlanned)
        {
            product.IsRestockPlanned = true;
            var arrival = at + _random.Wait(TimeSpan.FromHours(3), TimeSpan.FromDays(12));
            stage.Agenda.Plan(arrival, then => Restock(product, then));
        }

        return true;
    }

    public void PutBack(Product product, long units, DateTime at)
    {
        product.Stock += units;
        Write(product, at);
    }

    private void Restock(Product product, DateTime at)
    {
        product.IsRestockPlanned = false;
        product.Stock += _random.Between(product.UsualStock / 2, product.UsualStock * 2);
        Write(product, at);
    }

    private void ChangePrice(Product product, DateTime at)
    {
        var percent = _random.Between(-20, 22);
        product.PriceMinor = Math.Max(1, product.PriceMinor + (product.PriceMinor * percent / 100));
        Write(product, at, saysStock: !_random.Chance(SaysNothingOfStock));
    }

    private void ChangeCategory(Product product, DateTime at)
    {
        product.Category = _random.Chance(Uncategorized) ? null : _random.Pick<string>(Categories);
        Write(product, at);
    }

    private void Delist(Product product, DateTime at)
    {
        if (product.IsDelisted || product.States.Count == 0)
            return;
        product.IsDelisted = true;
        Append(product, StateOf(product, After(product, at), saysStock: true), isChange: true);
        if (!_random.Chance(DelistedForGood))
        {
            stage.Agenda.Plan(at + _random.Wait(TimeSpan.FromHours(1), TimeSpan.FromDays(30)), then =>
            {
                product.IsDelisted = false;
                Append(product, StateOf(product, After(product, then), saysStock: true), isChange: true);
            });
        }
    }

    /// <summary>What sells in some three weeks; the first articles sell most.</summary>
    private long UsualStock(int number)
    {
        var products = (double)stage.Options.Products;
        var share = Math.Sqrt(number / products) - Math.Sqrt((number - 1) / products);
        var unitsPerDay = stage.ExpectedOrders * 3 / stage.Options.Days;
        return Math.Max(8, (long)(share * unitsPerDay * 20));
    }

    private static ProductRow Row(Product product, in ProductState state) =>
        new(product.Id, product.Name, state.Category, state.PriceMinor, state.Stock, state.At, state.IsDeleted);
}
