using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Engines.Spark;

/// <summary>Spark's warehouses: Delta tables in a folder of the lake, another for each state of the past.</summary>
internal sealed class SparkProvider : IEngineProvider
{
    public string Name => "spark";

    public string About =>
        $"a Spark of your own with Connect and Delta Lake, 4.0 or later; url or {SparkConnection.Variable} says where";

    public string Version(LakeConfiguration? configuration)
    {
        using SparkSession session = SparkConnection.Open(configuration);
        return $"Spark {session.Version}";
    }

    public IEngine Open(LakeConfiguration configuration) =>
        Open(configuration, WarehouseOf(configuration), Path.Combine(configuration.Lake, ".spark.lock"));

    public IEngine OpenAsOf(LakeConfiguration configuration, long sequence)
    {
        string folder = AsOfFolder(configuration, sequence);
        return Open(configuration, folder, folder + ".lock");
    }

    public IEngine OpenScratch(LakeConfiguration configuration) =>
        SparkEngine.Open(Workplace(configuration, turn: null), work => new ScratchTables(work.Session, work.Staging));

    public IWarehouseReader OpenReader(LakeConfiguration configuration) =>
        OpenReader(configuration, WarehouseOf(configuration));

    public IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) =>
        OpenReader(configuration, AsOfFolder(configuration, sequence));

    public string WarehouseOf(LakeConfiguration configuration) => Path.Combine(configuration.Lake, "spark");

    private static SparkEngine Open(LakeConfiguration configuration, string folder, string lockFile)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
        return SparkEngine.Open(
            Workplace(configuration, WarehouseLock.Take(folder, lockFile)),
            work => new DeltaTables(work.Session, work.Staging, folder));
    }

    private static SparkWorkplace Workplace(LakeConfiguration configuration, FileStream? turn) => new(
        () => SparkConnection.Open(configuration, Functions(configuration)), Path.Combine(configuration.Lake, ".scratch"),
        BronzeAt(configuration), turn);

    private static SparkReader OpenReader(LakeConfiguration configuration, string folder)
    {
        SparkState state = SparkState.Read(folder);
        return state == SparkState.Nothing
            ? throw new ShopLakeException(FailureKind.OutOfReach,
                $"There is no warehouse at {folder} yet.\nTry: shoplake run, which builds it.")
            : new SparkReader(
                SparkConnection.Open(configuration, Functions(configuration)), BronzeAt(configuration), state, folder);
    }

    private static SparkBronze.At BronzeAt(LakeConfiguration configuration) => sequence =>
        (BronzeState.Of(Ledger.Open(configuration.Lake), sequence),
            LakeCatalog.Load(ModelLibrary.Folders(configuration.Models)));

    private static string Functions(LakeConfiguration configuration) => ModelVocabulary.Functions("spark", configuration);

    private static string AsOfFolder(LakeConfiguration configuration, long sequence) =>
        Path.Combine(configuration.Lake, ".asof", FormattableString.Invariant($"{sequence:D12}.spark"));
}
