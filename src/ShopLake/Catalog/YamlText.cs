using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ShopLake.Catalog;

/// <summary>A name in a YAML mapping and what stands behind it.</summary>
internal readonly record struct YamlEntry(YamlNode Key, string Name, YamlNode Value);

/// <summary>
/// The YAML that models bring along: headers, <c>tables.yaml</c>, <c>trace.yaml</c>. What is not of the expected form becomes a
/// mistake with its file and line, and reads as if it were not there.
/// </summary>
internal sealed class YamlText(string file, List<string> mistakes)
{
    /// <summary>The entries of a text that is one mapping; none where it is empty.</summary>
    public IReadOnlyList<YamlEntry> Document(string text)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents.Count > 0 ? Entries(yaml.Documents[0].RootNode) : [];
        }
        catch (YamlException exception)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{exception.Start.Line}: this is not YAML: {exception.Message}"));
        }
        catch (InvalidOperationException)
        {
            // The parser's word for some texts that end where it expects more.
            mistakes.Add($"{file}: this is not YAML. Look for what is not closed or not indented like the lines around it.");
        }

        return [];
    }

    public IReadOnlyList<YamlEntry> Entries(YamlNode? node)
    {
        var entries = new List<YamlEntry>();
        if (node is YamlMappingNode mapping)
        {
            foreach ((YamlNode key, YamlNode value) in mapping.Children)
            {
                string name = Text(key);
                if (entries.Exists(entry => entry.Name == name))
                {
                    Mistake(key, $"`{name}` stands twice; remove one.");
                    continue;
                }

                entries.Add(new YamlEntry(key, name, value));
            }
        }
        else if (node is not (null or YamlScalarNode { Value: null or "" }))
        {
            Mistake(node, "expected names with values, `name: value`.");
        }

        return entries;
    }

    /// <summary>One text, or each of a list.</summary>
    public IReadOnlyList<string> Texts(YamlNode node) => node is YamlSequenceNode items ? [.. items.Select(Text)] : [Text(node)];

    public string Text(YamlNode node)
    {
        if (node is YamlScalarNode scalar)
        {
            return scalar.Value ?? "";
        }

        Mistake(node, "expected a text; put it in quotes where it begins with { or [.");
        return "";
    }

    public void Mistake(YamlNode node, string message) => mistakes.Add($"{PlaceOf(node)}: {message}");

    /// <summary>File and line.</summary>
    public string PlaceOf(YamlNode node) => string.Create(CultureInfo.InvariantCulture, $"{file}:{node.Start.Line}");
}
