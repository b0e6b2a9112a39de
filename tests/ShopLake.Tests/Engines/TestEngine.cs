using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Tests.Engines;

/// <summary>An engine that tests run on. Whoever adds one adds its name here and a declaration of the suite.</summary>
internal static class TestEngine
{
    /// <summary>The engines whose results are held against DuckDB's, case by case.</summary>
    public static readonly IReadOnlyList<string> Others = [];

    /// <summary>Settings that choose an engine, as <c>--set</c> takes them; skips the test where it is out of reach.</summary>
    public static IReadOnlyList<string> Settings(string engine) => [$"engine={engine}"];

    /// <summary>A lake without feeds, one source for each raw table.</summary>
    public static LakeConfiguration Configuration(string engine, string lake, params IEnumerable<string> settings)
    {
        string yaml = $"lake: {lake}\nsources:\n" + string.Concat(LakeCatalog.RawTables.Select(table =>
            $"  {table}: {{ table: {table}, path: {table}.csv, format: csv, source_system: shop }}\n"));
        return ConfigurationLoader.Parse(yaml, "shoplake.yaml", lake, [.. Settings(engine), .. settings], _ => null);
    }
}
