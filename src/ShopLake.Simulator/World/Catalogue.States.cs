using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>How states are written down, and how what was written is corrected.</summary>
internal sealed partial class Catalogue
{
    /// <summary>A stream of its own: with other rates of faults, prices and stock play the same.</summary>
    private readonly SeededRandom _corrections = new(stage.Options.Seed, "corrections");

    private static readonly TimeSpan CorrectionsReachBack = TimeSpan.FromDays(60);

    /// <summary>The first state in the catalogue; before it, an article can be sold but has no list price.</summary>
    private void List(Product product, DateTime at)
    {
        if (product.IsListed)
            Append(product, StateOf(product, at, saysStock: true), isChange: true);
    }

    /// <summary>Writes down a product as it is now; nobody does for one that has left.</summary>
    private void Write(Product product, DateTime at, bool saysStock = true)
    {
        if (product.States.Count == 0 || product.IsDelisted)
            return;
        var previous = product.States[^1];
        var state = StateOf(product, After(product, at), saysStock);
        var isChange = state.Category != previous.Category || state.PriceMinor != previous.PriceMinor
            || (state.Stock is not null && state.Stock != product.SaidStock);
        Append(product, state, isChange);
    }

    /// <summary>Two things of one instant would be rivals: the second happens a microsecond later.</summary>
    private static DateTime After(Product product, DateTime at) =>
        at > product.States[^1].At ? at : product.States[^1].At.AddTicks(10);

    private static ProductState StateOf(Product product, DateTime at, bool saysStock) =>
        new(at, product.Category, product.PriceMinor, saysStock ? product.Stock : null, product.IsDelisted);

    private void Append(Product product, in ProductState state, bool isChange)
    {
        var row = Row(product, state);
        var firstBatch = stage.Feeds.Products.Deliver(row, product.Timeline, isChange);
        product.SaidStock = state.IsDeleted ? null : state.Stock ?? product.SaidStock;
        product.States.Add(state with { FirstBatch = firstBatch });
        Record(row);
    }

    /// <summary>
    /// Before the day begins, some categories turn out to have been wrong for a while. The catalogue says again what
    /// it said of that time, with the right category: a state dated where the error began, and every later one until
    /// the category really changed.
    /// </summary>
    public void CorrectCategories(int day)
    {
        foreach (var product in _all)
        {
            Forget(product, stage.DayStart(day) - CorrectionsReachBack);
            if (_corrections.Chance(stage.Options.Faults.CategoryCorrection))
                Correct(product, day);
        }
    }

    private void Correct(Product product, int day)
    {
        var states = product.States;
        if (states.Count == 0)
            return;
        var from = _corrections.Below(states.Count);
        if (states[from].IsDeleted)
            return;
        var wrong = states[from].Category;
        var end = from + 1;
        while (end < states.Count && states[end].Category == wrong && !states[end].IsDeleted)
            end++;

        // The error ends where the category really changed, to something else than the right one.
        var right = _corrections.Pick<string>(Categories);
        if (right == wrong || (end < states.Count && right == states[end].Category))
            return;

        // What is replaced has all been delivered, and was never replaced before: to say again what was said first
        // would say nothing. And there is room for a state of its own where the error began.
        var latest = from + 1 < states.Count ? states[from + 1].At : stage.DayStart(day);
        var room = latest - states[from].At - TimeSpan.FromTicks(20);
        var following = states[(from + 1)..end];
        if (room < TimeSpan.Zero || following.Exists(state => state.IsReplaced || state.FirstBatch >= day))
            return;

        stage.Feeds.Count(Fault.CategoryCorrection);
        var began = states[from].At.AddTicks(10) + _corrections.Span(TimeSpan.Zero, room);
        for (var index = from + 1; index < end; index++)
        {
            states[index] = states[index] with { Category = right, FirstBatch = day, IsReplaced = true };
            stage.Feeds.Products.Replace(Row(product, states[index]), day);
            Record(Row(product, states[index]));
        }

        states.Insert(from + 1, states[from] with { At = began, Category = right, FirstBatch = day });
        var isLatest = from + 2 == states.Count;
        stage.Feeds.Products.Insert(Row(product, states[from + 1]), day, isLatest ? product.Timeline : null);
        Record(Row(product, states[from + 1]));
        if (end == states.Count - 1)
            product.Category = right;
    }

    private void Record(in ProductRow row) => stage.Facts.Record(new ProductFact(
        row.ProductId, row.UpdatedAt, row.Name, row.Category, row.PriceMinor, row.AvailableStock, row.IsDeleted));

    /// <summary>States from before a time, but for the last of them, are beyond correction.</summary>
    private static void Forget(Product product, DateTime before)
    {
        var past = product.States.FindLastIndex(state => state.At < before);
        if (past > 0)
            product.States.RemoveRange(0, past);
    }
}
