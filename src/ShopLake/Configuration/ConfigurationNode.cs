using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ShopLake.Configuration;

internal enum NodeKind
{
    Empty,
    Text,
    List,
    Map,
}

/// <summary>
/// A value of <c>shoplake.yaml</c> that knows where it was written. Unlike YAML libraries' own trees it keeps
/// keys that are given twice, so that they can be reported together with everything else.
/// </summary>
internal sealed class ConfigurationNode(NodeKind kind, string where, int line)
{
    public NodeKind Kind { get; } = kind;

    /// <summary><c>shoplake.yaml:12</c>, or <c>--set key.path</c> for a value from the command line.</summary>
    public string Where { get; } = where;

    public int Line { get; } = line;

    public string Text { get; set; } = "";

    /// <summary>The text as it stands in the file, before variables are filled in.</summary>
    public string Written { get; set; } = "";

    public List<ConfigurationNode> Items { get; } = [];

    public List<(ConfigurationNode Key, ConfigurationNode Value)> Entries { get; } = [];

    /// <summary>This value and all those below it; one with aliases comes once for each.</summary>
    public IEnumerable<ConfigurationNode> Descendants() => Items.Concat(Entries.Select(entry => entry.Value))
        .SelectMany(child => child.Descendants()).Prepend(this);

    public ConfigurationNode? Find(string key) => Entries.Find(entry => entry.Key.Text == key).Value;

    /// <summary>The tree of a YAML text; an empty text is an empty map.</summary>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    /// <exception cref="ShopLakeException">It is nested too deep, or its aliases stand for too much.</exception>
    public static ConfigurationNode Read(string text, string file)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return new ConfigurationNode(NodeKind.Map, $"{file}:1", 1);

        var root = new Reader(parser, file).ReadNode();
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            throw new YamlException(second.Start, second.End, "a second document begins here; one file holds one lake");

        return root;
    }

    private sealed class Reader(Parser parser, string file)
    {
        // Far beyond any configuration, and long before the stack or anybody's patience ends.
        private const int MostLevels = 100;
        private const int MostRepeated = 100_000;

        private readonly Dictionary<AnchorName, (ConfigurationNode Node, int Size)> _anchors = [];
        private int _level;
        private int _read;
        private int _repeated;

        /// <param name="key">The key above; a map or list begins there for a reader, not at its first entry.</param>
        public ConfigurationNode ReadNode(ConfigurationNode? key = null)
        {
            if (parser.TryConsume<AnchorAlias>(out var alias))
                return Repeat(alias);

            var start = parser.Consume<NodeEvent>();
            int line = start is Scalar || key is null ? (int)start.Start.Line : key.Line;
            string where = $"{file}:{line}";
            int before = _read + _repeated;
            _read++;
            if (++_level > MostLevels)
                throw new ShopLakeException(FailureKind.Usage, $"{where}: this is nested deeper than {MostLevels} levels.");

            var node = start switch
            {
                Scalar scalar => new ConfigurationNode(KindOf(scalar), where, line) { Text = scalar.Value },
                SequenceStart => ReadList(new ConfigurationNode(NodeKind.List, where, line)),
                _ => ReadMap(new ConfigurationNode(NodeKind.Map, where, line)),
            };
            _level--;
            if (!start.Anchor.IsEmpty)
                _anchors[start.Anchor] = (node, _read + _repeated - before);

            return node;
        }

        /// <summary>Aliases of aliases may stand for more values than anything that walks them could ever visit.</summary>
        private ConfigurationNode Repeat(AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out var anchor))
                throw new YamlException(alias.Start, alias.End, $"the anchor *{alias.Value} is not known");

            _repeated += anchor.Size;
            return _repeated <= MostRepeated
                ? anchor.Node
                : throw new ShopLakeException(FailureKind.Usage, $"{file}:{alias.Start.Line}: the aliases up to *{alias.Value} "
                    + $"repeat more than {MostRepeated} values. Write out what is meant.");
        }

        private static NodeKind KindOf(Scalar scalar) =>
            scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" ? NodeKind.Empty : NodeKind.Text;

        private ConfigurationNode ReadList(ConfigurationNode list)
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Items.Add(ReadNode());

            return list;
        }

        private ConfigurationNode ReadMap(ConfigurationNode map)
        {
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = ReadNode();
                map.Entries.Add((key, ReadNode(key)));
            }

            return map;
        }
    }
}
