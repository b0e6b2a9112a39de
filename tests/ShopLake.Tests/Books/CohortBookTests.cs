using ShopLake.Simulator.Books;
using static ShopLake.Simulator.Books.EventType;

namespace ShopLake.Tests.Books;

public sealed class CohortBookTests
{
    private const string Cohort =
        "cohort_start periods_since customers active active_or_later retention_rate unbounded_rate";

    private static Func<BookTable, object?[], bool> Of(string grain, string basis) =>
        (_, row) => Equals(row[1], grain) && Equals(row[2], basis);

    [Fact]
    public void Weekly_cohorts_by_first_paid_order_are_dense_and_unknown_until_elapsed() => new Scene()
        // 2024-01-01 is a Monday.
        .Order("o1", "u1", "01-01 10:00", 1).Paid("p1", "o1", "01-01 10:00", 1).Refunded("p1", "o1", "01-02 10:00", 1)
        .Order("o2", "u2", "01-07 10:00", 1).Paid("p2", "o2", "01-07 23:00", 1)
        .Order("o3", "u2", "01-15 10:00", 1).Paid("p3", "o3", "01-15 10:00", 1)
        .Order("o4", null, "01-01 10:00", 1).Paid("p4", "o4", "01-01 10:00", 1)
        .Order("clock", "u3", "01-22 10:00", 1)
        .Rows("retention_cohorts", Cohort, Of("week", "first_paid_order"))
        .ShouldBe(["01-01 0 2 2 2 1 1", "01-01 1 2 0 1 0 0.5", "01-01 2 2 1 1 0.5 0.5", "01-01 3 2 - - - -"]);

    [Fact]
    public void Activity_in_a_running_period_counts_for_the_unbounded_rate_of_earlier_ones() => new Scene()
        .Event(View, "01-31 10:00", "s1", "u1").Event(View, "02-20 10:00", "s2").Event(View, "02-20 11:00", "s2", "u1")
        .Event(View, "02-20 11:00", "s3")
        .Event(View, "03-05 10:00", null, "u2")
        .Event(View, "02-01 10:00", null, "u2", ingested: "01-01 10:00")
        .Event(View, "04-01 10:00", null, "u1")
        .Rows("retention_cohorts", Cohort, Of("month", "first_event"))
        .ShouldBe(
        [
            "01-01 0 1 1 1 1 1", "01-01 1 1 1 1 1 1", "01-01 2 1 0 1 0 1", "01-01 3 1 - - - -",
            "03-01 0 1 1 1 1 1", "03-01 1 1 - - - -",
        ]);

    [Fact]
    public void Weeks_are_iso_weeks_across_the_year() => new Scene()
        .Event(View, "12-30 10:00", null, "u1").Event(View, "12-29 10:00", null, "u1")
        .Rows("retention_cohorts", Cohort, Of("week", "first_event"))
        .ShouldBe(["12-23 0 1 1 1 1 1", "12-23 1 1 - - - -"]);

    [Fact]
    public void Customers_are_known_users_and_those_who_ordered() => new Scene()
        .User("idle").User("buyer")
        .Order("o1", "buyer", "01-01 10:00", 1).Paid("p1", "o1", "01-02 10:00", 50).Paid("p1b", "o1", "01-05 10:00", 50)
        .Order("o2", "buyer", "01-03 10:00", 1).Paid("p2", "o2", "01-03 10:00", 30)
        .Refunded("p2", "o2", "01-04 10:00", 10)
        .Order("o3", "stranger", "01-11 10:00", 1)
        .Order("o4", null, "01-01 10:00", 1).Paid("p4", "o4", "01-01 10:00", 30)
        .Rows("customers", "user_id first_paid_day last_paid_day days_since_last orders paid_orders gross_minor "
            + "refunds_minor net_minor recency_score is_known")
        .ShouldBe(
        [
            "buyer 01-02 01-05 6 2 2 130 10 120 1 yes",
            "idle - - - 0 0 0 0 0 - yes",
            "stranger - - - 1 0 0 0 0 - no",
        ]);

    [Fact]
    public void Scores_count_who_is_strictly_lower_and_equals_share()
    {
        var scene = new Scene();
        foreach (var (user, amount) in new[] { ("a", 1), ("b", 2), ("c", 2), ("d", 3), ("e", 4), ("f", 5) })
            scene.Order(user, user, "01-01 10:00", amount).Paid(user, user, "01-01 10:00", amount);
        scene.Rows("customers", "user_id recency_score frequency_score monetary_score")
            .ShouldBe(["a 1 1 1", "b 1 1 1", "c 1 1 1", "d 1 1 3", "e 1 1 4", "f 1 1 5"]);
    }

    [Fact]
    public void Lifetime_value_accumulates_net_money_month_by_month() => new Scene()
        .Order("o1", "u1", "01-20 10:00", 1).Paid("p1", "o1", "02-01 10:00", 100)
        .Order("o0", "u1", "01-02 10:00", 1).Refunded("p0", "o0", "01-15 10:00", 5)
        .Order("o2", "u2", "02-10 10:00", 1).Paid("p2", "o2", "02-10 10:00", 50).Refunded("p2", "o2", "04-01 10:00", 20)
        .Order("o3", "refunds-only", "02-10 10:00", 1).Refunded("p3", "o3", "02-10 10:00", 7)
        .Order("o4", "u1", "05-02 10:00", 1).Failed("p4", "o4", "05-02 10:00", 7)
        .Rows("cohort_ltv", "cohort_month months_since customers cumulative_net_minor ltv_minor")
        .ShouldBe(["02-01 0 2 145 73", "02-01 1 2 145 73", "02-01 2 2 125 63", "02-01 3 2 - -"]);

    [Fact]
    public void Repeats_are_counted_once_their_days_are_over_for_the_whole_month() => new Scene()
        .Order("o1", "u1", "01-01 10:00", 1).Paid("p1", "o1", "01-01 10:00", 1)
        .Order("o2", "u1", "01-31 10:00", 1).Paid("p2", "o2", "01-31 10:00", 1)
        .Order("o3", "u2", "01-31 10:00", 1).Paid("p3", "o3", "01-31 10:00", 1)
        .Order("o4", "u2", "03-02 10:00", 1).Paid("p4", "o4", "03-02 10:00", 1)
        // 60 days after January 31st is March 31st: elapsed by April 1st only.
        .Order("clock", null, "03-31 23:00", 1)
        .Rows("repeat_purchase", "cohort_month customers "
            + "repeat_30 repeat_60 repeat_90 repeat_365 rate_30 rate_60 rate_365")
        .ShouldBe(["01-01 2 1 - - - 0.5 - -"]);
}
