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
    public static IReadOnlyList<string> Settings(string engine, string lake = "warehouses that are gone when disposed") => engine switch
    {
        "postgres" => ["engine=postgres", $"url={TestPostgres.DatabaseOf(lake)}"],
        "spark" => OfSpark(TestSpark.Url),
        _ => [$"engine={engine}"],
    };

    /// <summary>The settings of a Spark.</summary>
    public static IReadOnlyList<string> OfSpark(string url) => ["engine=spark", $"url={ForFewRows(url)}"];

    /// <summary>Spark plans for much data; for a handful of rows a task is enough, and compiling it takes longer than running it.</summary>
    private static string ForFewRows(string url) => url + (url.Contains("/;", StringComparison.Ordinal) ? ";" : "/;")
        + "spark.sql.shuffle.partitions=1;spark.sql.adaptive.enabled=false;spark.sql.codegen.wholeStage=false";

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
        TableDefinition[] tables = [.. library.Models.Select(model => model.Table)];
        return string.Join('\n', library.Models.Zip(live.Digests(tables, default), rebuilt.Digests(tables, default))
            .Select(table => (table.First.Name, Ours: table.Second, Theirs: table.Third))
            .Where(table => table.Ours != table.Theirs)
            .Select(table => $"{table.Name}: {table.Ours.Rows} rows {table.Ours.Short} in {live.Name}, "
                + $"{table.Theirs.Rows} rows {table.Theirs.Short} in {other}"));
    }
}
