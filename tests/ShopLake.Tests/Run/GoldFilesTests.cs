using ShopLake.Engines;
using ShopLake.Run;

namespace ShopLake.Tests.Run;

/// <summary>The files of Gold that runs write beside the warehouse.</summary>
public sealed class GoldFilesTests : LakeRunShop
{
    [Fact]
    public void Gold_on_disk_is_the_published_generation()
    {
        Ingest();
        Run();
        DeliverTheRest();
        Run();

        var gold = new GoldFolder(Configuration().Lake);
        gold.Current.ShouldBe(2);
        using IEngine engine = LakeEngine.OpenScratch(Configuration());
        engine.Query($"SELECT count(*) FROM '{gold.CurrentFolder}/orders/*.parquet'", default).Rows[0][0]
            .ShouldBe(Ask("SELECT count(*) FROM gold.orders"));
    }

    [Fact]
    public void An_update_writes_the_months_in_which_a_row_came_or_went_and_shares_the_others()
    {
        const string header = "order_id,user_id,order_status,order_amount,order_ts,updated_at,exported_at\n";
        Folder.Write("shop/feeds/more/orders-1.csv", header
            + "m1,,CREATED,1.00,2025-03-05 12:00:00,2025-03-05 12:00:00,2025-09-01 00:00:00\n"
            + "m2,,CREATED,1.00,2025-05-05 12:00:00,2025-05-05 12:00:00,2025-09-01 00:00:00\n"
            + "m3,,CREATED,1.00,2025-05-05 12:00:00,2025-05-05 12:00:00,2025-09-01 00:00:00\n"
            + "m4,,CREATED,1.00,2025-06-05 12:00:00,2025-06-05 12:00:00,2025-09-01 00:00:00\n");
        Ingest();
        Run();
        Dictionary<string, DateTime> before = Files();
        before.Keys.ShouldBe(["2025-01.parquet", "2025-03.parquet", "2025-05.parquet", "2025-06.parquet"]);

        Folder.Write("shop/feeds/more/orders-2.csv", header
            + "m2,,CREATED,1.00,2025-02-05 12:00:00,2025-02-05 12:00:00,2025-09-02 00:00:00\n"
            + "m4,,CREATED,1.00,2025-02-06 12:00:00,2025-02-06 12:00:00,2025-09-02 00:00:00\n");
        Ingest();
        Run();

        Ask("SELECT string_agg(order_id || ' ' || order_day, ', ' ORDER BY order_id) FROM gold.orders WHERE order_id LIKE 'm%'")
            .ShouldBe("m1 2025-03-05, m2 2025-02-05, m3 2025-05-05, m4 2025-02-06");
        Dictionary<string, DateTime> after = Files();
        after.Keys.ShouldBe(["2025-01.parquet", "2025-02.parquet", "2025-03.parquet", "2025-05.parquet"]);
        after.Where(file => before.GetValueOrDefault(file.Key) != file.Value).Select(file => file.Key)
            .ShouldBe(["2025-02.parquet", "2025-05.parquet"]);
        Ask($"SELECT count(*) FROM (FROM '{new GoldFolder(Configuration().Lake).CurrentFolder}/orders/*.parquet' EXCEPT ALL FROM gold.orders)")
            .ShouldBe(0L);
        Ask($"SELECT count(*) FROM '{new GoldFolder(Configuration().Lake).CurrentFolder}/orders/*.parquet'")
            .ShouldBe(Ask("SELECT count(*) FROM gold.orders"));

        Dictionary<string, DateTime> Files() => GoldFolder.FilesOf(new GoldFolder(Configuration().Lake).CurrentFolder!, "orders")
            .ToDictionary(file => Path.GetFileName(file), File.GetLastWriteTimeUtc);
    }

    [Fact]
    public void A_damaged_month_of_gold_is_told_by_the_question_that_reads_it()
    {
        Folder.Write("shop/feeds/more/orders.csv", "order_id,user_id,order_status,order_amount,order_ts,updated_at,exported_at\n"
            + "m1,,CREATED,1.00,2025-03-05 12:00:00,2025-03-05 12:00:00,2025-09-01 00:00:00\n");
        Ingest();
        Run();
        File.WriteAllText(GoldFolder.FilesOf(new GoldFolder(Configuration().Lake).CurrentFolder!, "orders")[^1], "cut");

        using IWarehouseReader gold = LakeEngine.OpenGoldReader(Configuration());
        ShopLakeException damaged = Should.Throw<ShopLakeException>(() => gold.Query("SELECT max(user_id) FROM gold.orders", default));
        damaged.Kind.ShouldBe(FailureKind.OutOfReach);
        damaged.Message.ShouldContain("2025-03.parquet");
        damaged.Message.ShouldEndWith("Delete .gold in the lake and run: shoplake run, which writes those files anew.");
        gold.Query("SELECT count(*) FROM gold.revenue_daily", default).Rows.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_run_that_ended_before_the_swap_of_gold_is_finished_by_the_next()
    {
        Ingest();
        Run();
        var gold = new GoldFolder(Configuration().Lake);
        Directory.Delete(Path.Combine(Configuration().Lake, "gold"));

        Run().Outcome.ShouldBe(RunOutcome.Unchanged);

        gold.Current.ShouldBe(1);
    }

    [Fact]
    public void Lost_files_of_gold_come_back_also_when_a_model_has_got_another_grain()
    {
        Ingest();
        Run(WithOwn("mine", "order_id: text — the order", "grain: [order_id]\nwhat: x\n*/\nSELECT order_id FROM silver.orders"));
        Directory.Delete(Path.Combine(Configuration().Lake, "gold"));
        Directory.Delete(Path.Combine(Configuration().Lake, ".gold"), recursive: true);

        Run(WithOwn("mine", "order_id: text — the order\n  one: bigint — 1",
            "grain: [order_id, one]\nwhat: x\n*/\nSELECT order_id, 1 AS one FROM silver.orders")).Outcome.ShouldBe(RunOutcome.Published);

        Ask($"SELECT sum(one) FROM '{new GoldFolder(Configuration().Lake).CurrentFolder}/mine/*.parquet'")
            .ShouldBe(Ask("SELECT cast(count(*) AS hugeint) FROM silver.orders"));
    }
}
