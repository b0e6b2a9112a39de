using ShopLake.Catalog;
using YamlDotNet.RepresentationModel;

namespace ShopLake.Models;

/// <summary>The YAML in the block comment that opens a model or a check.</summary>
internal sealed class SqlHeader
{
    private readonly string _file;
    private readonly List<string> _mistakes;
    private readonly YamlText _yaml;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    private SqlHeader(string file, List<string> mistakes)
    {
        _file = file;
        _mistakes = mistakes;
        _yaml = new YamlText(file, mistakes);
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

        int before = mistakes.Count;
        IReadOnlyList<YamlEntry> entries = header._yaml.Document(sql[2..end]);
        header.IsUnread = mistakes.Count > before && entries.Count == 0;
        foreach (YamlEntry entry in entries)
        {
            header.Add(entry, knownKeys);
        }

        return header;
    }

    /// <summary>Whether it could not be read, which is told; then nothing is lacking in it.</summary>
    public bool IsUnread { get; private set; }

    public string? TextOrNull(string key) =>
        _values.GetValueOrDefault(key) is YamlScalarNode { Value: { Length: > 0 } text } ? text.Trim() : null;

    public string Text(string key)
    {
        if (TextOrNull(key) is { } text)
        {
            return text;
        }

        if (!IsUnread)
        {
            _mistakes.Add($"{_file}:1: the header lacks `{key}`.");
        }

        return "";
    }

    public IReadOnlyList<string> List(string key) => _values.GetValueOrDefault(key) switch
    {
        null or YamlScalarNode { Value: null or "" } => [],
        YamlNode node => _yaml.Texts(node),
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

        return new Scope(key is ["row"] ? Models.Scope.Row : key, _yaml.Entries(_values.GetValueOrDefault("reads")).ToDictionary(
            read => read.Name,
            read => (IReadOnlyList<PieceMapping>)[.. _yaml.Texts(read.Value).Select(PieceMapping.Parse)],
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

        var parts = _yaml.Entries(node).ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal);
        if (parts.Keys.Except(["at", "neighbours", "during"]).Any()
            || parts.GetValueOrDefault("at") is not YamlScalarNode { Value: { Length: > 0 } at }
            || parts.GetValueOrDefault("during") is not YamlMappingNode during)
        {
            _yaml.Mistake(node, "`timeline` takes at (a column), during (for inputs, the time of a row)"
                + " and, where not every row counts, neighbours (a condition).");
            return null;
        }

        return new Timeline(at, parts.TryGetValue("neighbours", out YamlNode? neighbours) ? _yaml.Text(neighbours) : null,
            _yaml.Entries(during).ToDictionary(input => input.Name, input => Span.Parse(_yaml.Text(input.Value)), StringComparer.Ordinal));
    }

    private void Add(YamlEntry entry, IReadOnlyList<string> knownKeys)
    {
        if (knownKeys.Contains(entry.Name))
        {
            _values[entry.Name] = entry.Value;
            return;
        }

        _yaml.Mistake(entry.Key, $"unknown key `{entry.Name}`; known: {string.Join(", ", knownKeys)}.");
    }
}
