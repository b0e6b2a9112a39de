using System.Globalization;
using System.Text;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Tests.World;

/// <summary>Each fault alone, at every chance it has: it does what it says, and nothing else happens.</summary>
public class FaultTests
{
    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_happens_alone_where_only_its_rate_is_set(Fault fault)
    {
        using var shop = new PlayedShop(seed: 21, Only(fault), days: 12);

        shop.Report.Injected[fault].ShouldBeGreaterThan(0);
        shop.Report.Injected.Where(injected => injected.Key != fault).ShouldAllBe(injected => injected.Value == 0);
    }

    [Fact]
    public void Without_faults_no_row_comes_late_twice_or_broken()
    {
        using var shop = new PlayedShop(seed: 22, FaultRates.None, days: 12);

        shop.Report.Injected.Values.ShouldAllBe(count => count == 0);
        shop.Report.Feeds.ShouldAllBe(feed => feed.DeadLetters == 0);
        shop.Facts.Of<QuarantineFact>().ShouldBeEmpty();
        shop.Facts.Of<EventFact>().ShouldAllBe(fact => fact.At <= fact.IngestedAt
            && fact.IngestedAt - fact.At < TimeSpan.FromHours(1) && fact.DuplicateDeliveries == 0);
        shop.Facts.Of<DeliveryFact>().ShouldNotContain(fact => fact.Disposition == Disposition.Superseded);
        shop.Lines("payments").Count().ShouldBe(shop.Facts.Of<PaymentFact>().Count());
        shop.Lines("order_items").Count().ShouldBe(shop.Facts.Of<OrderItemFact>().Count());
        shop.Lines("events").Count().ShouldBe(shop.Facts.Of<EventFact>().Count());
        foreach (var table in new[] { "orders", "payments", "events" })
            shop.Files(table).ShouldAllBe(file => IsSorted(file));
    }

    [Fact]
    public void Late_rows_come_up_to_60_days_after_their_time()
    {
        using var shop = new PlayedShop(seed: 23, Only(Fault.Late), days: 12);

        var days = Payments(shop).Select(payment => (payment.ExportedAt - payment.At).Days).ToList();
        days.Min().ShouldBeGreaterThanOrEqualTo(1);
        days.Max().ShouldBeInRange(30, 61);
        shop.Facts.Of<EventFact>().ShouldContain(fact => fact.IngestedAt - fact.At > TimeSpan.FromDays(7));
        shop.Facts.Of<EventFact>().ShouldContain(fact => fact.IngestedAt - fact.At == TimeSpan.FromHours(24));
    }

    [Fact]
    public void Duplicates_come_with_the_same_content()
    {
        using var shop = new PlayedShop(seed: 24, Only(Fault.Duplicate));

        Payments(shop).GroupBy(payment => payment with { ExportedAt = default })
            .ShouldAllBe(deliveries => deliveries.Count() == 2);
        shop.Facts.Of<EventFact>().ShouldAllBe(fact => fact.DuplicateDeliveries == 1);
    }

    [Fact]
    public void Rows_out_of_order_stand_elsewhere_in_their_file()
    {
        using var shop = new PlayedShop(seed: 25, Only(Fault.OutOfOrder));

        shop.Files("events").ShouldContain(file => !IsSorted(file));
    }

    [Fact]
    public void Events_can_come_without_their_user()
    {
        using var shop = new PlayedShop(seed: 26, Only(Fault.MissingUser));

        shop.Facts.Of<EventFact>().ShouldAllBe(fact => fact.UserId == null);
        shop.Lines("events").ShouldAllBe(line => !line.Contains("\"user_id\":\""));
    }

    [Fact]
    public void Wrong_clocks_are_ahead_behind_or_never_set()
    {
        using var shop = new PlayedShop(seed: 27, Only(Fault.WrongClock), days: 60);

        var ahead = shop.Facts.Of<EventFact>().Select(fact => fact.At - fact.IngestedAt).ToList();
        ahead.ShouldContain(span => span > TimeSpan.FromMinutes(5));
        ahead.ShouldContain(span => span == TimeSpan.FromMinutes(5));
        ahead.ShouldContain(span => span > TimeSpan.Zero && span < TimeSpan.FromMinutes(5));
        ahead.ShouldContain(span => span < -TimeSpan.FromDays(1));
        shop.Facts.Of<QuarantineFact>().ShouldContain(fact => fact.Table == "events" && fact.Rule == "time_bounds");
    }

    [Fact]
    public void Torn_files_end_in_a_record_and_come_again_whole()
    {
        using var shop = new PlayedShop(seed: 28, Only(Fault.TornFile));

        foreach (var table in new[] { "users", "products", "orders", "order_items", "payments", "events" })
        {
            var torn = shop.Files(table).Where(file => Path.GetFileName(file)[table.Length] == '.').ToList();
            torn.ShouldNotBeEmpty();
            foreach (var file in torn)
            {
                var day = Path.GetFileName(Path.GetDirectoryName(file)!);
                var name = Path.GetFileNameWithoutExtension(file) + "-" + day + Path.GetExtension(file);
                var again = shop.Files(table).Single(other => Path.GetFileName(other) == name);
                string.CompareOrdinal(again, file).ShouldBeGreaterThan(0);
                var part = File.ReadAllText(file);
                part.ShouldNotEndWith("\n");
                File.ReadAllText(again).ShouldStartWith(part);
                File.ReadAllText(again).ShouldEndWith("\n");
            }
        }
    }

