using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Engines.Postgres;
using ShopLake.Engines.Spark;
using ShopLake.Engines.Sqlite;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Engines;

/// <summary>An engine of this build.</summary>
/// <param name="Name">The word for it in <c>shoplake.yaml</c>.</param>
/// <param name="IsReachable">Whether a run could use it now.</param>
/// <param name="Version">Its own version; null where it cannot be reached.</param>
/// <param name="About">What it needs; where it cannot be reached, why, and what to do.</param>
public sealed record EngineState(string Name, bool IsReachable, string? Version, string About);

/// <summary>Opens the warehouse that a configuration names: the one place where engines are told apart.</summary>
public static class LakeEngine
{
    private static readonly IReadOnlyList<IEngineProvider> Providers =
        [new DuckDbProvider(), new SqliteProvider(), new PostgresProvider(), new SparkProvider()];

    /// <summary>The words for all engines of this build.</summary>
    public static IReadOnlyList<string> Names => [.. Providers.Select(provider => provider.Name)];

    /// <summary>For a run: made where it is missing, held until disposed.</summary>
    /// <exception cref="ShopLakeException">Another process holds it, or it is out of reach.</exception>
    public static IEngine Open(LakeConfiguration configuration) => ProviderOf(configuration).Open(configuration);

    /// <summary>
    /// An empty warehouse of the same engine that is gone when disposed, to compute beside the live one.
    /// </summary>
    public static IEngine OpenScratch(LakeConfiguration configuration) =>
        ProviderOf(configuration).OpenScratch(configuration);

    /// <summary>The warehouse that keeps the state at a commit, made where it is missing.</summary>
    public static IEngine OpenAsOf(LakeConfiguration configuration, long sequence) =>
        ProviderOf(configuration).OpenAsOf(configuration, sequence);

    /// <summary>For questions about the state at a commit that was built before.</summary>
    public static IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) =>
        ProviderOf(configuration).OpenAsOfReader(configuration, sequence);

    /// <summary>For questions, also about a warehouse in which nothing was published yet.</summary>
    /// <exception cref="ShopLakeException">There is no warehouse yet, or a run holds it.</exception>
    public static IWarehouseReader OpenReader(LakeConfiguration configuration) =>
        ProviderOf(configuration).OpenReader(configuration);

    /// <summary>For questions about the published state.</summary>
    /// <exception cref="ShopLakeException">Nothing was published yet, or a run holds the warehouse.</exception>
    public static IWarehouseReader OpenPublishedReader(LakeConfiguration configuration)
    {
        IWarehouseReader reader = OpenReader(configuration);
        try
        {
            return reader.Exists(OpsTables.Published) ? reader : throw Publication.Missing();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>For questions about Gold alone: they never wait for a run, nor keep one waiting.</summary>
    /// <exception cref="ShopLakeException">Nothing was published yet.</exception>
    public static IWarehouseReader OpenGoldReader(LakeConfiguration configuration) =>
        ProviderOf(configuration) is DuckDbProvider && new GoldFolder(configuration.Lake).CurrentFolder is { } gold
            ? DuckDbReader.OpenGold(
                gold, ModelVocabulary.Functions("duckdb", configuration), configuration.Limits.MemoryLimit)
            : OpenPublishedReader(configuration);

    /// <summary>For one question.</summary>
    /// <exception cref="ShopLakeException">Nothing was published yet, or a run holds what is asked for.</exception>
    public static IWarehouseReader OpenReader(LakeConfiguration configuration, string sql) =>
        ReadsGoldOnly(sql) ? OpenGoldReader(configuration) : OpenReader(configuration);

    /// <summary>What a person deletes to have the warehouse computed anew from Bronze.</summary>
    public static string WarehouseOf(LakeConfiguration configuration) =>
        ProviderOf(configuration).WarehouseOf(configuration);

    /// <summary>Every engine of this build, reached or not.</summary>
    /// <param name="configuration">Where a server listens; null without a <c>shoplake.yaml</c>.</param>
    public static IReadOnlyList<EngineState> States(LakeConfiguration? configuration) =>
        [.. Providers.Select(provider => StateOf(provider, configuration))];

    private static EngineState StateOf(IEngineProvider provider, LakeConfiguration? configuration)
    {
        try
        {
            return new EngineState(provider.Name, true, provider.Version(configuration), provider.About);
        }
        catch (ShopLakeException failure)
        {
            return new EngineState(provider.Name, false, null, failure.Message);
        }
    }

    private static IEngineProvider ProviderOf(LakeConfiguration configuration) =>
        Providers.FirstOrDefault(provider => provider.Name == configuration.Engine)
        ?? throw new ShopLakeException(FailureKind.Usage,
            $"'{configuration.Engine}' is no engine of this build; it has {string.Join(", ", Names)}.");

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
}
