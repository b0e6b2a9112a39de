using ShopLake.Catalog;

namespace ShopLake.Configuration;

/// <summary>Checks a tree against <see cref="KnownKeys"/>: unknown and repeated keys, missing ones, types.</summary>
internal sealed class SettingReader(Mistakes mistakes)
{
    public Setting Read(ConfigurationNode root) => Read(KnownKeys.Root, "", root);

    private Setting Read(KnownKey known, string path, ConfigurationNode node)
    {
        if (known.Children.Count > 0 && (node.Kind == NodeKind.Map || known.Type is null))
            return ReadGroup(known, path, node);

        object? value = node.Kind switch
        {
            NodeKind.Text => ReadText(known.Type!, path, node),
            NodeKind.List when known.Type == ValueType.TextList => ReadList(path, node),
            _ => null,
        };
        if (node.Kind == NodeKind.Empty)
            mistakes.Add(node, $"{path} has no value; give it one or remove the key.");
        else if (node.Kind != NodeKind.Text && value is null)
            mistakes.Add(node, $"{path} must be {known.Type!.Words}, not a {Word(node.Kind)}.");

        return new Setting(known, path, node, value);
    }

    private object? ReadText(ValueType type, string path, ConfigurationNode node)
    {
        if (HoldsNul(path, node))
            return null;

        object? value = type.Parse(node.Text);
        if (value is null)
        {
            string? nearest = NearestName.Of(node.Text, type.Known?.Invoke() ?? []);
            mistakes.Add(node, $"{path}: '{node.Text}' is not {type.Words}.{DidYouMean(nearest)}");
        }

        return type == ValueType.TextList && value is string text ? new[] { text } : value;
    }

    private string[]? ReadList(string path, ConfigurationNode node)
    {
        foreach (var item in node.Items.Where(item => item.Kind != NodeKind.Text))
            mistakes.Add(item, $"{path} must be a list of texts.");

        foreach (var item in node.Items)
            HoldsNul(path, item);

        return [.. node.Items.Select(item => item.Text)];
    }

    /// <summary>Neither paths nor SQL can hold it, nor any text of Bronze.</summary>
    private bool HoldsNul(string path, ConfigurationNode node)
    {
        bool holdsNul = node.Text.Contains('\0', StringComparison.Ordinal);
        if (holdsNul)
            mistakes.Add(node, $"{path} holds a NUL character; remove it.");

        return holdsNul;
    }

    private Setting ReadGroup(KnownKey known, string path, ConfigurationNode node)
    {
        var group = new Setting(known, path, node, null);
        string subject = path.Length == 0 ? "The file" : path;
        if (node.Kind == NodeKind.Empty && path.Length > 0)
            mistakes.Add(node, $"{path} has no keys; give it some or remove it.");
        else if (node.Kind is NodeKind.Text or NodeKind.List)
            mistakes.Add(node, $"{subject} must hold keys ({Names(known)}), not a {Word(node.Kind)}.");

        var firstLines = new Dictionary<string, ConfigurationNode>();
        foreach (var (key, value) in node.Entries)
            ReadEntry(group, key, value, firstLines);

        foreach (var missing in known.Children.Where(child => child.IsRequired && !group.Has(child.Name)))
            mistakes.Add(node, $"{subject} needs the key {missing.Name}: {missing.Description}");

        return group;
    }

    private void ReadEntry(
        Setting group, ConfigurationNode key, ConfigurationNode value, Dictionary<string, ConfigurationNode> first)
    {
        if (HoldsNul($"A key of {(group.Path.Length == 0 ? "the file" : group.Path)}", key))
            return;

        string path = group.Path.Length == 0 ? key.Text : $"{group.Path}.{key.Text}";
        var known = group.Known.Find(key.Text);
        if (key.Kind is NodeKind.List or NodeKind.Map)
        {
            mistakes.Add(key, $"A key of {group.Path} must be a text.");
        }
        else if (!first.TryAdd(key.Text, key))
        {
            mistakes.Add(key, $"{path} is given twice, first at {first[key.Text].Where}.");
        }
        else if (known is null)
        {
            string? nearest = NearestName.Of(key.Text, group.Known.Children.Select(child => child.Name));
            string help = nearest is null ? $" Known keys here: {Names(group.Known)}." : DidYouMean(nearest);
            mistakes.Add(key, $"{path} is not a known key.{help}");
        }
        else
        {
            group.Children.Add(key.Text, Read(known, path, value));
        }
    }

    internal static string DidYouMean(string? nearest) => nearest is null ? "" : $" Did you mean '{nearest}'?";

    private static string Word(NodeKind kind) => kind.ToString().ToLowerInvariant();

    private static string Names(KnownKey known) => known.Any is null
        ? string.Join(", ", known.Children.Select(child => child.Name))
        : "names of your choice";
}
