using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>Runs over a small simulated shop, its feeds delivered in two parts.</summary>
public abstract class LakeRunShop : IDisposable
{
    protected static ModelLibrary Library { get; } = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private readonly string _held;

    protected LakeRunShop()
    {
        string shop = Path.Combine(Folder.Path, "shop");
        Simulation.Run(SimulationOptions.Tiny(shop));
        _held = Path.Combine(Folder.Path, "held");
        Directory.CreateDirectory(_held);
        string[] days = [.. Directory.EnumerateDirectories(Path.Combine(shop, "feeds")).Order()];
        foreach (string day in days[(days.Length / 2)..])
        {
            Directory.Move(day, Path.Combine(_held, Path.GetFileName(day)));
        }
    }

    protected TemporaryFolder Folder { get; } = new();

    protected string Shop => Path.Combine(Folder.Path, "shop");

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected LakeConfiguration Configuration() => ConfigurationLoader.Load(Path.Combine(Shop, "shoplake.yaml"), []);

    protected void Ingest() => new Ingestor(Configuration(), Library.Catalog).Run();

    protected void DeliverTheRest()
    {
        foreach (string day in Directory.EnumerateDirectories(_held))
        {
            Directory.Move(day, Path.Combine(Shop, "feeds", Path.GetFileName(day)));
        }

        Ingest();
    }

    /// <summary>The shipped models and one of the shop's own, of Gold.</summary>
    /// <param name="text">What stands behind the name in its file.</param>
    protected ModelLibrary WithOwn(string table, string columns, string text)
    {
        Folder.Write("own/3_gold/tables.yaml", $"{table}:\n  {columns}\n");
        Folder.Write($"own/3_gold/{table}.sql", $"/*\nname: gold.{table}\n{text}\n");
        return ModelLibrary.Load(LakeCatalog.ShippedModels, Path.Combine(Folder.Path, "own"));
    }

    protected RunReport Run(ModelLibrary? library = null)
    {
        using IEngine engine = LakeEngine.Open(Configuration());
        return LakeRun.Execute(
            engine, library ?? Library, Configuration(), BronzeState.Of(Ledger.Open(Configuration().Lake)), null, default);
    }

    protected object? Ask(string sql)
    {
        using IEngine engine = LakeEngine.Open(Configuration());
        return engine.Query(sql, default).Rows[0][0];
    }
}
