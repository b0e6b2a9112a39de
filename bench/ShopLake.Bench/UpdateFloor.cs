using System.Globalization;
using ShopLake.Engines.DuckDb;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// The least that an update can cost, whoever computes it: the rows by which two states of a warehouse differ are known
/// beforehand, the rows that go by their numbers, and are written in one transaction, with the files of Gold that they change.
/// </summary>
internal sealed class UpdateFloor
{
    private const string MemoryLimit = "4GB";

    private readonly string _before;
    private readonly string _differences;
    private readonly string _live;
    private readonly string _gold;
    private readonly IReadOnlyList<Model> _models;
    private readonly ModelLibrary _library;

    /// <param name="folder">Where it keeps its files, those of an earlier floor replaced.</param>
    /// <param name="before">The warehouse before the update.</param>
    /// <param name="after">The warehouse behind it.</param>
    /// <param name="library">Its models.</param>
    public UpdateFloor(string folder, string before, string after, ModelLibrary library)
    {
        _library = library;
        _before = before;
        _differences = Path.Combine(folder, "differences.duckdb");
        _live = Path.Combine(folder, "floor.duckdb");
        _gold = Path.Combine(folder, "floor-gold");
        File.Delete(_differences);
        using var engine = DuckDbEngine.Open(_differences, "SELECT 1", MemoryLimit, folder);
        Tell(engine, $"ATTACH '{before}' AS before (READ_ONLY)", $"ATTACH '{after}' AS after (READ_ONLY)");
        _models = [.. library.Models.Where(model => Keep(engine, model) > 0)];
    }

    /// <summary>Makes the state after from the state before.</summary>
    /// <param name="publicOnly">Leaves out the tables that serve other models only.</param>
    /// <returns>What it cost, and what every table of Silver and Gold holds then.</returns>
    public (Cost Cost, Dictionary<string, TableDigest> Tables) Write(bool publicOnly)
    {
        File.Copy(_before, _live, overwrite: true);
        if (Directory.Exists(_gold))
        {
            Directory.Delete(_gold, recursive: true);
        }

        using var engine = DuckDbEngine.Open(_live, "SELECT 1", MemoryLimit, spillFolder: null);
        Tell(engine, $"ATTACH '{_differences}' AS differences (READ_ONLY)");
        Model[] models = [.. _models.Where(model => model.IsPublic || !publicOnly)];
        Cost cost = Cost.Of(() =>
        {
            engine.Begin();
            foreach (Model model in models)
            {
                Tell(engine,
                    $"DELETE FROM {model.Name} WHERE rowid IN (SELECT place FROM {Gone(model)})",
                    $"INSERT INTO {model.Name} SELECT * FROM {Come(model)}");
            }

            foreach (Model model in models.Where(model => model.Table.Schema == "gold"))
            {
                WriteFiles(engine, model);
            }

            engine.Commit();
        });
        return (cost, BenchShop.Digests(engine, _library));
    }

    private void WriteFiles(DuckDbEngine engine, Model model)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_gold, model.Table.Name)).FullName;
        string changed = $"(SELECT * EXCLUDE place FROM {Gone(model)} UNION ALL SELECT * FROM {Come(model)})";
        foreach (GoldPart part in GoldPart.Of(engine, model, changed))
        {
            engine.WriteParquet(model.Table, part.Condition, model.Grain, Path.Combine(folder, part.FileName));
        }
    }

    private static long Keep(DuckDbEngine engine, Model model)
    {
        string row = $"hash({string.Join(", ", model.Table.Columns.Select(column => $"\"{column.Name}\""))})";
        Tell(engine,
            $"CREATE TABLE {Gone(model)} AS SELECT rowid AS place, * FROM before.{model.Name} WHERE {row} NOT IN (SELECT {row} FROM after.{model.Name})",
            $"CREATE TABLE {Come(model)} AS SELECT * FROM after.{model.Name} WHERE {row} NOT IN (SELECT {row} FROM before.{model.Name})");
        return Count(engine, Gone(model)) + Count(engine, Come(model));
    }

    private static string Gone(Model model) => $"differences.{model.Name}_gone";

    private static string Come(Model model) => $"differences.{model.Name}_come";

    private static long Count(DuckDbEngine engine, string rows) =>
        Convert.ToInt64(engine.Query($"SELECT count(*) FROM {rows}", CancellationToken.None).Rows[0][0], CultureInfo.InvariantCulture);

    private static void Tell(DuckDbEngine engine, params IEnumerable<string> statements)
    {
        foreach (string statement in statements)
        {
            _ = engine.Query(statement, CancellationToken.None);
        }
    }
}
