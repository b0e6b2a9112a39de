using System.Text.RegularExpressions;
using System.Xml.Linq;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Architecture;

/// <summary>Folders depend on each other one way only. This table is the architecture; the code has to follow it.</summary>
public sealed partial class LayerTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Catalog"] = [],
        ["Configuration"] = ["Catalog"],
        ["Bronze"] = ["Catalog", "Configuration"],
        ["Ingest"] = ["Catalog", "Configuration", "Bronze"],
        ["Models"] = ["Catalog"],
        ["Run"] = ["Catalog", "Configuration", "Bronze", "Models"],
        ["Explain"] = ["Catalog", "Configuration", "Bronze", "Models", "Run"],
    };

    private static readonly Dictionary<string, string[]> ProjectsMayUse = new()
    {
        ["ShopLake"] = [],
        ["ShopLake.Engines"] = ["ShopLake"],
        ["ShopLake.Simulator"] = [],
        ["ShopLake.Cli"] = ["ShopLake", "ShopLake.Engines", "ShopLake.Simulator"],
    };

    [Fact]
    public void Folders_of_the_library_depend_one_way_only()
    {
        string library = Repository.PathOf("src/ShopLake");
        string[] folders = [.. Directory.EnumerateDirectories(library).Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj")).Order().Cast<string>()];

        folders.ShouldBeSubsetOf(MayUse.Keys, "a new folder needs its place in the table above");
        folders.SelectMany(folder => Offences(library, folder)).ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_no_circle()
    {
        var done = new HashSet<string>();
        while (MayUse.Keys.FirstOrDefault(name => !done.Contains(name) && MayUse[name].All(done.Contains)) is { } next)
        {
            done.Add(next);
        }

        done.Count.ShouldBe(MayUse.Count);
    }

    [Fact]
    public void A_use_in_the_wrong_direction_is_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Catalog/Odd.cs", "using ShopLake.Run;\n");

        Offences(folder.Path, "Catalog").ShouldBe(["Catalog/Odd.cs:1: Catalog must not use Run"]);
    }

    /// <summary>The client of Spark Connect could stand alone: it speaks the protocol and knows no warehouse.</summary>
    [Fact]
    public void Clients_of_servers_know_no_engine()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("src/ShopLake.Engines/Spark/Connect"), "*.cs"))
        {
            EnginesNamespace().Matches(File.ReadAllText(file)).Select(use => use.Value)
                .Where(use => !use.StartsWith("ShopLake.Engines.Spark.Connect", StringComparison.Ordinal))
                .ShouldBeEmpty(file);
        }

        EnginesNamespace().Count("using ShopLake.Engines.Spark;").ShouldBe(1);
    }

    [Fact]
    public void Projects_depend_one_way_only()
    {
        foreach ((string project, string[] allowed) in ProjectsMayUse)
        {
            XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj"))
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .ShouldBeSubsetOf(allowed);
        }
    }

    private static IEnumerable<string> Offences(string library, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(library, folder), "*.cs", SearchOption.AllDirectories).Order())
        {
            string[] lines = File.ReadAllLines(file);
            for (int line = 0; line < lines.Length; line++)
            {
                foreach (Match use in LibraryNamespace().Matches(lines[line]))
                {
                    string used = use.Groups[1].Value;
                    if (used != folder && MayUse.ContainsKey(used) && !MayUse[folder].Contains(used))
                    {
                        yield return $"{Path.GetRelativePath(library, file)}:{line + 1}: {folder} must not use {used}";
                    }
                }
            }
        }
    }

    [GeneratedRegex(@"\bShopLake\.([A-Z]\w+)")]
    private static partial Regex LibraryNamespace();

    [GeneratedRegex(@"\bShopLake\.Engines\.[\w.]+")]
    private static partial Regex EnginesNamespace();
}
