using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

public enum PlannedWork
{
    /// <summary>Nothing that it reads can change.</summary>
    None,

    /// <summary>The pieces that changed rows point to are computed anew.</summary>
    Pieces,

    /// <summary>All of it is computed anew.</summary>
    Whole,

    /// <summary>No model makes it any more; it is taken away.</summary>
    Dropped,
}

/// <summary>What a run would do to a table.</summary>
/// <param name="Table">Schema and table.</param>
/// <param name="Reasons">Why, a phrase each; none where nothing is done.</param>
/// <param name="NewRows">Raw rows behind the published state in the raw tables that it is made of.</param>
/// <param name="OfRows">All rows of those raw tables.</param>
public sealed record PlannedTable(string Table, PlannedWork Work, IReadOnlyList<string> Reasons, long NewRows, long OfRows);

/// <summary>What a run over Bronze as it is would do, told without computing anything.</summary>
public static class RunPlan
{
    /// <param name="engine">Holds what readers see, if anything; it is only read.</param>
    /// <param name="library">Today's models.</param>
    /// <param name="configuration">Today's words, sources and settings.</param>
    /// <param name="ledger">Bronze.</param>
    /// <returns>Every table, inputs first; then those that are taken away.</returns>
    /// <exception cref="ShopLakeException">The run would be refused for its ledger.</exception>
    public static IReadOnlyList<PlannedTable> Of(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, Ledger ledger)
    {
        Publication? published = Publication.Read(engine);
        LakeRun.RequireLedgerOf(published, configuration, BronzeState.Of(ledger));
        Publication next = LakeRun.Next(
            engine, library, configuration, ledger.LastSequence, ledger.RecordHash(ledger.LastSequence), published);
        Dictionary<string, (long New, long All)> raw = LakeCatalog.RawTables.ToDictionary(
            table => library.Catalog.Raw(table).FullName,
            table => (Rows(table, published?.LedgerSequence ?? 0), Rows(table, 0)), StringComparer.Ordinal);
        // Of what the ledger changes the reason; a model's own reasons stand with it.
        Dictionary<string, string?> changing = raw.Where(table => table.Value.New > 0)
            .ToDictionary(table => table.Key, string? (table) => $"{table.Value.New} new rows of {table.Key}", StringComparer.Ordinal);
        if (published?.LedgerSequence < next.LedgerSequence)
        {
            changing[ModelGraph.LakeState] = "the ledger went on";
        }

        var sources = raw.Keys.ToDictionary(table => table, table => new HashSet<string> { table }, StringComparer.Ordinal);
        string? everything = published is null ? "nothing is published yet"
            : published.Shape != next.Shape ? "columns of raw tables have changed"
            : null;
        var plan = new List<PlannedTable>();
        foreach (Model model in library.Models)
        {
            HashSet<string> from = [.. ModelGraph.Inputs(model).Where(ModelGraph.IsData).SelectMany(input => sources[input])];
            sources[model.Name] = from;
            (PlannedWork work, IReadOnlyList<string> reasons) = everything is not null
                ? (PlannedWork.Whole, [everything])
                : Work(model, published!, next, changing);
            if (work != PlannedWork.None)
            {
                changing[model.Name] = null;
            }

            plan.Add(new PlannedTable(model.Name, work, reasons, from.Sum(table => raw[table].New), from.Sum(table => raw[table].All)));
        }

        plan.AddRange(next.TablesGoneSince(published).Select(table =>
            new PlannedTable(table, PlannedWork.Dropped, ["no model makes it any more"], 0, 0)));
        return plan;

        long Rows(string table, long after) => ledger.Records
            .Where(record => record.Table == table && record.Sequence > after).Sum(record => record.Rows);
    }

    /// <summary>For the most that can change.</summary>
    private static (PlannedWork Work, IReadOnlyList<string> Reasons) Work(
        Model model, Publication published, Publication next, Dictionary<string, string?> changing)
    {
        switch (next.ChangeSince(published, model.Name))
        {
            case ModelChange.Table:
                return (PlannedWork.Whole, [published.Models.ContainsKey(model.Name) ? "its columns have changed" : "it is new"]);
            case ModelChange.Text:
                return (PlannedWork.Whole, [next.IsByOtherModels(published)
                    ? "a setting, or a function that all models know, has changed"
                    : OtherText(model)]);
            default:
                break;
        }

        string[] changed = [.. ModelGraph.Inputs(model).Where(changing.ContainsKey)];
        string[] models = [.. changed.Where(input => changing[input] is null)];
        string[] anew = [.. models.Where(input => next.ChangeSince(published, input) == ModelChange.Table)];
        if (anew.Length > 0)
        {
            return (PlannedWork.Whole, [$"columns of {string.Join(", ", anew)} have changed"]);
        }

        List<string> reasons = [.. changed.Select(input => changing[input]).OfType<string>()];
        if (models.Length > 0)
        {
            reasons.Add($"changes of {string.Join(", ", models)}");
        }

        return (ScopedBuild.WorkOn(model, changed), reasons);
    }

    /// <summary>Of words and sources those that the model reads at all.</summary>
    private static string OtherText(Model model)
    {
        string text = RuleModels.IsGenerated(model) ? "its rules have" : "its text has";
        IEnumerable<string> read =
        [
            .. Fingerprint.ReadsWords(model) ? ["words"] : Array.Empty<string>(),
            .. Fingerprint.ReadsSources(model) ? ["sources"] : Array.Empty<string>(),
        ];
        string others = string.Join(" or ", read);
        return others.Length == 0 ? $"{text} changed" : $"{text} changed, or {others} that it reads";
    }
}
