using System.Diagnostics;
using ShopLake.Models;

namespace ShopLake.Bench;

/// <summary>The models as a project of another tool: same SQL, its way to write a reference.</summary>
/// <param name="Name">The tool; its settings stand in <c>bench/peers</c> under this name.</param>
/// <param name="Executable">The tool's program.</param>
/// <param name="Arguments">What makes it compute every model.</param>
internal sealed record PeerProject(string Name, string Executable, IReadOnlyList<string> Arguments)
{
    /// <summary>The tools installed in a folder.</summary>
    public static IEnumerable<PeerProject> In(string folder)
    {
        yield return new PeerProject("dbt", Path.Combine(folder, "dbt", "bin", "dbt"), ["run", "--quiet", "--profiles-dir", "."]);
        yield return new PeerProject("sqlmesh", Path.Combine(folder, "sqlmesh", "bin", "sqlmesh"),
            ["plan", "--auto-apply", "--no-prompts", "--skip-tests"]);
    }

    /// <summary>Writes the project; the warehouse file is put beside it by the caller.</summary>
    public void Write(string folder, ModelLibrary library)
    {
        string settings = Path.Combine(AppContext.BaseDirectory, "peers", Name);
        foreach (string file in Directory.EnumerateFiles(settings, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(settings, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (Model model in library.Models)
        {
            string target = Path.Combine(folder, "models", model.Table.Schema, $"{Unique(model.Name)}.sql");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, Name == "dbt" ? ForDbt(model, library) : $"MODEL (name {model.Name}, kind FULL);\n\n{Sql(model)}\n");
        }
    }

    /// <summary>Runs it in the project's folder.</summary>
    /// <exception cref="InvalidOperationException">The tool failed.</exception>
    public void Run(string folder)
    {
        var start = new ProcessStartInfo(Executable, Arguments) { WorkingDirectory = folder };
        start.Environment["DO_NOT_TRACK"] = "1";
        start.Environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false";
        start.Environment["SQLMESH__DISABLE_ANONYMIZED_ANALYTICS"] = "true";
        BenchShop.Run(start);
    }

    private static string ForDbt(Model model, ModelLibrary library)
    {
        string sql = model.SqlReading(library.Models.ToDictionary(
            read => read.Name, read => $"{{{{ ref('{Unique(read.Name)}') }}}}", StringComparer.Ordinal));
        return $"{{{{ config(schema='{model.Table.Schema}', alias='{model.Table.Name}') }}}}\n{sql.TrimEnd().TrimEnd(';')}\n";
    }

    private static string Sql(Model model) => model.Sql.TrimEnd().TrimEnd(';');

    private static string Unique(string name) => name.Replace(".", "__", StringComparison.Ordinal);
}
