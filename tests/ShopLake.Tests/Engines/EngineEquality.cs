using CsCheck;
using ShopLake.Models;
using ShopLake.Simulator;
using ShopLake.Simulator.Feeds;
using ShopLake.Tests.Books;
using ShopLake.Tests.Gold;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Olist;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>
/// The same models, the same numbers: what every engine but DuckDB is held to. One declaration an engine.
/// </summary>
/// <param name="engine">The word for it in <c>shoplake.yaml</c>.</param>
public abstract class EngineEquality(string engine)
{
    /// <summary>More by <c>SHOPLAKE_RANDOM_LAKES</c>.</summary>
    private static readonly long Lakes = long.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_RANDOM_LAKES") ?? "5");

    public static TheoryData<string> SilverCases => SilverCaseTests.Files;

    public static TheoryData<string> GoldCases => GoldCaseTests.Files;

    [Theory]
    [MemberData(nameof(SilverCases))]
    public void The_rows_of_Silver_follow(string file) => SilverCaseTests.Differences(
        CaseFile.Read(Repository.PathOf("tests/cases/silver", file)), engine).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(GoldCases))]
    public void The_numbers_of_Gold_follow(string file) => SilverCaseTests.Differences(
        CaseFile.Read(Repository.PathOf("tests/cases/gold", file)), engine).ShouldBeEmpty();

    [Theory]
    [InlineData(1, "Europe/Berlin", false)]
    [InlineData(2, "America/Sao_Paulo", true)]
    [InlineData(3, "Asia/Kolkata", true)]
    [InlineData(4, "Australia/Lord_Howe", false)]
    [InlineData(5, "Asia/Beirut", true)]
    public void A_simulated_shop_gives_its_books_and_the_tables_of_DuckDB(int seed, string zone, bool isInTwoRuns)
    {
        var shop = new SimulationOptions
        {
            OutputFolder = "",
            Seed = (ulong)seed,
            Users = 40,
            Products = 20,
            Days = 60,
            ReportingZone = zone,
            Faults = seed % 2 == 0 ? FaultRates.All(0.15) : new FaultRates(),
        };
        using var lake = new SimulatedLake(shop, TestEngine.Settings(engine), isInTwoRuns);

        string.Join(Environment.NewLine, lake.Books.Select(lake.Compare).Where(book => !book.AreNone)).ShouldBeEmpty();
        lake.Differences("duckdb").ShouldBeEmpty();
    }

    [Fact]
    public void After_every_run_each_table_equals_a_rebuild_by_DuckDB()
    {
        // Skipped before the samples, which would take that for a failure.
        _ = TestEngine.Settings(engine);
        using TemporaryFolder shipped = IncrementalTests.Models();
        using TemporaryFolder changed = IncrementalTests.Models(
            ("checks/payments_non_negative.sql", "payment_amount < 0", "payment_amount < 8"));
        ModelLibrary[] libraries = [ModelLibrary.Load(shipped.Path), ModelLibrary.Load(changed.Path)];
        Incremental.RandomShop.Steps(GrowingLake.Configurations.Count, libraries.Length).Sample(
            steps => Differences(steps, libraries).ShouldBeEmpty(),
            iter: Lakes, threads: 1, print: IncrementalTests.Shown);
    }

    [Fact]
    public void A_real_shop_gives_the_tables_of_DuckDB()
    {
        using var shop = new OlistTests.Shop(TestEngine.Settings(engine));

        shop.Differences("duckdb").ShouldBeEmpty();
    }

    private string Differences(Step[] steps, ModelLibrary[] libraries)
    {
        using var lake = new DeltaLake(engine);
        for (int run = 0; run < steps.Length; run++)
        {
            Step step = steps[run];
            ModelLibrary library = libraries[step.Library];
            lake.Commit(step.Rows);
            string different = lake.Run(library, GrowingLake.Configurations[step.Configuration]);
            if (different.Length > 0)
            {
                return $"after run {run + 1}:\n{different}";
            }
        }

        return "";
    }
}
