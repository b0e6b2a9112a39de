using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>
/// The rule <c>unique_grain</c>: the grain that the header of a Silver or Gold model states tells its rows apart.
/// It follows from the header, so no model can lack it.
/// </summary>
internal static class GrainChecks
{
    private const string Rule = "unique_grain";

    public static IEnumerable<Check> Of(IEnumerable<Model> models) => models
        .Where(model => model.Grain.Count > 0 && model.IsPublic && !ReadsRules(model))
        .Select(Of);

    /// <summary>Rows that share their grain share its first column, so that column names the piece that a row is judged in.</summary>
    private static Check Of(Model model)
    {
        string grain = string.Join(", ", model.Grain);
        string first = IsText(model, model.Grain[0]) ? model.Grain[0] : $"as_text({model.Grain[0]})";
        string values = string.Join(" || ', ' || ", model.Grain.Select(column => $"coalesce(as_text({column}), 'NULL')"));
        string select = $"SELECT {first} AS record_key, as_text(count(*)) || ' rows share this {grain}: ' || {values} AS reason FROM ";
        return new Check
        {
            Rule = Rule,
            On = model.Name,
            Severity = Severity.Fail,
            What = $"Rows of {model.Name} are told apart by {grain}.",
            File = model.File,
            Sql = $"{select}{model.Name} WHERE {model.Grain[0]} IS NOT NULL GROUP BY {grain} HAVING count(*) > 1",
            References = [new TableReference(model.Name, select.Length, HasAlias: false)],
            Mentions = new Dictionary<string, IReadOnlySet<string>?> { [model.Name] = model.Grain.ToHashSet() },
            Scope = new Scope(["record_key"], new Dictionary<string, IReadOnlyList<PieceMapping>>
            {
                [model.Name] = [new PieceMapping.Direct([first])],
            }),
        };
    }

    private static bool IsText(Model model, string column) =>
        model.Table.Columns.First(candidate => candidate.Name == column).Type == ColumnType.Text;

    /// <summary>What shows the results of rules comes after all rules; it cannot be judged by one.</summary>
    private static bool ReadsRules(Model model) =>
        model.References.Any(reference => reference.Name.StartsWith("prep.rule_", StringComparison.Ordinal));
}
