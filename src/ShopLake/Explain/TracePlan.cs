using ShopLake.Models;

namespace ShopLake.Explain;

/// <summary>
/// The models between a table and Bronze that its numbers hang on, and which inputs each of them reads for it. An input
/// that feeds only columns which nobody here asks for is left out.
/// </summary>
internal sealed class TracePlan
{
    private readonly Dictionary<string, IReadOnlyList<string>> _inputs = new(StringComparer.Ordinal);

    public TracePlan(ModelLibrary library, Model target)
    {
        Target = target;
        HashSet<string> fromBronze = FromBronze(library);
        var asked = new Dictionary<string, HashSet<string>?>(StringComparer.Ordinal) { [target.Name] = null };
        var models = new List<Model>();
        foreach (Model model in library.Models.Reverse().Where(model => asked.ContainsKey(model.Name)))
        {
            string[] inputs =
            [
                .. ModelGraph.Inputs(model).Where(input => fromBronze.Contains(input) && Feeds(model, input, asked[model.Name])),
            ];
            models.Add(model);
            _inputs[model.Name] = inputs;
            foreach (string input in inputs)
            {
                asked[input] = Union(asked, input, model.Mentions.GetValueOrDefault(input));
            }
        }

        Models = models;
    }

    public Model Target { get; }

    /// <summary>Readers before what they read; the target first.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>The tables that a model reads for the target.</summary>
    public IReadOnlyList<string> InputsOf(Model model) => _inputs[model.Name];

    /// <summary>
    /// The models that have to be computed for the target, inputs first: also those that feed nothing asked for.
    /// </summary>
    public static IReadOnlyList<Model> Ancestors(ModelLibrary library, Model target)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal) { target.Name };
        foreach (Model model in library.Models.Reverse().Where(model => needed.Contains(model.Name)))
        {
            needed.UnionWith(ModelGraph.Inputs(model));
        }

        return [.. library.Models.Where(model => needed.Contains(model.Name))];
    }

    public static bool IsBronze(string table) => table.StartsWith("bronze.", StringComparison.Ordinal);

    private static HashSet<string> FromBronze(ModelLibrary library)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (Model model in library.Models)
        {
            string[] inputs = [.. ModelGraph.Inputs(model).Where(ModelGraph.IsData)];
            found.UnionWith(inputs.Where(IsBronze));
            if (inputs.Any(found.Contains))
            {
                found.Add(model.Name);
            }
        }

        return found;
    }

    private static bool Feeds(Model model, string input, HashSet<string>? asked) =>
        asked is null || !model.Trace.Feeds.TryGetValue(input, out IReadOnlyList<string>? fed) || fed.Any(asked.Contains);

    /// <returns>The columns that somebody asks for; null for all.</returns>
    private static HashSet<string>? Union(
        Dictionary<string, HashSet<string>?> asked, string input, IReadOnlySet<string>? mentioned)
    {
        if (mentioned is null || (asked.TryGetValue(input, out HashSet<string>? before) && before is null))
        {
            return null;
        }

        return new HashSet<string>([.. asked.GetValueOrDefault(input) ?? [], .. mentioned], StringComparer.OrdinalIgnoreCase);
    }
}
