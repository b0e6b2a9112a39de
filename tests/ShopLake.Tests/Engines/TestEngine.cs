using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Tests.Engines;

/// <summary>An engine that tests run on.</summary>
internal static class TestEngine
{
    /// <summary>
    /// Settings that choose an engine, as <c>--set</c> takes them; skips the test where it is out of reach.
    /// </summary>
    /// <param name="lake">The lake's folder, where its warehouse outlives an engine: each has a warehouse of its
    /// own.</param>
    public static IReadOnlyList<string> Settings(string engine, string lake = "warehouses that are gone when disposed") => engine == "postgres"
        ? ["engine=postgres", $"url={TestPostgres.DatabaseOf(lake)}"]
        : [$"engine={engine}"];

    /// <summary>A lake without feeds, one source for each raw table.</summary>
    public static LakeConfiguration Configuration(string engine, string lake, params IEnumerable<string> settings)
    {
        string yaml = $"lake: {lake}\nsources:\n" + string.Concat(LakeCatalog.RawTables.Select(table =>
            $"  {table}: {{ table: {table}, path: {table}.csv, format: csv, source_system: shop }}\n"));
        return ConfigurationLoader.Parse(yaml, "shoplake.yaml", lake, [.. Settings(engine, lake), .. settings], _ => null);
    }

    /// <summary>
    /// The tables that another engine computes otherwise from the same Bronze, inputs first, each with both digests;
    /// empty where all are equal.
    /// </summary>
    public static string Differences(
        IEngine live, string other, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze)
    {
        LakeConfiguration otherwise = configuration with { Engine = other };
        using IEngine rebuilt = LakeEngine.OpenScratch(otherwise);
        Rebuild.Into(rebuilt, library, otherwise, bronze, null, CancellationToken.None);
        return string.Join('\n', library.Models
            .Select(model => (
                model.Name, Ours: live.Digest(model.Table, default), Theirs: rebuilt.Digest(model.Table, default)))
            .Where(table => table.Ours != table.Theirs)
            .Select(table => $"{table.Name}: {table.Ours.Rows} rows {table.Ours.Short} in {live.Name}, "
                + $"{table.Theirs.Rows} rows {table.Theirs.Short} in {other}"));
    }
}
