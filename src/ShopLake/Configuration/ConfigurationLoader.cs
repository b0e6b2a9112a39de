using System.Text.RegularExpressions;
using ShopLake.Catalog;
using YamlDotNet.Core;

namespace ShopLake.Configuration;

/// <summary>Reads <c>shoplake.yaml</c> and tells every mistake in it at once.</summary>
public static partial class ConfigurationLoader
{
    /// <summary>The configuration in a file, with all its paths made absolute.</summary>
    /// <param name="path">The file, as the user named it; mistakes repeat it so.</param>
    /// <param name="overrides"><c>key.path=value</c>, each in place of what the file says.</param>
    /// <param name="environment">Value of an environment variable, or null; the process's own when left out.</param>
    /// <exception cref="ShopLakeException">
    /// The file is missing or wrong; one line <c>FILE:LINE: message</c> for each mistake.
    /// </exception>
    public static LakeConfiguration Load(
        string path, IReadOnlyList<string>? overrides = null, Func<string, string?>? environment = null)
    {
        if (!File.Exists(path))
        {
            throw new ShopLakeException(FailureKind.Usage, Directory.Exists(path)
                ? $"{path} is a folder.\nTry: --config {Path.Combine(path, "shoplake.yaml")}"
                : $"{path} does not exist.\nTry: shoplake init, which writes one, or --config with its place.");
        }

        string file = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Parse(
            File.ReadAllText(path), file, folder, overrides ?? [], environment ?? Environment.GetEnvironmentVariable);
    }

    internal static LakeConfiguration Parse(
        string text, string file, string folder, IReadOnlyList<string> overrides, Func<string, string?> environment)
    {
        var root = ReadYaml(text, file);
        var mistakes = new Mistakes();
        foreach (string assignment in overrides)
            Override(root, assignment, mistakes);

        ExpandVariables(root, environment, mistakes);
        var settings = new SettingReader(mistakes).Read(root);
        var catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);
        var configuration = new ConfigurationBinder(folder, catalog, mistakes).Bind(settings);
        mistakes.ThrowIfAny();
        return configuration;
    }

    private static ConfigurationNode ReadYaml(string text, string file)
    {
        try
        {
            return ConfigurationNode.Read(text, file);
        }
        catch (Exception error) when (error is YamlException or InvalidOperationException)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{file}{WhyNotYaml(text, error)}", error);
        }
    }

    /// <summary>A line and what is wrong there. The parser itself tells of a tab where the group around it began.</summary>
    private static string WhyNotYaml(string text, Exception error)
    {
        var where = error as YamlException;
        int line = (int)(where?.Start.Line ?? 1);
        bool mayBeTab = where is null || where.Message.Contains(" tab ", StringComparison.Ordinal);
        int tab = mayBeTab ? Array.FindIndex(text.Split('\n'), line - 1, TabBefore().IsMatch) + 1 : 0;
        return tab > 0
            ? $":{tab}: this is not YAML: a tab stands before the text. Indent with spaces."
            : where is not null
                ? $":{line}: this is not YAML: {where.Message}"
                // The parser's word for some texts that end where it expects more.
                : ": this is not YAML. Look for what is not closed or not indented like the lines around it.";
    }

    /// <summary>Sets one value; groups on the way to it are made where they are missing.</summary>
    private static void Override(ConfigurationNode root, string assignment, Mistakes mistakes)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        string path = equals < 0 ? assignment : assignment[..equals];
        string where = $"--set {path}";
        ConfigurationNode New(NodeKind kind, string text = "") => new(kind, where, int.MaxValue) { Text = text };

        string[] names = path.Split('.');
        if (equals < 0 || names.Contains(""))
        {
            mistakes.Add(New(NodeKind.Text), $"'{assignment}' is not of the form key.path=value.");
            return;
        }

        var group = root;
        foreach (string name in names[..^1])
        {
            var next = group.Find(name);
            if (next is not { Kind: NodeKind.Map })
            {
                group.Entries.RemoveAll(entry => entry.Key.Text == name);
                next = New(NodeKind.Map);
                group.Entries.Add((New(NodeKind.Text, name), next));
            }

            group = next;
        }

        group.Entries.RemoveAll(entry => entry.Key.Text == names[^1]);
        group.Entries.Add((New(NodeKind.Text, names[^1]), New(NodeKind.Text, assignment[(equals + 1)..])));
    }

    private static void ExpandVariables(ConfigurationNode root, Func<string, string?> environment, Mistakes mistakes)
    {
        // A node with aliases is below several others, and what a variable holds is not expanded again.
        foreach (var node in root.Descendants().Distinct().Where(node => node.Kind == NodeKind.Text))
            ExpandVariablesOf(node, environment, mistakes);
    }

    private static void ExpandVariablesOf(ConfigurationNode node, Func<string, string?> environment, Mistakes mistakes)
    {
        node.Written = node.Text;
        node.Text = Variable().Replace(node.Text, match =>
        {
            string name = match.Groups["name"].Value;
            if (environment(name) is { } value)
                return value;

            if (match.Groups["default"].Success)
                return match.Groups["default"].Value;

            mistakes.Add(node, name.Length == 0
                ? $"'{match.Value}' is not of the form ${{NAME}} or ${{NAME:-default}}."
                : $"the environment variable {name} is not set; set it, or write ${{{name}:-default}}.");
            return match.Value;
        });
    }

    [GeneratedRegex("^ *\t")]
    private static partial Regex TabBefore();

    [GeneratedRegex(@"\$\{(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<default>[^}]*))?\}|[^}]*\}?)")]
    private static partial Regex Variable();
}
