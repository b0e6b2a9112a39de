using static ShopLake.Simulator.Books.EventType;

namespace ShopLake.Tests.Books;

public sealed class FunnelBookTests
{
    private const string Counts = "day device_type unit viewed carted checked_out paid";

    /// <summary>Moves the data clock far enough for every window to have elapsed.</summary>
    private static Scene Shop() => new Scene().Order("clock", null, "12-31 10:00", null);

    [Fact]
    public void A_visit_walks_from_view_to_paid() => Shop()
        .Event(View, "01-01 10:00", "s1", "u1")
        .Event(AddToCart, "01-01 10:01", "s1", "u1")
        .Event(Checkout, "01-01 10:05", "s1", "u1")
        .Order("o1", "u1", "01-01 10:06", 10).Paid("p1", "o1", "02-01 10:00", 10)
        .Event(View, "01-01 11:00", "s2")
        .Rows("funnel_daily", Counts + " view_to_cart_rate total_rate median_seconds_view_to_cart "
            + "median_seconds_cart_to_checkout median_seconds_checkout_to_paid")
        .ShouldBe(
        [
            "01-01 web session 2 1 1 1 0.5 0.5 60 240 2678100",
            "01-01 web user 1 1 1 1 1 1 60 240 2678100",
        ]);

    [Fact]
    public void Steps_out_of_order_do_not_count_and_equal_instants_are_in_order() => Shop()
        .Event(AddToCart, "01-01 10:00", "s1").Event(View, "01-01 10:00", "s1").Event(Checkout, "01-01 10:00", "s1")
        .Event(AddToCart, "01-01 09:59", "s2").Event(View, "01-01 10:00", "s2").Event(Checkout, "01-01 10:01", "s2")
        .Event(View, "01-01 10:00", "s3").Event(Checkout, "01-01 10:01", "s3").Event(AddToCart, "01-01 10:02", "s3")
        .Rows("funnel_daily", Counts)
        .ShouldBe(["01-01 web session 3 2 1 0"]);

    [Fact]
    public void Steps_count_up_to_the_end_of_the_window() => Shop()
        .Event(View, "01-01 10:00", "s1").Event(AddToCart, "01-02 10:00", "s1").Event(Checkout, "01-02 10:00:01", "s1")
        .Rows("funnel_daily", Counts)
        .ShouldBe(["01-01 web session 1 1 0 0"]);

    [Fact]
    public void A_users_funnel_starts_each_day_and_crosses_visits_devices_and_midnight() => Shop()
        .Event(View, "01-01 23:00", "s1", "u1", device: "mobile")
        .Event(View, "01-02 08:00", null, "u1")
        .Event(AddToCart, "01-02 09:00", "s2", "u1").Event(Checkout, "01-02 09:10", "s2", "u1")
        .Order("o1", "u1", "01-02 09:05", 10).Paid("p1", "o1", "01-02 09:06", 10)
        .Rows("funnel_daily", Counts + " median_seconds_checkout_to_paid")
        .ShouldBe(
        [
            "01-01 mobile session 1 0 0 0 -",
            "01-01 mobile user 1 1 1 1 0",
            "01-02 web user 1 1 1 1 0",
        ]);

    [Fact]
    public void A_visit_belongs_to_the_user_who_was_named_last_with_a_clock_to_trust() => Shop()
        .Event(View, "01-01 10:00", "s1").Event(View, "01-01 10:01", "s1", "u1").Event(View, "01-01 10:02", "s1", "u2")
        .Event(View, "01-01 23:00", "s1", "u3", ingested: "01-01 10:03")
        .Event(AddToCart, "01-01 10:04", "s1").Event(Checkout, "01-01 10:05", "s1")
        .Order("o1", "u2", "01-01 10:05", 10).Paid("p1", "o1", "01-01 10:06", 10)
        .Order("o2", "u1", "01-01 10:05", 10).Paid("p2", "o2", "01-01 10:06", 10)
        .Rows("funnel_daily", Counts)
        .ShouldBe(["01-01 web session 1 1 1 1", "01-01 web user 2 1 1 1"]);

    [Fact]
    public void At_one_instant_the_smaller_event_comes_first_and_the_greater_user_stays() => Shop()
        .Event(View, "01-01 10:00", "s1", "u2", device: "web", id: "b")
        .Event(View, "01-01 10:00", "s1", "u1", device: "mobile", id: "a")
        .Event(View, "01-01 09:00", "s1", device: "web", id: "d")
        .Event(View, "01-01 09:00", "s1", device: "mobile", id: "c")
        .Rows("funnel_daily", Counts)
        .ShouldBe(["01-01 mobile session 1 0 0 0", "01-01 mobile user 2 0 0 0"]);

