using System.Globalization;
using ShopLake.Simulator;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Tests.Books;

public sealed class GoldEqualsBooksTests
{
    private static readonly string[] Zones =
        ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];

    private static readonly string[] FunnelWindows = ["24h", "2h", "72h"];

    /// <summary>More by <c>SHOPLAKE_SEEDS</c>.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1,
        int.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_SEEDS") ?? "20", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_gold_table_equals_the_books_of_the_shop(int seed)
    {
        var shop = new SimulationOptions
        {
            OutputFolder = "",
            Seed = (ulong)seed,
            Users = 40,
            Products = 20,
            Days = 40 + (5 * (seed % 20)),
            ReportingZone = Zones[seed % Zones.Length],
            Faults = seed % 4 == 0 ? FaultRates.All(0.15) : new FaultRates(),
        };
        string[] settings = [$"time.funnel_window={FunnelWindows[seed % FunnelWindows.Length]}"];
        using var lake = new SimulatedLake(shop, settings, isInTwoRuns: seed % 2 == 0);
        lake.Books.Count.ShouldBe(SimulatedLake.Library.Models.Count(model => model.Table.Schema == "gold"));
        var differences = lake.Books.Select(lake.Compare).Where(comparison => !comparison.AreNone);
        string.Join(Environment.NewLine, differences).ShouldBeEmpty();
    }
}
