namespace ShopLake.Tests.Books;

public sealed class OrderBookTests
{
    private const string Money = "order_id ordered_minor paid_minor refunded_minor net_minor is_over_refunded";

    [Fact]
    public void An_order_holds_its_money_attempts_and_units() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 6000, "PAID 01-01 11:00")
        .Item("i1", "o1", "p1", 2, 2000)
        .Item("i2", "o1", "p2", 1, 2000)
        .Failed("p1", "o1", "01-01 10:30", 6000)
        .Paid("p1", "o1", "01-01 11:00", 6000)
        .Refunded("p1", "o1", "01-04 09:00", 1500)
        .Refunded("p1", "o1", "01-05 09:00", 500)
        .Rows("orders", "order_id order_status items units attempts failures refunds paid_minor refunded_minor "
            + "net_minor first_paid_at is_paid is_first_order")
        .ShouldBe(["o1 PAID 2 3 2 1 2 6000 2000 4000 01-01T11:00:00 yes yes"]);

    [Fact]
    public void Each_refund_is_an_increment_and_more_refunds_than_captures_are_marked() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 5000)
        .Paid("p1", "o1", "01-01 10:00", 5000)
        .Refunded("p1", "o1", "01-03 10:00", 1500)
        .Refunded("p1", "o1", "01-05 10:00", 3500)
        .Order("o2", "u1", "01-01 10:00", null)
        .Refunded("p2", "o2", "01-05 10:00", 100)
        .Rows("orders", Money)
        .ShouldBe(["o1 5000 5000 5000 0 no", "o2 - 0 100 -100 yes"]);

    [Fact]
    public void The_latest_status_wins_and_equal_times_go_by_rank() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1, "SHIPPED 01-01 10:00, PAID 01-01 10:00")
        .Order("o2", "u1", "01-01 10:00", 1, "SHIPPED 01-03 10:00, PAID 01-02 10:00")
        .Rows("orders", "order_id order_status cancelled_at")
        .ShouldBe(["o1 SHIPPED -", "o2 SHIPPED -"]);

    [Fact]
    public void Cancelled_after_payment_means_cancelled_now_and_paid_at_or_before() => new Scene()
        .Order("before", "u1", "01-01 10:00", 1, "CANCELLED 01-02 10:00, CANCELLED 01-03 10:00")
        .Paid("p1", "before", "01-02 10:00", 1)
        .Order("later", "u1", "01-01 10:00", 1, "CANCELLED 01-02 10:00")
        .Paid("p2", "later", "01-02 10:00:01", 1)
        .Order("revived", "u1", "01-01 10:00", 1, "CANCELLED 01-02 10:00, PAID 01-03 10:00")
        .Paid("p3", "revived", "01-01 11:00", 1)
        .Rows("orders", "order_id is_cancelled_after_payment cancelled_at")
        .ShouldBe(["before yes 01-02T10:00:00", "later no 01-02T10:00:00", "revived no -"]);

    [Fact]
    public void The_first_order_of_a_user_is_the_one_paid_first_and_guests_have_none() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1)
        .Order("o2", "u1", "01-02 10:00", 1).Paid("p2", "o2", "01-05 10:00", 1)
        .Order("o3", "u1", "01-03 10:00", 1).Paid("p3", "o3", "01-04 10:00", 0)
        .Order("o4", null, "01-01 10:00", 1).Paid("p4", "o4", "01-01 10:00", 1)
        .Rows("orders", "order_id is_first_order")
        .ShouldBe(["o1 no", "o2 no", "o3 yes", "o4 -"]);

    [Fact]
    public void Lines_sum_to_the_order_and_a_full_refund_leaves_nothing_on_any() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 100)
        .Item("i1", "o1", "p", 1, 1).Item("i2", "o1", "p", 1, 1).Item("i3", "o1", "p", 1, 1)
        .Paid("a", "o1", "01-01 10:00", 100)
        .Refunded("a", "o1", "01-02 10:00", 50).Refunded("a", "o1", "01-03 10:00", 50)
        .Rows("order_lines", "order_item_id paid_minor refunded_minor net_minor")
        .ShouldBe(["i1 34 34 0", "i2 33 33 0", "i3 33 33 0"]);

    [Fact]
    public void Without_prices_units_weigh_and_without_units_lines_weigh_alike() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 0).Paid("a", "o1", "01-01 10:00", 40)
        .Item("i1", "o1", "p", 3, 0).Item("i2", "o1", "p", 1, 0)
        .Order("o2", "u1", "01-01 10:00", 0).Paid("b", "o2", "01-01 10:00", 41)
        .Item("j2", "o2", "p", 0, 5).Item("j1", "o2", "p", 0, 7)
        .Rows("order_lines", "order_item_id paid_minor")
        .ShouldBe(["i1 30", "i2 10", "j1 21", "j2 20"]);

    [Fact]
    public void Money_without_lines_stands_on_a_line_of_its_own() => new Scene()
        .Order("o1", null, "01-01 10:00", 70).Paid("a", "o1", "01-01 10:00", 70).Refunded("a", "o1", "01-02 10:00", 20)
        .Order("o2", null, "01-01 10:00", 70).Failed("b", "o2", "01-01 10:00", 70)
        .Rows("order_lines", "order_item_id order_id product_id category paid_minor refunded_minor net_minor")
        .ShouldBe(["(none):o1 o1 (none) (none) 70 20 50"]);

    [Fact]
    public void List_price_and_category_are_those_of_the_orders_time_also_by_a_late_correction() => new Scene()
        .Product("p", "01-01 00:00", "old", 1000)
        .Product("p", "03-01 00:00", "new", 1200)
        .Product("p", "01-15 00:00", "old", 1100)
        .Order("o1", "u1", "02-01 10:00", 1).Item("i1", "o1", "p", 1, 900)
        .Order("o2", "u1", "01-14 10:00", 1).Item("i2", "o2", "p", 1, 900)
        .Order("o3", "u1", "03-01 00:00", 1).Item("i3", "o3", "p", 2, 900)
        .Rows("order_lines", "order_item_id category list_price_minor line_minor is_list_price_assumed")
        .ShouldBe(["i1 old 1100 900 no", "i2 old 1000 900 no", "i3 new 1200 1800 no"]);

    [Fact]
    public void Before_the_first_version_it_is_assumed_and_unknown_products_say_so() => new Scene()
        .Product("p", "02-01 00:00", null, 1000)
        .Order("o1", "u1", "01-01 10:00", 1)
        .Item("i1", "o1", "p", 1, 1).Item("i2", "o1", "stranger", 1, 1).Item("i3", "o1", null, 1, 1)
        .Rows("order_lines", "order_item_id product_id category list_price_minor is_list_price_assumed")
        .ShouldBe(["i1 p (uncategorized) 1000 yes", "i2 stranger (unknown) - no", "i3 (unknown) (unknown) - no"]);

    [Fact]
    public void A_product_that_left_the_catalogue_has_no_list_price_until_it_returns() => new Scene()
        .Product("p", "01-01 00:00", "c", 1000).ProductGone("p", "02-01 00:00").Product("p", "03-01 00:00", "c", 900)
        .Order("o1", "u1", "02-10 10:00", 1).Item("i1", "o1", "p", 1, 1)
        .Order("o2", "u1", "03-10 10:00", 1).Item("i2", "o2", "p", 1, 1)
        .Rows("order_lines", "order_item_id category list_price_minor is_list_price_assumed")
        .ShouldBe(["i1 (uncategorized) - no", "i2 c 900 no"]);
}
