using ShopLake.Simulator;

namespace ShopLake.Tests.Books;

public sealed class GoldEqualsBooksTests
{
    private static readonly string[] Zones =
        ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];

    private static readonly string[] FunnelWindows = ["24h", "2h", "72h"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

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
            Days = 40 + (5 * seed),
            ReportingZone = Zones[seed % Zones.Length],
        };
        string[] settings = [$"time.funnel_window={FunnelWindows[seed % FunnelWindows.Length]}"];
        using var lake = new SimulatedLake(shop, settings, isInTwoRuns: seed % 2 == 0);
        lake.Books.Count.ShouldBe(SimulatedLake.Library.Models.Count(model => model.Table.Schema == "gold"));
        var differences = lake.Books.Select(lake.Compare).Where(comparison => !comparison.AreNone);
        string.Join(Environment.NewLine, differences).ShouldBeEmpty();
    }
}
