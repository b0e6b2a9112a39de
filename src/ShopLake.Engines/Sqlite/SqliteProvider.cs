using Microsoft.Data.Sqlite;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// SQLite's warehouses: a folder in the lake with a file for each layer, another for each kept state of the past.
/// </summary>
internal sealed class SqliteProvider : IEngineProvider
{
    public string Name => "sqlite";

    public string About => "embedded, one file a layer; nothing to install";

    public string Version(LakeConfiguration? configuration)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }

    public IEngine Open(LakeConfiguration configuration)
    {
        Directory.CreateDirectory(configuration.Lake);
        return SqliteEngine.Open(
            Live(configuration), Settings(configuration),
            WarehouseLock.Take(WarehouseOf(configuration), Path.Combine(configuration.Lake, ".sqlite.lock")));
    }

    public IEngine OpenScratch(LakeConfiguration configuration)
    {
        var scratch = ScratchFolder.In(Path.Combine(configuration.Lake, ".scratch"));
        return SqliteEngine.Open(new Generations(scratch.Folder, "sqlite"), Settings(configuration), scratch);
    }

    public IEngine OpenAsOf(LakeConfiguration configuration, long sequence)
    {
        Directory.CreateDirectory(AsOfFolder(configuration));
        string state = Path.Combine(AsOfFolder(configuration), AsOfName(sequence));
        return SqliteEngine.Open(
            AsOf(configuration, sequence), Settings(configuration), WarehouseLock.Take(state, state + ".lock"));
    }

    public IWarehouseReader OpenReader(LakeConfiguration configuration) =>
        OpenReader(configuration, Live(configuration), WarehouseOf(configuration));

    public IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) =>
        OpenReader(configuration, AsOf(configuration, sequence), AsOfFolder(configuration));

    public string WarehouseOf(LakeConfiguration configuration) => Path.Combine(configuration.Lake, "sqlite");

    private static SqliteReader OpenReader(LakeConfiguration configuration, Generations generations, string where) =>
        generations.CurrentFolder is { } folder
            ? SqliteReader.Open(folder, Settings(configuration))
            : throw new ShopLakeException(FailureKind.OutOfReach,
                $"There is no warehouse at {where} yet.\nTry: shoplake run, which builds it.");

    private static string Settings(LakeConfiguration configuration) =>
        ModelVocabulary.Functions("sqlite", configuration);

    private static Generations Live(LakeConfiguration configuration) => new(configuration.Lake, "sqlite");

    private static string AsOfFolder(LakeConfiguration configuration) => Path.Combine(configuration.Lake, ".asof");

    private static Generations AsOf(LakeConfiguration configuration, long sequence) =>
        new(AsOfFolder(configuration), AsOfName(sequence));

    private static string AsOfName(long sequence) => FormattableString.Invariant($"{sequence:D12}.sqlite");
}
