using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>Runs over a small simulated shop, its feeds delivered in two parts.</summary>
public abstract class LakeRunShop : IDisposable
{
    protected static ModelLibrary Library { get; } = SmallLake.Library;

    private readonly HalvedShop _shop;

    protected LakeRunShop() => _shop = new HalvedShop(Folder);

    protected TemporaryFolder Folder { get; } = new();

    protected string Shop => _shop.Path;

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected LakeConfiguration Configuration() => ConfigurationLoader.Load(Path.Combine(Shop, "shoplake.yaml"), []);

    protected void Ingest() => new Ingestor(Configuration(), Library.Catalog).Run();

    protected void DeliverTheRest()
    {
        _shop.DeliverTheRest();
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
