namespace ShopLake.Models;

/// <summary>
/// The rule <c>unique_grain</c>: the grain that the header of a Silver or Gold model states tells its rows apart.
/// It follows from the header, so no model can lack it.
/// </summary>
internal static class GrainChecks
{
    private const string Rule = "unique_grain";

    public static IEnumerable<Check> Of(IEnumerable<Model> models) => models
        .Where(model => model.Grain.Count > 0 && model.Table.Schema is "silver" or "gold" && !ReadsRules(model))
        .Select(model => new Check
        {
            Rule = Rule,
            On = model.Name,
            Severity = Severity.Fail,
            What = $"Rows of {model.Name} are told apart by {string.Join(", ", model.Grain)}.",
            File = model.File,
            Sql = Sql(model),
            References = [new TableReference(model.Name, 0)],
        });

    /// <summary>What shows the results of rules comes after all rules; it cannot be judged by one.</summary>
    private static bool ReadsRules(Model model) =>
        model.References.Any(reference => reference.Name.StartsWith("prep.rule_", StringComparison.Ordinal));

    private static string Sql(Model model)
    {
        string grain = string.Join(", ", model.Grain);
        string key = string.Join(" || ', ' || ", model.Grain.Select(column => $"coalesce(as_text({column}), 'NULL')"));
        return $"SELECT {key} AS record_key, as_text(count(*)) || ' rows share this {grain}' AS reason "
            + $"FROM {model.Name} GROUP BY {grain} HAVING count(*) > 1";
    }
}
