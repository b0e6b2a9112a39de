using ShopLake.Simulator;

namespace ShopLake.Tests.Books;

/// <summary>One shop for all wrong rules; each is undone after it was seen.</summary>
public sealed class WrongDeliveryShop : IDisposable
{
    internal SimulatedLake Lake { get; } = new(
        new SimulationOptions { OutputFolder = "", Seed = 7, Users = 150, Products = 60, Days = 60 });

    public void Dispose() => Lake.Dispose();
}

/// <summary>
/// Canaries for what only real feeds bring: late, repeated, contradicting and rejected rows. Each puts a wrong rule
/// about them into a copy of a model, and the books of the shop must see it. Wrong metrics have theirs in
/// <c>tests/cases/gold/mutants.yaml</c>.
/// </summary>
public sealed class WrongDeliveryTests(WrongDeliveryShop shop) : IClassFixture<WrongDeliveryShop>
{
    /// <summary>What is wrong, the model, and text → other text, pair by pair.</summary>
    private static readonly (string Wrong, string Model, string[] Change)[] WrongRules =
    [
        ("arrival decides the status", "prep.order_rows",
            ["WINDOW timeline AS (PARTITION BY order_id ORDER BY status_at, status_rank, _batch_id",
                "WINDOW timeline AS (PARTITION BY order_id ORDER BY _batch_id"]),
        ("the last amount said is the order's", "prep.order_rows",
            ["creation_order = min(CASE WHEN amount_minor", "creation_order = max(CASE WHEN amount_minor"]),
        ("the first delivery of a payment stands", "prep.payment_rows",
            ["_batch_id DESC, _source_file DESC, _source_row DESC", "_batch_id, _source_file, _source_row"]),
        ("the first delivery of a line stands", "prep.order_item_rows",
            ["_batch_id DESC, _source_file DESC, _source_row DESC", "_batch_id, _source_file, _source_row"]),
        ("a correction holds from its arrival on", "prep.product_rows",
            ["coalesce(updated_at, ingestion_time) AS source_at", "ingestion_time AS source_at"]),
        ("no word of stock means none", "prep.product_rows",
            ["ELSE available_stock END AS stock_level", "ELSE coalesce(available_stock, 0) END AS stock_level"]),
        ("products are never deleted", "prep.product_rows", ["r._op = 'delete' AS is_delete", "FALSE AS is_delete"]),
        ("the last delivery of an event stands", "prep.event_exclusions",
            ["PARTITION BY event_id, is_ignored ORDER BY _batch_id, _source_file, _source_row",
                "PARTITION BY event_id, is_ignored ORDER BY _batch_id DESC, _source_file DESC, _source_row DESC"]),
        ("other content is a duplicate too", "prep.event_exclusions",
            ["WHEN delivery_of_content = 1 THEN 'superseded'", "WHEN FALSE THEN 'superseded'"]),
        ("visits are not stitched", "silver.events", ["coalesce(nullif(r.user_id, ''), s.user_id)", "nullif(r.user_id, '')"]),
        ("every clock is right", "silver.events",
            ["e.event_at > plus_seconds(e.ingested_at, skew_tolerance_seconds()) AS is_clock_skewed",
                "FALSE AS is_clock_skewed"]),
        ("what comes again is not counted", "prep.row_dispositions", ["deliveries - row_count", "0"]),
        ("a mart forgets refunds", "prep.mart_money",
            ["sum(refunds_minor)\n    FROM gold.revenue_daily", "0\n    FROM gold.revenue_daily"]),
        ("what is kept out was never checked", "gold.quality_scorecard",
            ["rows_checked", "rows_checked - rows_quarantined AS rows_checked"]),
    ];

    public static TheoryData<string> Wrongs => [.. WrongRules.Select(rule => rule.Wrong)];

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void A_wrong_rule_about_deliveries_is_caught_by_the_books(string wrong)
    {
        var (_, model, change) = WrongRules.Single(rule => rule.Wrong == wrong);
        shop.Lake.FirstDifferenceWith(model, sql => Apply(sql, change)).ShouldNotBeNull($"{model}: {wrong}");
    }

    [Fact]
    public void The_right_rules_agree_with_the_books()
    {
        foreach (var model in WrongRules.Select(rule => rule.Model).Distinct())
            shop.Lake.FirstDifferenceWith(model, sql => sql).ShouldBeNull(model);
    }

    private static string Apply(string sql, string[] change)
    {
        foreach (var pair in change.Chunk(2))
        {
            sql.ShouldContain(pair[0], Case.Sensitive, "The model no longer has the text that this rule changes.");
            sql = sql.Replace(pair[0], pair[1], StringComparison.Ordinal);
        }
        return sql;
    }
}
