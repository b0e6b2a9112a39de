using ShopLake.Configuration;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;
using ShopLake.Simulator.World;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.World;

public class SimulationTests
{
    private static readonly string[] Tables = ["users", "products", "orders", "order_items", "payments", "events"];

    [Fact]
    public void The_random_numbers_are_those_of_xoshiro256_starstar()
    {
        var random = new SeededRandom(1, 2, 3, 4);

        new[] { random.Next(), random.Next(), random.Next(), random.Next() }
            .ShouldBe([11520UL, 0UL, 1509978240UL, 1215971899390074240UL]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        using var shop = new PlayedShop(seed: 7);

        shop.Hash().ShouldBe("7dbcbe9311663236b7bb5dff5e0ab7f95845b45c2bdab3986c4256fc8d70586d");
    }

    [Fact]
    public void The_same_seed_gives_the_same_facts()
    {
        using var first = new PlayedShop(seed: 3);
        using var second = new PlayedShop(seed: 3);

        second.Facts.All.ShouldBe(first.Facts.All);
        second.Hash().ShouldBe(first.Hash());
    }

    [Fact]
    public void Another_seed_gives_another_shop()
    {
        using var first = new PlayedShop(seed: 1);
        using var second = new PlayedShop(seed: 2);

        second.Hash().ShouldNotBe(first.Hash());
        second.Facts.Of<PaymentFact>().ShouldNotBe(first.Facts.Of<PaymentFact>());
    }

    [Fact]
    public void Other_faults_leave_the_money_as_it_was()
    {
        using var clean = new PlayedShop(seed: 5, FaultRates.None, days: 30);
        using var faulty = new PlayedShop(seed: 5, FaultRates.All(0.3), days: 30);

        faulty.Facts.Of<PaymentFact>().ShouldBe(clean.Facts.Of<PaymentFact>());
        faulty.Facts.Of<OrderFact>().ShouldBe(clean.Facts.Of<OrderFact>());
        faulty.Facts.Of<OrderItemFact>().ShouldBe(clean.Facts.Of<OrderItemFact>());
        faulty.Facts.Of<OrderStatusFact>().ShouldBe(clean.Facts.Of<OrderStatusFact>());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(1.0)]
    public void The_report_counts_what_the_files_hold(double rate)
    {
        using var shop = new PlayedShop(seed: 11, FaultRates.All(rate));

        foreach (var feed in shop.Report.Feeds)
        {
            var files = shop.Files(feed.Table).ToList();
            feed.Files.ShouldBe(files.Count);
            feed.Bytes.ShouldBe(files.Sum(file => new FileInfo(file).Length));
            (feed.Rows + feed.DeadLetters).ShouldBe(shop.Lines(feed.Table).LongCount());
        }

        shop.Report.Batches.ShouldBe(
            Tables.SelectMany(shop.Files).Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(1.0)]
    public void Every_row_is_told_to_the_books_with_what_became_of_it(double rate)
    {
        using var shop = new PlayedShop(seed: 12, FaultRates.All(rate), days: 20);

        foreach (var feed in shop.Report.Feeds)
        {
            shop.Facts.Of<DeliveryFact>().Where(fact => fact.Table == feed.Table).Sum(fact => fact.Rows)
                .ShouldBe(feed.Rows, feed.Table);
            shop.Facts.Of<QuarantineFact>().Count(fact => fact.Table == feed.Table).ShouldBe(
                (int)shop.Facts.Of<DeliveryFact>().Where(fact => fact.Table == feed.Table
                    && fact.Disposition == Disposition.Quarantined).Sum(fact => fact.Rows));
        }
    }

    [Fact]
    public void The_lake_of_the_feeds_is_configured_without_mistakes()
    {
        using var shop = new PlayedShop();

        var lake = ConfigurationLoader.Load(Path.Combine(shop.Options.OutputFolder, "shoplake.yaml"));

        lake.Sources.Select(source => source.Table).Order().ShouldBe(Tables.Order());
        lake.Time.ReportingZone.ShouldBe(shop.Options.ReportingZone);
    }

    [Fact]
    public void The_default_shop_is_large_enough_to_be_shown()
    {
        using var folder = new TemporaryFolder();
        var facts = new KeptFacts();

        Simulation.Run(new SimulationOptions { OutputFolder = folder.Path }, facts);

        facts.Of<UserFact>().Count().ShouldBeGreaterThanOrEqualTo(2_000);
        facts.Of<OrderFact>().Count().ShouldBeGreaterThanOrEqualTo(20_000);
        facts.Of<EventFact>().Count().ShouldBeGreaterThanOrEqualTo(300_000);
        AllRealitiesArePlayed(facts);
    }

    [Fact]
    public void A_folder_that_holds_feeds_is_not_written_over()
    {
        using var shop = new PlayedShop();

        Should.Throw<ArgumentException>(() => Simulation.Run(shop.Options)).Message.ShouldContain("exists already");
    }

    [Fact]
    public void Options_that_make_no_shop_are_refused_all_at_once()
    {
        using var folder = new TemporaryFolder();
        var options = new SimulationOptions { OutputFolder = folder.Path, Users = 0, Days = 0 };

        var message = Should.Throw<ArgumentException>(() => Simulation.Run(options)).Message;

        message.ShouldContain("Users is 0");
        message.ShouldContain("Days is 0");
    }

    /// <summary>Everything the metrics are about happens at least once.</summary>
    private static void AllRealitiesArePlayed(KeptFacts facts)
    {
        facts.Of<OrderFact>().ShouldContain(order => order.UserId == null);
        facts.Of<OrderFact>().ShouldContain(order => order.AmountMinor == null);
        facts.Of<OrderFact>().ShouldContain(order => order.AmountMinor == 0);
        foreach (var status in Enum.GetValues<OrderStatus>())
            facts.Of<OrderStatusFact>().ShouldContain(fact => fact.Status == status);
        foreach (var status in Enum.GetValues<PaymentStatus>())
            facts.Of<PaymentFact>().ShouldContain(fact => fact.Status == status);
        facts.Of<PaymentFact>().GroupBy(fact => fact.PaymentId)
            .ShouldContain(entries => entries.Count(entry => entry.Status == PaymentStatus.Refunded) > 1);
        facts.Of<PaymentFact>().GroupBy(fact => fact.OrderId).ShouldContain(entries =>
            entries.Any(entry => entry.Status == PaymentStatus.Failed)
            && entries.Any(entry => entry.Status == PaymentStatus.Success));
        facts.Of<OrderStatusFact>().GroupBy(fact => (fact.OrderId, fact.At))
            .ShouldContain(states => states.Count() > 1);
        facts.Of<ProductFact>().ShouldContain(state => state.AvailableStock <= 0);
        facts.Of<ProductFact>().ShouldContain(state => state.AvailableStock == null);
        facts.Of<ProductFact>().ShouldContain(state => state.Category == null);
        facts.Of<ProductFact>().ShouldContain(state => state.IsDeleted);
        var orders = facts.Of<OrderFact>().Select(order => order.UserId).ToHashSet();
        facts.Of<UserFact>().ShouldContain(user => !orders.Contains(user.UserId));
        orders.Except(facts.Of<UserFact>().Select(user => user.UserId)).Count(user => user is not null)
            .ShouldBeGreaterThan(0);
        var listed = facts.Of<ProductFact>().Select(state => state.ProductId).ToHashSet();
        facts.Of<OrderItemFact>().ShouldContain(item => !listed.Contains(item.ProductId!));
        facts.Of<EventFact>().GroupBy(fact => fact.SessionId)
            .ShouldContain(visit => visit.Any(e => e.UserId == null) && visit.Any(e => e.UserId != null));
        facts.Of<EventFact>().ShouldContain(fact => fact.SessionId == null);
        facts.Of<EventFact>().ShouldContain(fact => fact.DeviceType == null);
        facts.Of<EventFact>().ShouldContain(fact => fact.At == fact.IngestedAt + TimeSpan.FromMinutes(5));
    }
}
