using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>What readers see, and what it was computed by: <c>ops.published</c> and <c>ops.model_states</c>.</summary>
/// <param name="Generation">Number of the published state; its Gold folder has the same number.</param>
/// <param name="LedgerSequence">Last commit that it has seen.</param>
/// <param name="Shape">Fingerprint of the columns of all tables.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Models">Fingerprint of each model that it was computed by.</param>
public sealed record Publication(
    long Generation, long LedgerSequence, string Shape, DateTime PublishedAt, IReadOnlyDictionary<string, string> Models)
{
    /// <summary>The published state, or null before the first one.</summary>
    public static Publication? Read(IEngine engine)
    {
        if (!engine.Exists(OpsTables.Published))
        {
            return null;
        }

        object?[] row = Rows(OpsTables.Published)[0];
        return new Publication((long)row[0]!, (long)row[1]!, (string)row[2]!, (DateTime)row[3]!, Rows(OpsTables.ModelStates)
            .ToDictionary(state => (string)state[0]!, state => (string)state[1]!, StringComparer.Ordinal));

        IReadOnlyList<object?[]> Rows(TableDefinition table) =>
            engine.Query($"SELECT * FROM {table.FullName}", CancellationToken.None).Rows;
    }

    /// <summary>Whether another state says the same as this one.</summary>
    public bool IsSameStateAs(Publication? other) => other is not null
        && other.LedgerSequence == LedgerSequence && other.Shape == Shape
        && other.Models.Count == Models.Count
        && Models.All(model => other.Models.GetValueOrDefault(model.Key) == model.Value);

    internal void Write(IEngine engine)
    {
        engine.Fill(OpsTables.Published, "What readers see now.", [[Generation, LedgerSequence, Shape, PublishedAt]]);
        engine.Fill(OpsTables.ModelStates, "By what each table was computed.",
            Models.OrderBy(model => model.Key, StringComparer.Ordinal).Select(model => new object?[] { model.Key, model.Value }));
    }
}