    [Fact]
    public void Conversions_are_unknown_until_the_day_and_two_windows_have_passed()
    {
        static Scene Until(string at) => new Scene()
            .Event(View, "01-01 10:00", "s1", device: null).Order("clock", null, at, null);
        Until("01-03 23:59:59").Rows("funnel_daily", Counts + " view_to_cart_rate total_rate")
            .ShouldBe(["01-01 (unknown) session 1 - - - - -"]);
        Until("01-04 00:00").Rows("funnel_daily", Counts + " view_to_cart_rate cart_to_checkout_rate total_rate")
            .ShouldBe(["01-01 (unknown) session 1 0 0 0 0 - 0"]);
    }

    [Fact]
    public void An_order_goes_to_the_latest_checkout_near_its_time() => Shop()
        .Event(Checkout, "01-01 10:00", "s1", "u1").Event(Checkout, "01-01 12:00", "s2", "u1")
        .Event(Checkout, "01-01 12:00", "s3", "u1").Event(Checkout, "01-03 12:05", "s4", "u1")
        .Order("after", "u1", "01-02 12:00", 1)
        .Order("before", "u1", "01-03 12:00", 1)
        .Order("too-early", "u1", "01-03 11:59:59", 1)
        .Order("other", "u2", "01-01 12:00", 1)
        .Order("guest", null, "01-01 12:00", 1)
        .Rows("orders", "order_id attributed_session_id")
        .ShouldBe(["after s3", "before s4", "clock -", "guest -", "other -", "too-early -"]);

    [Fact]
    public void Carts_and_checkouts_without_a_paid_order_are_abandoned() => Shop()
        .Event(AddToCart, "01-01 10:00", "s1", "u1").Event(Checkout, "01-01 10:05", "s1", "u1")
        .Order("o1", "u1", "01-01 10:06", 10).Paid("p1", "o1", "01-01 10:07", 10)
        .Event(AddToCart, "01-01 10:00", "s2").Event(Checkout, "01-01 10:05", "s2")
        .Event(AddToCart, "01-01 10:00", "s3").Event(View, "01-01 10:01", "s4")
        .Event(AddToCart, "01-01 23:00", "s4", ingested: "01-01 10:02")
        .Event(View, "01-01 10:00", null, "u9")
        .Rows("abandonment_daily", "day device_type sessions cart_sessions checkout_sessions cart_sessions_unpaid "
            + "checkout_sessions_unpaid cart_abandonment_rate checkout_abandonment_rate")
        .ShouldBe(["01-01 web 4 3 2 2 1 0.6666666666666666 0.5"]);

    [Fact]
    public void Abandonment_waits_for_its_windows_but_counts_visits_at_once() => new Scene()
        .Event(AddToCart, "01-01 10:00", "s1")
        .Rows("abandonment_daily", "day sessions cart_sessions cart_sessions_unpaid cart_abandonment_rate")
        .ShouldBe(["01-01 1 1 - -"]);

    [Fact]
    public void Arrivals_count_on_the_servers_day_by_how_late_they_came() => new Scene()
        .Event(View, "01-01 23:59", "s1", "u1", ingested: "01-02 00:04", duplicates: 2)
        .Event(View, "01-02 00:00", "s1", ingested: "01-02 00:05:00.000001")
        .Event(View, "01-02 00:00", "s2", ingested: "01-02 01:00", conflicts: 1)
        .Event(View, "01-01 00:10", "s2", ingested: "01-02 00:10")
        .Event(View, "01-01 00:10", null, ingested: "01-02 00:10:01")
        .Event(View, "01-02 00:15", "s2", ingested: "01-02 00:10")
        .Event(View, "01-02 00:15:01", "s2", ingested: "01-02 00:10")
        .Event(View, "01-01 00:00", "s2", ingested: "01-09 00:00")
        .Rows("late_arrivals_daily", "day events within_5m within_1h within_24h within_7d beyond_7d late duplicates "
            + "conflicting clock_skewed without_user")
        .ShouldBe(["01-02 7 2 2 1 1 0 1 2 1 1 5", "01-09 1 0 0 0 0 1 1 0 0 0 1"]);

    [Fact]
    public void The_data_clock_ignores_wrong_clocks_and_touched_orders()
    {
        new Scene()
            .Order("o1", "u1", "01-01 10:00", 1, "PAID 01-02 10:00, PAID 01-09 10:00")
            .Event(View, "01-03 10:00", "s1").Event(View, "01-08 10:00", "s1", ingested: "01-03 10:00")
            .Failed("p1", "o1", "01-03 10:00:01", 1)
            .Rows("as_of", "as_of_at as_of_day")
            .ShouldBe(["01-03T10:00:01 01-03"]);
        new Scene().User("u1").Rows("as_of", "as_of_at as_of_day").ShouldBe(["- -"]);
    }
}
