using ShopLake.Simulator.Books;

namespace ShopLake.Tests.Books;

public sealed class ProductBookTests
{
    private const string Money = "day product_id orders units sold_minor gross_minor refunds_minor net_minor";

    [Fact]
    public void Money_is_shared_out_on_its_own_day_and_units_count_on_the_first_paid_day() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 30).Item("i1", "o1", "a", 1, 10).Item("i2", "o1", "b", 2, 10)
        .Paid("p1", "o1", "01-02 10:00", 10).Paid("p2", "o1", "01-03 10:00", 20)
        .Refunded("p1", "o1", "01-09 10:00", 10)
        .Order("o2", "u1", "01-01 10:00", 30).Item("i3", "o2", "a", 9, 10).Failed("p3", "o2", "01-01 10:00", 90)
        .Rows("product_daily", Money)
        .ShouldBe(
        [
            "01-02 a 1 1 10 3 0 3", "01-02 b 1 2 20 7 0 7",
            "01-03 a 0 0 0 7 0 7", "01-03 b 0 0 0 13 0 13",
            "01-09 a 0 0 0 0 3 -3", "01-09 b 0 0 0 0 7 -7",
        ]);

    [Fact]
    public void A_share_may_shrink_when_more_is_paid_and_still_all_adds_up() => new Scene()
        // Of 10: 4 2/7, 4 2/7, 1 3/7, so c has the largest remainder; of 11: 4 5/7, 4 5/7, 1 4/7, and it has the least.
        .Order("o1", "u1", "01-01 10:00", 14)
        .Item("i1", "o1", "a", 1, 6).Item("i2", "o1", "b", 1, 6).Item("i3", "o1", "c", 1, 2)
        .Paid("p1", "o1", "01-01 10:00", 10).Paid("p2", "o1", "01-02 10:00", 1)
        .Rows("product_daily", "day product_id gross_minor")
        .ShouldBe(["01-01 a 4", "01-01 b 4", "01-01 c 2", "01-02 a 1", "01-02 b 1", "01-02 c -1"]);

    [Fact]
    public void Lines_without_a_list_price_of_the_time_stay_out_of_the_comparison() => new Scene()
        .Product("a", "01-01 00:00", "x", 10).Product("b", "03-01 00:00", "x", 10)
        .Order("o1", "u1", "02-01 10:00", 30).Item("i1", "o1", "a", 2, 8).Item("i2", "o1", "b", 1, 9)
        .Item("i3", "o1", "c", 1, 5)
        .Paid("p1", "o1", "02-01 10:00", 30)
        .Rows("category_daily", "day category orders units sold_minor compared_units compared_sold_minor "
            + "compared_list_minor avg_sold_price_minor avg_list_price_minor")
        .ShouldBe(["02-01 (unknown) 1 1 5 0 0 0 5 -", "02-01 x 1 3 25 2 16 20 8 10"]);

    [Fact]
    public void Money_of_orders_without_lines_has_a_row_of_its_own() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 30).Paid("p1", "o1", "01-01 10:00", 30)
        .Rows("product_daily", Money + " avg_sold_price_minor")
        .ShouldBe(["01-01 (none) 1 0 0 30 0 30 -"]);

    [Fact]
    public void Each_day_sums_to_revenue()
    {
        var scene = new Scene()
            .Order("o1", "u1", "01-01 10:00", 30).Item("i1", "o1", "a", 1, 1).Item("i2", "o1", "b", 1, 1)
            .Item("i3", "o1", "c", 1, 1)
            .Paid("p1", "o1", "01-01 10:00", 100).Paid("p2", "o1", "01-01 10:00", 1)
            .Refunded("p1", "o1", "01-01 11:00", 50).Refunded("p2", "o1", "01-01 11:00", 1);
        scene.Rows("product_daily", "product_id gross_minor refunds_minor").ShouldBe(["a 34 17", "b 34 17", "c 33 17"]);
        scene.Rows("revenue_daily", "gross_minor refunds_minor").ShouldBe(["101 51"]);
    }

    [Fact]
    public void Stock_has_a_row_for_each_change_and_each_day_out_of_stock() => new Scene()
        .Product("a", "01-01 10:00", "x", 10, stock: 5)
        .Product("a", "01-02 10:00", "x", 11, stock: 5)
        .Product("a", "01-03 22:00", "x", 11, stock: 0)
        .Product("a", "01-04 10:00", "x", 11, stock: null)
        .Product("a", "01-05 01:30:59", "x", 11, stock: 3)
        .Product("a", "01-08 10:00", "x", 11, stock: -1)
        .Product("a", "01-08 11:00", "x", 11, stock: 2)
        .Product("a", "01-10 10:00", "x", 11, stock: 0)
        .Product("a", "01-12 10:00", "x", 11, stock: 9)
        .Order("clock", null, "01-11 10:00", 1)
        .Rows("stock_daily", "day product_id closing_stock out_of_stock_minutes")
        .ShouldBe(
        [
            "01-01 a 5 0", "01-03 a 0 120", "01-04 a 0 1440", "01-05 a 3 90", "01-08 a 2 60", "01-10 a 0 840",
            "01-11 a 0 -",
        ]);

    [Fact]
    public void A_product_that_left_the_catalogue_is_not_out_of_stock() => new Scene()
        .Product("a", "01-01 10:00", "x", 10, stock: 0).ProductGone("a", "01-02 10:00")
        .Product("a", "01-04 10:00", "x", 10, stock: 0).Product("a", "01-04 11:00", "x", 10, stock: 1)
        .ProductGone("a", "01-06 10:00")
        .Product("a", "01-08 10:00", "x", 10, stock: 1).ProductGone("a", "01-08 11:00")
        .Order("clock", null, "01-11 10:00", 1)
        .Rows("stock_daily", "day closing_stock out_of_stock_minutes")
        .ShouldBe(["01-01 0 840", "01-02 - 600", "01-04 1 60", "01-06 - 0", "01-08 - 0"]);

    [Fact]
    public void A_day_out_of_stock_is_as_long_as_the_clock_makes_it() =>
        new Scene(new BookOptions { ReportingZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") })
            .Product("a", "03-30 12:00", "x", 10, stock: 0).Product("a", "04-01 12:00", "x", 10, stock: 1)
            .Product("b", "10-26 12:00", "x", 10, stock: 0).Product("b", "10-27 23:00", "x", 10, stock: 1)
            .Order("clock", null, "12-01 10:00", 1)
            .Rows("stock_daily", "day product_id closing_stock out_of_stock_minutes")
            .ShouldBe(
            [
                "03-30 a 0 660", "03-31 a 0 1380", "04-01 a 1 840",
                "10-26 b 0 600", "10-27 b 0 1500", "10-28 b 1 0",
            ]);

    [Fact]
    public void Offenders_of_a_rule_are_counted_against_all_rows_delivered() => new Scene()
        .Delivered("payments", Disposition.Used, 8).Delivered("payments", Disposition.Quarantined, 2)
        .Quarantined("payments", "parent_exists", "p1", 5)
        .Quarantined("payments", "parent_exists", "p2", 6)
        .Rows("quality_scorecard", "rule table_name severity rows_checked rows_failed rows_quarantined")
        .ShouldBe(["parent_exists bronze.payments_raw quarantine 10 2 2"]);

    [Fact]
    public void Rows_and_money_are_accounted_for() => new Scene()
        .Delivered("payments", Disposition.Used, 2).Delivered("payments", Disposition.Duplicate, 3)
        .Delivered("payments", Disposition.Used, 1).Delivered("payments", Disposition.Quarantined, 2)
        .Quarantined("payments", "parent_exists", "p1", 5)
        .Quarantined("payments", "not_null", "p2")
        .Order("o1", null, "01-01 10:00", 30).Paid("p3", "o1", "01-01 10:00", 30).Refunded("p3", "o1", "01-02 10:00", 7)
        .Rows("reconciliation", "check_name subject expected actual difference is_balanced bronze_rows used superseded "
            + "duplicates ignored quarantined", (_, row) => row[1] is "payments" or "gold.revenue_daily")
        .ShouldBe(
        [
            "gross_minor gold.revenue_daily 30 30 0 yes - - - - - -",
            "quarantined_minor payments 5 5 0 yes - - - - - -",
            "refunds_minor gold.revenue_daily 7 7 0 yes - - - - - -",
            "rows payments 8 8 0 yes 8 3 0 3 0 2",
        ]);
}
