using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>What readers see, and what it was computed by: <c>ops.published</c> and <c>ops.model_states</c>.</summary>
/// <param name="Generation">Number of the published state; its Gold folder has the same number.</param>
/// <param name="LedgerSequence">Last commit that it has seen.</param>
/// <param name="RecordHash">SHA-256 of the ledger's record of that commit: numbers begin again in a ledger that does.</param>
/// <param name="Shape">Fingerprint of the columns of all tables.</param>
/// <param name="Everything">Fingerprint of all that its models were made of.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Models">Fingerprint of each model that it was computed by.</param>
public sealed record Publication(
    long Generation, long LedgerSequence, string RecordHash, string Shape, string Everything, DateTime PublishedAt,
    IReadOnlyDictionary<string, string> Models)
{
    /// <summary>The published state, or null before the first one.</summary>
    public static Publication? Read(IEngine engine)
    {
        if (!engine.Exists(OpsTables.Published))
        {
            return null;
        }

        QueryResult states = Query(OpsTables.Published);
        Dictionary<string, object?> state = states.Columns.Zip(states.Rows[0]).ToDictionary(StringComparer.Ordinal);
        return new Publication(
            (long)state["generation"]!, (long)state["ledger_sequence"]!,
            // A warehouse that an earlier program published has none of these.
            (string?)state.GetValueOrDefault("record_hash") ?? "", (string)state["shape"]!,
            (string?)state.GetValueOrDefault("everything") ?? "",
            (DateTime)state["published_at"]!,
            Query(OpsTables.ModelStates).Rows.ToDictionary(row => (string)row[0]!, row => (string)row[1]!, StringComparer.Ordinal));

        QueryResult Query(TableDefinition table) => engine.Query($"SELECT * FROM {table.FullName}", CancellationToken.None);
    }

    /// <summary>What a question about the published state is told before the first one.</summary>
    public static ShopLakeException Missing() =>
        new(FailureKind.Usage, "Nothing is published yet. Try: shoplake run");

    /// <summary>Whether another state says the same as this one.</summary>
    public bool IsSameStateAs(Publication? other) => other is not null
        && other.LedgerSequence == LedgerSequence && other.RecordHash == RecordHash && other.Shape == Shape
        && other.Models.Count == Models.Count
        && Models.All(model => other.Models.GetValueOrDefault(model.Key) == model.Value);

    /// <summary>Whether tables of another state can stand: their columns are the same, and a model computes one as it was.</summary>
    internal bool CanUpdate(Publication? other) => other is not null && other.Shape == Shape && !IsByOtherModels(other);

    /// <summary>Whether each model is another one, as after a change of a setting or function that all of them know.</summary>
    internal bool IsByOtherModels(Publication other) =>
        Models.All(model => other.Models.GetValueOrDefault(model.Key) != model.Value);

    /// <summary>Tables of another state that no model makes any more.</summary>
    internal IEnumerable<string> TablesGoneSince(Publication? other) =>
        (other?.Models.Keys ?? []).Except(Models.Keys).Order(StringComparer.Ordinal);

    internal void Write(IEngine engine)
    {
        engine.Fill(OpsTables.Published, "What readers see now.", [[Generation, LedgerSequence, RecordHash, Shape, Everything, PublishedAt]]);
        engine.Fill(OpsTables.ModelStates, "By what each table was computed.",
            Models.OrderBy(model => model.Key, StringComparer.Ordinal).Select(model => new object?[] { model.Key, model.Value }));
    }
}
