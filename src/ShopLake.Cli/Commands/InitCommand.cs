using System.CommandLine;
using System.Reflection;
using ShopLake.Cli.Output;
using ShopLake.Configuration;

namespace ShopLake.Cli.Commands;

/// <summary><c>init</c>: a folder that <c>run</c> works in at once, to be changed into one's own.</summary>
internal static class InitCommand
{
    private const string ResourcePrefix = "Templates/";
    private const string SchemaFile = "shoplake.schema.json";

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "init", "Writes a commented shoplake.yaml, a small sample of feeds and a README into a folder.",
            "shoplake init", "shoplake init my-shop");
        var folder = new Argument<string>("dir")
        {
            Description = "The folder; made where it does not exist.",
            DefaultValueFactory = _ => ".",
        };
        folder.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] } token])
                result.AddError($"'{token.Value}' is neither an option nor the name of a folder.");
        });
        verb.Add(folder);
        verb.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(folder)));
        return verb;
    }

    private static int Run(Terminal terminal, string folder)
    {
        var files = Files();
        string[] standing = [.. files.Keys.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
        if (standing.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"init overwrites nothing, and these files exist: {string.Join(", ", standing)}.\n"
                + "Try: shoplake init with another folder.");
        }

        foreach (var (name, text) in files)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            terminal.Write($"wrote {path}");
        }

        string change = folder == "." ? "" : $"cd {LakeOptions.Word(folder)} && ";
        terminal.Write($"Next: {change}shoplake run");
        return 0;
    }

    /// <summary>The files to write, by their names inside the folder.</summary>
    internal static SortedDictionary<string, string> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [SchemaFile] = ConfigurationReference.JsonSchema(),
        };
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            if (resource.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                files.Add(resource[ResourcePrefix.Length..], reader.ReadToEnd());
        }

        return files;
    }
}
