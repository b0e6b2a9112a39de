using System.Text.RegularExpressions;
using ShopLake.Catalog;
using YamlDotNet.RepresentationModel;

namespace ShopLake.Models;

/// <summary>A number as a sum over rows of another table.</summary>
/// <param name="Sign">1, or −1 where the rows are taken off.</param>
/// <param name="Value">What each row gives: an expression over its columns.</param>
/// <param name="Table">The table.</param>
/// <param name="By">
/// Which of its rows i belong to a row t; null where the scope and equal names of the grain say it.
/// </param>
/// <param name="Where">A condition over the columns of the table; null for none.</param>
public sealed partial record SumOf(int Sign, string Value, string Table, string? By, string? Where)
{
    /// <summary>
    /// Reads <c>-amount_minor of silver.payments by i.order_id = t.order_id where payment_status = 'REFUNDED'</c>.
    /// </summary>
    /// <returns>Null where the text is not of that form.</returns>
    public static SumOf? Parse(string text)
    {
        Match match = Form().Match(text.Trim());
        return match.Success
            ? new SumOf(match.Groups["sign"].Success ? -1 : 1, match.Groups["value"].Value, match.Groups["table"].Value,
                Given(match.Groups["by"]), Given(match.Groups["where"]))
            : null;
    }

    private static string? Given(Group group) => group.Success ? group.Value : null;

    [GeneratedRegex(@"^(?<sign>-)?(?<value>.+?) of (?<table>\w+\.\w+)( by (?<by>.+?))?( where (?<where>.+))?$", RegexOptions.Singleline)]
    private static partial Regex Form();
}

/// <summary>Which rows i of a raw table would belong to a row t of a table.</summary>
/// <param name="Condition">Over i, t and the tables between them.</param>
/// <param name="Through">Tables between them, as a FROM clause names them; null for none.</param>
public sealed partial record RawLink(string Condition, string? Through)
{
    /// <summary>The tables that it goes through.</summary>
    public IEnumerable<string> Tables => Table().Matches(Through ?? "").Select(match => match.Value);

    /// <summary>
    /// Reads <c>i.order_id = o.order_id AND o.order_day = t.order_day through gold.orders AS o</c>.
    /// </summary>
    public static RawLink Parse(string text)
    {
        string[] parts = text.Trim().Split(" through ", 2);
        return new RawLink(parts[0], parts.ElementAtOrDefault(1));
    }

    [GeneratedRegex(@"\w+\.\w+(?= AS )")]
    private static partial Regex Table();
}

/// <summary>
/// How the rows and numbers of a table point back to what they were made of, where its scope does not say it already:
/// an entry of the <c>trace.yaml</c> of a folder of models.
/// </summary>
public sealed record TraceHints
{
    public static readonly TraceHints None = new();

    private static readonly string[] Keys = ["rests_on", "feeds", "completes", "relative", "row_of", "sums", "left_out"];

    /// <summary>For an input, the condition by which its rows i decide a row t of the table.</summary>
    public IReadOnlyDictionary<string, string> RestsOn { get; init; } = new Dictionary<string, string>();

    /// <summary>For an input that only some columns hang on, those columns.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Feeds { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Inputs of which a row that is there wants the whole piece that it takes part in: in part that would be another one.</summary>
    public IReadOnlyList<string> Completes { get; init; } = [];

    /// <summary>
    /// For a raw table, the ways by which a raw row would belong to a row of the table if no rule kept it out.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RawLink>> LeftOut { get; init; } = new Dictionary<string, IReadOnlyList<RawLink>>();

    /// <summary>Columns that compare a row with all others.</summary>
    public IReadOnlyList<string> Relative { get; init; } = [];

    /// <summary>The table of Silver (by equal grain) or Bronze (by pointer) whose row a row stands for.</summary>
    public string? RowOf { get; init; }

    /// <summary>For a column, the sums that add up to it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SumOf>> Sums { get; init; } = new Dictionary<string, IReadOnlyList<SumOf>>();

