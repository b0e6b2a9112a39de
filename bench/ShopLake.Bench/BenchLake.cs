using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>A lake that is brought from state to state of its Bronze.</summary>
/// <param name="folder">Holds <c>shoplake.yaml</c> and <c>feeds</c>.</param>
/// <param name="library">The models.</param>
internal sealed class BenchLake(string folder, ModelLibrary library)
{
    private readonly LakeConfiguration _shop = ConfigurationLoader.Load(Path.Combine(folder, "shoplake.yaml"));

    public string File => Path.Combine(folder, "shoplake.yaml");

    public string Feeds => Path.Combine(folder, "feeds");

    public string Warehouse => LakeEngine.WarehouseOf(_shop);

    /// <summary>Reads what stands in the feeds and was not read yet.</summary>
    /// <returns>The last commit.</returns>
    public long Ingest()
    {
        _ = new Ingestor(_shop, library.Catalog).Run();
        return Ledger.Open(_shop.Lake).LastSequence;
    }

    /// <summary>Accepted rows of the commits behind one, up to another.</summary>
    public long Rows(long after, long upTo) => Ledger.Open(_shop.Lake).Records
        .Where(record => record.Sequence > after && record.Sequence <= upTo).Sum(record => record.Rows);

    /// <summary>One run over Bronze up to a commit.</summary>
    public void Build(long upTo)
    {
        using IEngine engine = LakeEngine.Open(_shop);
        RunReport report = LakeRun.Execute(
            engine, library, _shop, BronzeState.Of(Ledger.Open(_shop.Lake), upTo), null, CancellationToken.None);
        if (report.Outcome != RunOutcome.Published)
        {
            throw new InvalidOperationException($"The run is {report.Outcome}.");
        }
    }

    /// <summary>Compares with a rebuild, as the verb does.</summary>
    public void Verify()
    {
        using IEngine live = LakeEngine.Open(_shop);
        using IEngine rebuilt = LakeEngine.OpenScratch(_shop);
        var ledger = Ledger.Open(_shop.Lake);
        ledger.RequireUnchanged(CancellationToken.None);
        Rebuild.Into(rebuilt, library, _shop, BronzeState.Of(ledger), null, CancellationToken.None);
        IReadOnlyList<VerifiedTable> compared = Verification.Compare(
            live, rebuilt, Verification.TablesOf(live, library), CancellationToken.None);
        IReadOnlyList<VerifiedTable> files = Verification.CompareFiles((IParquetEngine)live, new GoldFolder(_shop.Lake),
            Publication.Read(live)!.Generation, library, compared, CancellationToken.None);
        if (compared.Concat(files).Any(table => !table.IsEqual))
        {
            throw new InvalidOperationException("The live tables differ from a rebuild.");
        }
    }

    /// <summary>What every table of Silver and Gold holds.</summary>
    public Dictionary<string, TableDigest> Digests()
    {
        using IEngine engine = LakeEngine.Open(_shop);
        return BenchShop.Digests(engine, library);
    }

    /// <summary>Takes away everything but Bronze.</summary>
    public void Remove()
    {
        System.IO.File.Delete(Warehouse);
        System.IO.File.Delete(Path.Combine(_shop.Lake, "gold"));
        if (Directory.Exists(Path.Combine(_shop.Lake, ".gold")))
        {
            Directory.Delete(Path.Combine(_shop.Lake, ".gold"), recursive: true);
        }
    }
}
