using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>Who reads whom among the models.</summary>
public static class ModelGraph
{
    /// <summary>The tables that the runner fills from the configuration before any model runs.</summary>
    public static readonly IReadOnlyList<TableDefinition> ConfigurationTables =
    [
        new("config", "vocabulary",
        [
            new("field", ColumnType.Text, "column that the word stands in"),
            new("source_word", ColumnType.Text, "the source's word"),
            new("word", ColumnType.Text, "ShopLake's word, or ignore"),
        ]),
        new("config", "known_words",
        [
            new("field", ColumnType.Text, "column that the words stand in"),
            new("words", ColumnType.Text, "every word of config.vocabulary for it, in one line"),
        ]),
        new("config", "sources",
        [
            new("source", ColumnType.Text, "name in shoplake.yaml"),
            new("table_name", ColumnType.Text, "raw table it feeds"),
            new("source_system", ColumnType.Text, "system it comes from"),
        ]),
        new("config", "lake", [new("ledger_sequence", ColumnType.Bigint, "last commit that this state has seen")]),
    ];

    /// <summary>The one table of the configuration that is otherwise at each run.</summary>
    public const string LakeState = "config.lake";

    /// <summary>Whether a table holds data, not configuration: the latter changes only between runs.</summary>
    public static bool IsData(string table) => !table.StartsWith("config.", StringComparison.Ordinal);

    /// <summary>References to tables that nothing makes, each with file, line and the nearest known name.</summary>
    public static IEnumerable<string> UnknownReferences(
        IReadOnlyList<Model> models, IReadOnlyList<Check> checks, LakeCatalog catalog)
    {
        var known = models.Select(model => model.Name)
            .Concat(LakeCatalog.RawTables.Select(table => catalog.Raw(table).FullName))
            .Concat(ConfigurationTables.Select(table => table.FullName))
            .ToHashSet(StringComparer.Ordinal);
        return models.Where(model => !RuleModels.IsGenerated(model))
            .Select(model => (model.File, model.Sql, model.References))
            .Concat(checks.Select(check => (check.File, check.Sql, check.References)))
            .SelectMany(text => text.References
                .Where(reference => !known.Contains(reference.Name))
                .Select(reference => SqlPosition.Show(text.File, text.Sql, reference.Offset,
                    $"unknown table {reference.Name}.{ModelLibrary.Suggest(reference.Name, known)}")));
    }

    /// <summary>Inputs before readers; among equals by name, so that the order is always the same.</summary>
    /// <exception cref="ShopLakeException">Models read each other in a circle; the circle is printed.</exception>
    public static IReadOnlyList<Model> Sort(IReadOnlyList<Model> models)
    {
        var byName = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        var sorted = new List<Model>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<Model>();
        foreach (Model model in models.OrderBy(model => model.Name, StringComparer.Ordinal))
        {
            Visit(model);
        }

        return sorted;

        void Visit(Model model)
        {
            if (done.Contains(model.Name))
            {
                return;
            }

            int start = path.IndexOf(model);
            if (start >= 0)
            {
                IEnumerable<string> circle = path[start..].Append(model).Select(step => $"  {step.Name} ({step.File})");
                throw new ShopLakeException(FailureKind.Usage,
                    "These models read each other in a circle; break it by moving a step into a model of its own:"
                    + Environment.NewLine + string.Join(" reads" + Environment.NewLine, circle));
            }

            path.Add(model);
            foreach (string input in Inputs(model))
            {
                if (byName.TryGetValue(input, out Model? read))
                {
                    Visit(read);
                }
            }

            path.RemoveAt(path.Count - 1);
            done.Add(model.Name);
            sorted.Add(model);
        }
    }

    /// <summary>The distinct tables that a model reads, by name.</summary>
    public static IEnumerable<string> Inputs(Model model) => Inputs(model.References);

    /// <summary>The distinct tables of references, by name.</summary>
    public static IEnumerable<string> Inputs(IEnumerable<TableReference> references) => references
        .Select(reference => reference.Name)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);
}
