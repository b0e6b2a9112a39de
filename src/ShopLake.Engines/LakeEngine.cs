using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Engines;

/// <summary>Opens the warehouse that a configuration names.</summary>
public static class LakeEngine
{
    /// <summary>For a run: made where it is missing, held until disposed.</summary>
    /// <exception cref="ShopLakeException">Another process holds it.</exception>
    public static IEngine Open(LakeConfiguration configuration)
    {
        Directory.CreateDirectory(configuration.Lake);
        return Open(configuration, WarehouseFile(configuration));
    }

    /// <summary>An empty warehouse that is gone when disposed, to try models on without publishing.</summary>
    public static IEngine OpenScratch(LakeConfiguration configuration)
    {
        Directory.CreateDirectory(configuration.Lake);
        return Open(configuration, ":memory:");
    }

    /// <summary>The warehouse that keeps the state at a commit, made where it is missing.</summary>
    public static IEngine OpenAsOf(LakeConfiguration configuration, long sequence)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(AsOfFile(configuration, sequence))!);
        return Open(configuration, AsOfFile(configuration, sequence));
    }

    /// <summary>For questions about the state at a commit that was built before.</summary>
    public static IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) => DuckDbReader.Open(
        AsOfFile(configuration, sequence), BronzeFolder(configuration), configuration.Limits.MemoryLimit);

    /// <summary>Whether a run has ever opened the warehouse.</summary>
    public static bool HasWarehouse(LakeConfiguration configuration) => File.Exists(WarehouseFile(configuration));

    /// <summary>For questions.</summary>
    /// <exception cref="ShopLakeException">Nothing was published yet.</exception>
    public static IWarehouseReader OpenReader(LakeConfiguration configuration)
    {
        string file = WarehouseFile(configuration);
        if (!HasWarehouse(configuration))
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"There is no warehouse at {file} yet.\nTry: shoplake run, which builds it.");
        }

        return DuckDbReader.Open(file, BronzeFolder(configuration), configuration.Limits.MemoryLimit);
    }

    /// <summary>For one question: a question about Gold alone never waits for a run, nor keeps one waiting.</summary>
    /// <exception cref="ShopLakeException">Nothing was published yet, or a run holds what is asked for.</exception>
    public static IWarehouseReader OpenReader(LakeConfiguration configuration, string sql) =>
        new GoldFolder(configuration.Lake).CurrentFolder is { } gold && ReadsGoldOnly(sql)
            ? DuckDbReader.OpenGold(
                gold, ModelVocabulary.Functions("duckdb", configuration), configuration.Limits.MemoryLimit)
            : OpenReader(configuration);

    private static bool ReadsGoldOnly(string sql)
    {
        using var parser = new SqlParser();
        try
        {
            var tables = parser.References("query", sql);
            return tables.Count > 0 && tables.All(table => table.Name.StartsWith("gold.", StringComparison.Ordinal));
        }
        catch (ShopLakeException)
        {
            // What is wrong with the text is told by the reader that refuses it.
            return false;
        }
    }

    private static DuckDbEngine Open(LakeConfiguration configuration, string file) => DuckDbEngine.Open(
        file, ModelVocabulary.Functions("duckdb", configuration), configuration.Limits.MemoryLimit,
        Path.Combine(configuration.Lake, ".spill"));

    private static string AsOfFile(LakeConfiguration configuration, long sequence) =>
        Path.Combine(configuration.Lake, ".asof", FormattableString.Invariant($"{sequence:D12}.duckdb"));

    private static string BronzeFolder(LakeConfiguration configuration) => Path.Combine(configuration.Lake, "bronze");

    private static string WarehouseFile(LakeConfiguration configuration) =>
        Path.Combine(configuration.Lake, "warehouse.duckdb");
}
