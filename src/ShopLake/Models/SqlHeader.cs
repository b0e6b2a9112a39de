using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ShopLake.Models;

/// <summary>The YAML in the block comment that opens a model or a check.</summary>
internal sealed class SqlHeader
{
    private readonly string _file;
    private readonly List<string> _mistakes;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    private SqlHeader(string file, List<string> mistakes)
    {
        _file = file;
        _mistakes = mistakes;
    }

    /// <summary>Reads the header; mistakes are added to the list, with file and line.</summary>
    public static SqlHeader Read(string file, string sql, IReadOnlyList<string> knownKeys, List<string> mistakes)
    {
        var header = new SqlHeader(file, mistakes);
        int end = sql.IndexOf("*/", StringComparison.Ordinal);
        if (!sql.StartsWith("/*", StringComparison.Ordinal) || end < 0)
        {
            mistakes.Add($"{file}:1: expected a header: a block comment with {string.Join(", ", knownKeys)} at the very top.");
            return header;
        }

        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(sql[2..end]));
            if (yaml.Documents.Count > 0 && yaml.Documents[0].RootNode is YamlMappingNode root)
            {
                foreach ((YamlNode key, YamlNode value) in root.Children)
                {
                    header.Add(key, value, knownKeys);
                }
            }
        }
        catch (YamlException exception)
        {
            mistakes.Add($"{file}:{exception.Start.Line}: {exception.Message}");
        }

        return header;
    }

    public string Text(string key)
    {
        if (_values.TryGetValue(key, out YamlNode? node) && node is YamlScalarNode { Value: { Length: > 0 } text })
        {
            return text.Trim();
        }

        _mistakes.Add($"{_file}:1: the header lacks `{key}`.");
        return "";
    }

    public IReadOnlyList<string> List(string key) => _values.GetValueOrDefault(key) switch
    {
        YamlSequenceNode items => [.. items.Select(item => ((YamlScalarNode)item).Value!)],
        YamlScalarNode { Value: { Length: > 0 } one } => [one],
        _ => [],
    };

    /// <summary>The <c>scope</c> and <c>reads</c> of the header, or null where it has none.</summary>
    public Scope? Scope()
    {
        IReadOnlyList<string> key = List("scope");
        if (key.Count == 0)
        {
            _mistakes.AddRange(new[] { "reads", "timeline" }.Where(_values.ContainsKey)
                .Select(part => $"{_file}:1: `{part}` stands without `scope`."));
            return null;
        }

        IEnumerable<KeyValuePair<YamlNode, YamlNode>> reads =
            _values.GetValueOrDefault("reads") is YamlMappingNode mapping ? mapping.Children : [];
        return new Scope(key is ["row"] ? Models.Scope.Row : key, reads.ToDictionary(
            read => ((YamlScalarNode)read.Key).Value!,
            read => (IReadOnlyList<PieceMapping>)[.. Texts(read.Value).Select(PieceMapping.Parse)],
            StringComparer.Ordinal))
        {
            Timeline = Timeline(),
        };
    }

    private Timeline? Timeline()
    {
        if (!_values.TryGetValue("timeline", out YamlNode? node))
        {
            return null;
        }

        var parts = (node as YamlMappingNode)?.Children.ToDictionary(
            part => ((YamlScalarNode)part.Key).Value!, part => part.Value, StringComparer.Ordinal) ?? [];
        if (parts.Keys.Except(["at", "neighbours", "during"]).Any()
            || parts.GetValueOrDefault("at") is not YamlScalarNode { Value: { Length: > 0 } at }
            || parts.GetValueOrDefault("during") is not YamlMappingNode during)
        {
            _mistakes.Add($"{_file}:{node.Start.Line}: `timeline` takes at (a column), during (for inputs, the time of a row)"
                + " and, where not every row counts, neighbours (a condition).");
            return null;
        }

        return new Timeline(at, (parts.GetValueOrDefault("neighbours") as YamlScalarNode)?.Value, during.Children.ToDictionary(
            input => ((YamlScalarNode)input.Key).Value!, input => Span.Parse(((YamlScalarNode)input.Value).Value!), StringComparer.Ordinal));
    }

    private static IEnumerable<string> Texts(YamlNode node) => node is YamlSequenceNode items
        ? items.Select(item => ((YamlScalarNode)item).Value!)
        : [((YamlScalarNode)node).Value!];

    private void Add(YamlNode key, YamlNode value, IReadOnlyList<string> knownKeys)
    {
        string name = ((YamlScalarNode)key).Value!;
        if (knownKeys.Contains(name))
        {
            _values[name] = value;
            return;
        }

        _mistakes.Add($"{_file}:{key.Start.Line}: unknown key `{name}`; known: {string.Join(", ", knownKeys)}.");
    }
}
