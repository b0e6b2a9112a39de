using ShopLake.Simulator.Books;

namespace ShopLake.Tests.Books;

public sealed class RevenueBookTests
{
    [Fact]
    public void Money_counts_on_its_own_day_and_failed_attempts_make_no_row() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 5000)
        .Failed("p0", "o1", "01-01 10:00", 5000)
        .Paid("p1", "o1", "01-02 10:00", 5000)
        .Refunded("p1", "o1", "01-10 10:00", 2000)
        .Rows("revenue_daily", "day gross_minor refunds_minor net_minor paid_orders first_paid_orders "
            + "refund_entries aov_minor")
        .ShouldBe(["01-02 5000 0 5000 1 1 0 5000", "01-10 0 2000 -2000 0 0 1 -"]);

    [Fact]
    public void New_repeat_and_guest_money_make_up_the_gross() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1).Paid("p1", "o1", "01-01 10:00", 100).Paid("p2", "o1", "01-02 10:00", 7)
        .Order("o2", "u1", "01-02 10:00", 1).Paid("p3", "o2", "01-02 10:00", 200)
        .Order("o3", null, "01-02 10:00", 1).Paid("p4", "o3", "01-02 10:00", 300)
        .Rows("revenue_daily", "day gross_minor new_customer_minor repeat_customer_minor guest_minor paid_orders "
            + "first_paid_orders aov_minor")
        .ShouldBe(["01-01 100 100 0 0 1 1 100", "01-02 507 7 200 300 3 2 169"]);

    [Fact]
    public void Averages_round_half_away_from_zero() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1).Paid("p1", "o1", "01-01 10:00", 2)
        .Order("o2", "u1", "01-01 10:00", 1).Paid("p2", "o2", "01-01 10:00", 3)
        .Rows("revenue_daily", "aov_minor")
        .ShouldBe(["3"]);

    [Fact]
    public void Days_are_those_of_the_reporting_zone() =>
        new Scene(new BookOptions { ReportingZone = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo") })
            .Order("o1", "u1", "01-02 01:00", 1).Paid("p1", "o1", "01-02 02:59:59", 10)
            .Order("o2", "u1", "01-02 01:00", 1).Paid("p2", "o2", "01-02 03:00", 20)
            .Rows("revenue_daily", "day gross_minor")
            .ShouldBe(["01-01 10", "01-02 20"]);

    [Fact]
    public void The_same_money_on_the_orders_day() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1).Paid("p1", "o1", "01-02 10:00", 100)
        .Refunded("p1", "o1", "02-02 10:00", 30)
        .Order("o2", "u1", "01-01 10:00", 1)
        .Order("o3", "u1", "01-03 10:00", 1)
        .Rows("revenue_by_order_day", "order_day orders paid_orders gross_minor refunds_minor net_minor")
        .ShouldBe(["01-01 2 1 100 30 70", "01-03 1 0 0 0 0"]);

    [Fact]
    public void Intent_is_unpaid_unless_cancelled_and_orders_without_amount_are_counted() => new Scene()
        .Order("part", "u1", "01-01 10:00", 100).Paid("p1", "part", "01-01 10:00", 60)
        .Order("over", "u1", "01-01 10:00", 50).Paid("p2", "over", "01-01 10:00", 80)
        .Order("open", "u1", "01-01 10:00", 30)
        .Order("gone", "u1", "01-01 10:00", 20, "CANCELLED 01-02 10:00")
        .Order("void", "u1", "01-01 10:00", null).Refunded("p3", "void", "01-01 10:00", 5)
        .Order("free", "u1", "01-02 10:00", null)
        .Rows("intent_vs_revenue_daily", "order_day orders orders_without_amount ordered_minor paid_minor "
            + "refunded_minor net_minor unpaid_minor cancelled_minor capture_rate")
        .ShouldBe(["01-01 5 1 200 140 5 135 70 20 0.7", "01-02 1 1 0 0 0 0 0 0 -"]);

    [Fact]
    public void Payment_health_counts_entries_on_their_own_day_and_orders_once() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1)
        .Failed("p1", "o1", "01-01 10:00", 10).Failed("p1", "o1", "01-01 11:00", 10).Paid("p1", "o1", "01-02 10:00", 10)
        .Order("o2", "u1", "01-01 10:00", 1).Paid("p2", "o2", "01-01 10:00", 10).Failed("p3", "o2", "01-01 12:00", 10)
        .Rows("payment_health_daily", "day attempts successes failures orders_attempted orders_succeeded "
            + "orders_recovered attempt_success_rate order_success_rate")
        .ShouldBe(["01-01 4 1 3 2 1 0 0.25 0.5", "01-02 1 1 0 1 1 1 1 1"]);

    [Fact]
    public void Days_to_refund_run_from_the_payments_own_success_else_the_orders_first() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1)
        .Paid("p1", "o1", "01-01 23:00", 10).Paid("p2", "o1", "01-05 10:00", 10)
        .Refunded("p2", "o1", "01-07 10:00", 1)
        .Refunded("p9", "o1", "01-07 11:00", 1)
        .Refunded("p1", "o1", "01-07 12:00", 1)
        .Refunded("p2", "o1", "01-04 10:00", 1)
        .Rows("payment_health_daily", "day refunds attempt_success_rate median_days_to_refund")
        .ShouldBe(["01-01 0 1 -", "01-04 1 - -", "01-05 0 1 -", "01-07 3 - 6"]);

    [Fact]
    public void Lifecycle_counts_current_states_and_takes_nearest_ranks() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1, "PAID 01-01 11:00, SHIPPED 01-02 11:00")
        .Order("o2", "u1", "01-01 10:00", 1, "PAID 01-01 12:00, SHIPPED 01-01 12:30, PAID 01-03 10:00")
        .Order("o3", "u1", "01-01 10:00", 1, "CANCELLED 01-01 12:00, PAID 01-01 14:00, CANCELLED 01-01 15:00")
        .Paid("p", "o3", "01-01 14:00", 1)
        .Order("o4", "u1", "01-01 10:00", 1)
        .Rows("order_lifecycle_daily", "order_day orders created paid shipped cancelled cancelled_after_payment "
            + "illegal_transitions cancel_rate median_hours_to_paid p90_hours_to_paid median_hours_paid_to_shipped "
            + "p90_hours_paid_to_shipped")
        .ShouldBe(["01-01 4 1 1 1 1 1 2 0.25 2 4 0.5 24"]);

    [Fact]
    public void Shipping_before_payment_has_no_duration() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1, "SHIPPED 01-01 11:00, PAID 01-01 12:00")
        .Rows("order_lifecycle_daily", "illegal_transitions median_hours_to_paid median_hours_paid_to_shipped")
        .ShouldBe(["1 2 -"]);
}
