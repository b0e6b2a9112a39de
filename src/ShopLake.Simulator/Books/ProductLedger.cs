namespace ShopLake.Simulator.Books;

/// <summary>What a line of an order could read in the catalogue when it was ordered.</summary>
internal readonly record struct CatalogueEntry(string Category, long? ListPriceMinor, bool IsAssumed);

/// <summary>A stock level, from its time until the next; NULL while the product is out of the catalogue.</summary>
internal readonly record struct StockLevel(DateTime At, long? Stock);

/// <summary>The catalogue over time, as it truly was: each state holds from the time it is dated at.</summary>
internal sealed class ProductLedger
{
    public const string UnknownProduct = "(unknown)";
    public const string Uncategorized = "(uncategorized)";

    private readonly Dictionary<string, List<ProductFact>> _states;

    public ProductLedger(FactStore facts) =>
        _states = facts.Products
            .GroupBy(fact => fact.ProductId)
            .ToDictionary(group => group.Key, group => LastOfEachInstant(group.OrderBy(fact => fact.EffectiveAt)));

    public IEnumerable<string> ProductIds => _states.Keys;

    /// <summary>
    /// Category and price of a product at an instant. Before its first state that one is assumed; between a
    /// deletion and a return there is neither.
    /// </summary>
    public CatalogueEntry Lookup(string? productId, DateTime at)
    {
        if (productId is null || !_states.TryGetValue(productId, out var states))
            return new(UnknownProduct, ListPriceMinor: null, IsAssumed: false);
        var first = states.FindIndex(state => !state.IsDeleted);
        if (first < 0)
            return new(Uncategorized, ListPriceMinor: null, IsAssumed: false);
        var last = states.FindLastIndex(state => state.EffectiveAt <= at);
        var valid = states[Math.Max(first, last)];
        return valid.IsDeleted
            ? new(Uncategorized, ListPriceMinor: null, IsAssumed: false)
            : new(valid.Category ?? Uncategorized, valid.PriceMinor, IsAssumed: last < first);
    }

    /// <summary>Stock by time, no two equal levels in a row; states that say nothing about stock are skipped.</summary>
    public IReadOnlyList<StockLevel> Stock(string productId)
    {
        var levels = new List<StockLevel>();
        foreach (var state in _states[productId])
        {
            if (!state.IsDeleted && state.AvailableStock is null)
                continue;
            var stock = state.IsDeleted ? null : state.AvailableStock;
            var before = levels.Count == 0 ? null : levels[^1].Stock;
            if (stock != before)
                levels.Add(new(state.EffectiveAt, stock));
        }
        return levels;
    }

    private static List<ProductFact> LastOfEachInstant(IEnumerable<ProductFact> byTime)
    {
        var states = new List<ProductFact>();
        foreach (var state in byTime)
            if (states.Count > 0 && states[^1].EffectiveAt == state.EffectiveAt)
                states[^1] = state;
            else
                states.Add(state);
        return states;
    }
}
