using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Engines.DuckDb;

/// <summary>DuckDB's warehouses: a file in the lake, a file for each kept state of the past.</summary>
internal sealed class DuckDbProvider : IEngineProvider
{
    public string Name => "duckdb";

    public string About => "embedded, the default; nothing to install";

    public string Version(LakeConfiguration? configuration)
    {
        using var engine = DuckDbEngine.Open(":memory:", "SELECT 1", "256MB", spillFolder: null);
        return engine.Version;
    }

    public IEngine Open(LakeConfiguration configuration)
    {
        Directory.CreateDirectory(configuration.Lake);
        return Open(configuration, WarehouseOf(configuration));
    }

    public IEngine OpenScratch(LakeConfiguration configuration)
    {
        Directory.CreateDirectory(configuration.Lake);
        return Open(configuration, ":memory:");
    }

    public IEngine OpenAsOf(LakeConfiguration configuration, long sequence)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(AsOfFile(configuration, sequence))!);
        return Open(configuration, AsOfFile(configuration, sequence));
    }

    public IWarehouseReader OpenReader(LakeConfiguration configuration) =>
        OpenReader(configuration, WarehouseOf(configuration));

    public IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) =>
        OpenReader(configuration, AsOfFile(configuration, sequence));

    public string WarehouseOf(LakeConfiguration configuration) => Path.Combine(configuration.Lake, "warehouse.duckdb");

    private static DuckDbReader OpenReader(LakeConfiguration configuration, string file) => File.Exists(file)
        ? DuckDbReader.Open(file, configuration.Lake, configuration.Limits.MemoryLimit)
        : throw new ShopLakeException(FailureKind.OutOfReach,
            $"There is no warehouse at {file} yet.\nTry: shoplake run, which builds it.");

    private static DuckDbEngine Open(LakeConfiguration configuration, string file) => DuckDbEngine.Open(
        file, $"{BronzeReader.SetLake(configuration.Lake)};\n{ModelVocabulary.Functions("duckdb", configuration)}",
        configuration.Limits.MemoryLimit, Path.Combine(configuration.Lake, ".spill"));

    private static string AsOfFile(LakeConfiguration configuration, long sequence) =>
        Path.Combine(configuration.Lake, ".asof", FormattableString.Invariant($"{sequence:D12}.duckdb"));
}
