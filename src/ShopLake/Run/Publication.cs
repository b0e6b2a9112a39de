using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>By what a table was computed.</summary>
/// <param name="Fingerprint">Of all that its rows depend on besides its data inputs.</param>
/// <param name="Columns">Fingerprint of its columns: while it stays, old and new rows can be compared.</param>
public sealed record ModelState(string Fingerprint, string Columns);

/// <summary>What has changed of a model since a state was published.</summary>
public enum ModelChange
{
    None,

    /// <summary>Its text, or words, sources or settings that it knows.</summary>
    Text,

    /// <summary>Its table: there was none, or one of other columns.</summary>
    Table,
}

/// <summary>What readers see, and what it was computed by: <c>ops.published</c> and <c>ops.model_states</c>.</summary>
/// <param name="Generation">Number of the published state; its Gold folder has the same number.</param>
/// <param name="LedgerSequence">Last commit that it has seen.</param>
/// <param name="RecordHash">SHA-256 of the ledger's record of that commit: numbers begin again in a ledger that does.</param>
/// <param name="Shape">Fingerprint of the columns of the raw tables.</param>
/// <param name="Everything">Fingerprint of all that its models were made of.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Models">By what each of its tables was computed.</param>
public sealed record Publication(
    long Generation, long LedgerSequence, string RecordHash, string Shape, string Everything, DateTime PublishedAt,
    IReadOnlyDictionary<string, ModelState> Models)
{
    /// <summary>How many rows each of its tables holds, as far as that is known.</summary>
    public IReadOnlyDictionary<string, long> Rows { get; init; } = new Dictionary<string, long>();

    /// <summary>The published state, or null before the first one.</summary>
    public static Publication? Read(IEngine engine)
    {
        if (!engine.Exists(OpsTables.Published))
        {
            return null;
        }

        QueryResult states = Query(OpsTables.Published);
        Dictionary<string, object?> state = states.Columns.Zip(states.Rows[0]).ToDictionary(StringComparer.Ordinal);
        IReadOnlyList<object?[]> models = Query(OpsTables.ModelStates).Rows;
        return new Publication(
            (long)state["generation"]!, (long)state["ledger_sequence"]!,
            // A warehouse that an earlier program published has none of these.
            (string?)state.GetValueOrDefault("record_hash") ?? "", (string)state["shape"]!,
            (string?)state.GetValueOrDefault("everything") ?? "",
            (DateTime)state["published_at"]!,
            models.ToDictionary(
                row => (string)row[0]!, row => new ModelState((string)row[1]!, (string?)row.ElementAtOrDefault(2) ?? ""),
                StringComparer.Ordinal))
        {
            Rows = models.Where(row => row.ElementAtOrDefault(3) is not null)
                .ToDictionary(row => (string)row[0]!, row => (long)row[3]!, StringComparer.Ordinal),
        };

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

    /// <summary>Whether tables of another state can stand: the raw ones have the same columns, and a model computes one as it was.</summary>
    internal bool CanUpdate(Publication? other) => other is not null && other.Shape == Shape && !IsByOtherModels(other);

    /// <summary>Whether each model is another one, as after a change of a setting or function that all of them know.</summary>
    internal bool IsByOtherModels(Publication other) =>
        Models.Keys.All(model => ChangeSince(other, model) != ModelChange.None);

    /// <summary>What has changed of a model of this state since another one.</summary>
    internal ModelChange ChangeSince(Publication other, string model) =>
        other.Models.GetValueOrDefault(model) is not { } before || before.Columns != Models[model].Columns ? ModelChange.Table
        : before.Fingerprint != Models[model].Fingerprint ? ModelChange.Text
        : ModelChange.None;

    /// <summary>Tables of another state that no model makes any more.</summary>
    internal IEnumerable<string> TablesGoneSince(Publication? other) =>
        (other?.Models.Keys ?? []).Except(Models.Keys).Order(StringComparer.Ordinal);

    internal void Write(IEngine engine)
    {
        engine.Fill(OpsTables.Published, "What readers see now.", [[Generation, LedgerSequence, RecordHash, Shape, Everything, PublishedAt]]);
        engine.Fill(OpsTables.ModelStates, "By what each table was computed.", Models.OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => new object?[]
            {
                model.Key, model.Value.Fingerprint, model.Value.Columns, Rows.TryGetValue(model.Key, out long rows) ? rows : null,
            }));
    }
}
