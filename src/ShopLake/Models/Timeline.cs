namespace ShopLake.Models;

/// <summary>
/// The rows of a piece in the order of their time, each computed from input rows of its time and, it may be, from its
/// neighbours: a change leaves the rows as they were that stand before the last neighbour before it.
/// </summary>
/// <param name="At">Column of the model, never NULL.</param>
/// <param name="Neighbours">
/// Condition over the model's columns that a row fulfils which the next ones look back at; null where every row does.
/// </param>
/// <param name="During">
/// For inputs, the time of a row, also of those that point to pieces by it; where it is NULL, and for other inputs, a row takes
/// part in all of its piece.
/// </param>
public sealed record Timeline(string At, string? Neighbours, IReadOnlyDictionary<string, Span> During);

/// <summary>Expressions over a row of an input: between which times of the model's rows it takes part in them, both included.</summary>
public sealed record Span(string First, string Last)
{
    /// <summary>Reads <c>updated_at</c>, where both are the same, or <c>business_day(changed_at) to business_day(next_changed_at)</c>.</summary>
    public static Span Parse(string text) => text.Split(" to ") is [string first, string last]
        ? new Span(first.Trim(), last.Trim())
        : new Span(text.Trim(), text.Trim());
}