    [Fact]
    public void Ragged_lines_have_other_fields_than_their_file()
    {
        using var shop = new PlayedShop(seed: 29, Only(Fault.RaggedLine));

        var payments = shop.Lines("payments").ToList();
        payments.Count(line => line.Split(',').Length != 6).ShouldBe(payments.Count / 2);
        var events = shop.Lines("events").ToList();
        events.Count(line => !line.EndsWith('}')).ShouldBe(events.Count / 2);
    }

    [Fact]
    public void Of_conflicting_payments_the_last_one_is_true()
    {
        using var shop = new PlayedShop(seed: 30, Only(Fault.Conflict));

        foreach (var payment in shop.Facts.Of<PaymentFact>())
        {
            var rivals = Payments(shop).Where(row => row.Id == payment.PaymentId && row.At == payment.At).ToList();
            rivals.Count.ShouldBe(2);
            rivals[0].Amount.ShouldNotBe(rivals[1].Amount);
            rivals.MaxBy(row => row.ExportedAt)!.Amount.ShouldBe(payment.AmountMinor / 100m);
        }

        shop.Facts.Of<EventFact>().ShouldAllBe(fact => fact.ConflictingDeliveries == 1);
    }

    [Fact]
    public void Corrected_categories_are_dated_in_the_past()
    {
        using var shop = new PlayedShop(seed: 31, Only(Fault.CategoryCorrection), days: 12);

        var told = new Dictionary<string, DateTime>();
        var isDatedBack = false;
        foreach (var state in shop.Facts.Of<ProductFact>())
        {
            isDatedBack |= told.TryGetValue(state.ProductId, out var latest) && state.EffectiveAt < latest;
            told[state.ProductId] = state.EffectiveAt;
        }

        isDatedBack.ShouldBeTrue();
    }

    [Fact]
    public void Orphans_find_their_order_in_a_later_batch()
    {
        using var shop = new PlayedShop(seed: 32, Only(Fault.OrphanFirst));

        var orders = shop.Lines("orders").Select(line => line.Split(','))
            .ToLookup(fields => fields[0], fields => fields[6]);
        foreach (var item in shop.Lines("order_items").Select(line => line.Split(',')))
            string.CompareOrdinal(orders[item[1]].Min(), item[5]).ShouldBeGreaterThan(0);
        shop.Facts.Of<QuarantineFact>().ShouldBeEmpty();
    }

    [Fact]
    public void Lost_orders_keep_their_items_and_payments_out()
    {
        using var shop = new PlayedShop(seed: 33, Only(Fault.OrphanForever));

        var orders = shop.Lines("orders").Select(line => line.Split(',')[0]).ToHashSet();
        var orphans = Payments(shop).Where(payment => !orders.Contains(payment.OrderId)).ToList();
        shop.Facts.Of<QuarantineFact>().Where(fact => fact.Table == "payments").Sum(fact => fact.AmountMinor)
            .ShouldBe((long)(100 * orphans.Sum(payment => payment.Amount ?? 0)));
        orphans.Count.ShouldBe(shop.Facts.Of<PaymentFact>().Count());
    }

    [Fact]
    public void Bad_rows_are_told_with_the_rule_they_fail()
    {
        using var shop = new PlayedShop(seed: 34, Only(Fault.BadRow), days: 12);

        var rules = shop.Facts.Of<QuarantineFact>().Select(fact => $"{fact.Table} {fact.Rule}").Distinct();
        rules.Order(StringComparer.Ordinal).ShouldBe(
        [
            "events accepted_values", "order_items non_negative", "orders accepted_values", "orders non_negative",
            "orders time_bounds", "payments accepted_values", "payments money_digits", "payments non_negative",
            "payments unparsed_value", "products non_negative", "users time_bounds",
        ]);
    }

    [Fact]
    public void Ignored_words_are_no_events()
    {
        using var shop = new PlayedShop(seed: 35, Only(Fault.IgnoredWord));

        shop.Lines("events").Count(line => line.Contains("heartbeat")).ShouldBe(shop.Facts.Of<EventFact>().Count());
        shop.Facts.Of<DeliveryFact>().Single(fact => fact.Disposition == Disposition.Ignored).Rows
            .ShouldBe(shop.Facts.Of<EventFact>().Count());
    }

    public static TheoryData<Fault> Faults() => [.. Enum.GetValues<Fault>()];

    private static FaultRates Only(Fault fault) => FaultRates.None.With(fault, 1);

    /// <summary>The last column of events and the one before the last of exports is the time they stand by.</summary>
    private static bool IsSorted(string file)
    {
        var isStream = file.EndsWith("jsonl", StringComparison.Ordinal);
        var times = File.ReadLines(file, Encoding.UTF8).Skip(isStream ? 0 : 1)
            .Select(line => line.Split(',')[isStream ? ^1 : ^2]).ToList();
        return times.SequenceEqual(times.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<PaymentLine> Payments(PlayedShop shop) =>
        shop.Lines("payments").Select(line => line.Split(',')).Select(fields => new PaymentLine(
            fields[0],
            fields[1],
            fields[2],
            decimal.TryParse(fields[3], CultureInfo.InvariantCulture, out var amount) ? amount : null,
            Time(fields[4]),
            Time(fields[5])));

    private static DateTime Time(string text) => DateTime.SpecifyKind(
        DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture), DateTimeKind.Utc);

    private sealed record PaymentLine(
        string Id, string OrderId, string Status, decimal? Amount, DateTime At, DateTime ExportedAt);
}