    /// <summary>Reads every <c>trace.yaml</c> below the folders, by schema and table.</summary>
    internal static Dictionary<string, TraceHints> Load(IReadOnlyList<string> folders, List<string> mistakes)
    {
        var found = new Dictionary<string, TraceHints>(StringComparer.Ordinal);
        foreach (string file in folders
            .SelectMany(folder => Directory.EnumerateFiles(folder, "trace.yaml", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal))
        {
            string folder = Path.GetFileName(Path.GetDirectoryName(file)!);
            string schema = folder[(folder.IndexOf('_', StringComparison.Ordinal) + 1)..];
            var yaml = new YamlText(file, mistakes);
            foreach (YamlEntry table in yaml.Document(File.ReadAllText(file)))
            {
                found[$"{schema}.{table.Name}"] = Read(yaml, table.Value);
            }
        }

        return found;
    }

    /// <summary>What is wrong with the hints of a model.</summary>
    /// <param name="model">The model that has them.</param>
    /// <param name="tables">Every table of the graph.</param>
    internal IEnumerable<string> Mistakes(Model model, IReadOnlySet<string> tables)
    {
        string[] columns = [.. model.Table.Columns.Select(column => column.Name)];
        string[] inputs = [.. ModelGraph.Inputs(model)];
        IEnumerable<string> strangers = Feeds.Values.SelectMany(fed => fed).Concat(Relative).Concat(Sums.Keys).Distinct().Except(columns);
        IEnumerable<string> unread = RestsOn.Keys.Concat(Feeds.Keys).Concat(Completes).Distinct().Except(inputs);
        IEnumerable<string> unknown = Sums.Values.SelectMany(sums => sums).Select(sum => sum.Table)
            .Concat(LeftOut.Keys).Concat(LeftOut.Values.SelectMany(links => links).SelectMany(link => link.Tables)).Concat(RowOf is null ? [] : [RowOf]).Distinct().Where(table => !tables.Contains(table));
        return strangers.Select(column => $"trace.yaml: {model.Name} has no column {column}.{ModelLibrary.Suggest(column, columns)}")
            .Concat(Completes.Intersect(inputs).Where(input => model.Scope?.ReadsWhole(input) != false)
                .Select(input => $"trace.yaml: {model.Name} completes no piece by {input}: give the model a `scope` that says which one its rows are in."))
            .Concat(unread.Select(input => $"trace.yaml: {model.Name} does not read {input}.{ModelLibrary.Suggest(input, inputs)}"))
            .Concat(unknown.Select(table => $"trace.yaml: {model.Name} names {table}, which is no table.{ModelLibrary.Suggest(table, tables)}"));
    }

    private static TraceHints Read(YamlText yaml, YamlNode node)
    {
        IReadOnlyList<YamlEntry> entries = yaml.Entries(node);
        foreach (YamlEntry unknown in entries.Where(entry => !Keys.Contains(entry.Name)))
        {
            yaml.Mistake(unknown.Key, $"unknown key `{unknown.Name}`; known: {string.Join(", ", Keys)}.");
        }

        var values = entries.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        return new TraceHints
        {
            RestsOn = Each("rests_on", yaml.Text),
            Feeds = Each("feeds", yaml.Texts),
            LeftOut = Each("left_out", IReadOnlyList<RawLink> (value) => [.. yaml.Texts(value).Select(RawLink.Parse)]),
            Completes = List("completes"),
            Relative = List("relative"),
            RowOf = values.TryGetValue("row_of", out YamlNode? rowOf) ? yaml.Text(rowOf) : null,
            Sums = Each("sums", Sum),
        };

        IReadOnlyList<string> List(string key) => values.TryGetValue(key, out YamlNode? texts) ? yaml.Texts(texts) : [];

        Dictionary<string, T> Each<T>(string key, Func<YamlNode, T> read) =>
            yaml.Entries(values.GetValueOrDefault(key)).ToDictionary(entry => entry.Name, entry => read(entry.Value));

        IReadOnlyList<SumOf> Sum(YamlNode texts)
        {
            SumOf?[] sums = [.. yaml.Texts(texts).Select(SumOf.Parse)];
            if (sums.Contains(null))
            {
                yaml.Mistake(texts, "expected `<value> of <schema.table> [by <condition>] [where <condition>]`.");
            }

            return [.. sums.OfType<SumOf>()];
        }
    }
}
