using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Silver;

/// <summary>The shop of the demo, all the way from its feeds.</summary>
public sealed class SimulatedHistoryTests
{
    [Fact]
    public void Histories_of_the_demo_have_no_gap_no_overlap_and_no_equal_neighbours()
    {
        using var folder = new TemporaryFolder();
        Simulation.Run(new SimulationOptions { OutputFolder = folder.Path });
        LakeConfiguration configuration = ConfigurationLoader.Load(Path.Combine(folder.Path, "shoplake.yaml"));
        ModelLibrary library = ModelLibrary.Load(LakeCatalog.ShippedModels);
        new Ingestor(configuration, library.Catalog).Run();
        using var engine = DuckDbEngine.Open(
            ":memory:", ModelVocabulary.Functions("duckdb", configuration), "1GB", spillFolder: null);
        var bronze = BronzeState.Of(Ledger.Open(configuration.Lake));
        LakeRun.Execute(engine, library, configuration, bronze, null, CancellationToken.None)
            .Outcome.ShouldBe(RunOutcome.Published);

        HistoryInvariants.FaultsOf(sql => engine.Query(sql, CancellationToken.None)).ShouldBeEmpty();
        engine.Query("SELECT count(*) FROM bronze.users_raw WHERE _op = 'delete'", CancellationToken.None).Rows[0][0]
            .ShouldNotBe(0L, "no one closed an account, so gaps were not tried");
    }
}
