using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

public sealed class MappingTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Columns_constants_and_templates_fill_the_table_and_what_they_do_not_hold_is_rescued()
    {
        _lake.Feed("payments.csv", "Order,Seq,Value,at,payment_status\no1,1,9.99,1700000000.5,whatever\n,2,1,,\n");
        Source source = TestLake.Payments() with
        {
            Columns = new Dictionary<string, ColumnMapping>
            {
                ["payment_id"] = new ColumnMapping.Template("{order}-{seq}@{_source_file}#{_source_row}"),
                ["order_id"] = new ColumnMapping.FromColumn("order"),
                ["payment_status"] = new ColumnMapping.Constant("SUCCESS"),
                ["payment_amount"] = new ColumnMapping.Template("-{value}"),
                ["payment_ts"] = new ColumnMapping.FromColumn("AT", EpochUnit.Seconds),
            },
        };

        _lake.Ingest(source);

        _lake.Rows("payments", "payment_id, order_id, payment_status, payment_amount, payment_ts, _rescued").ShouldBe(
        [
            "o1-1@feeds/payments.csv#1|o1|SUCCESS|-9.9900|2023-11-14 22:13:20.5|"
                + """{"Seq":"1","Value":"9.99","source:payment_status":"whatever"}""",
            """NULL|NULL|SUCCESS|-1.0000|NULL|{"Seq":"2","Value":"1"}""",
        ]);
    }

    [Fact]
    public void Another_currency_than_the_lakes_is_rescued()
    {
        _lake.Feed("payments.csv", "payment_id,cur\np1,EUR\np2,USD\np3,\n");
        Source source = TestLake.Payments(("payment_id", "payment_id"), ("currency", "cur"));

        _lake.Ingest(source);

        _lake.Rows("payments", "payment_id, _rescued").ShouldBe(["p1|NULL", """p2|{"currency":"USD"}""", "p3|NULL"]);
    }

    [Fact]
    public void A_deletion_is_marked_by_the_words_of_the_source()
    {
        _lake.Feed("payments.csv", "payment_id,op\np1,I\np2,D\np3,\n");
        Source source = TestLake.Payments() with
        {
            DeletedWhen = new Dictionary<string, IReadOnlyList<string>> { ["op"] = ["D", "X"] },
        };

        _lake.Ingest(source);

        _lake.Rows("payments", "payment_id, _op, _rescued").ShouldBe(
            ["""p1|upsert|{"op":"I"}""", """p2|delete|{"op":"D"}""", "p3|upsert|NULL"]);
    }

    [Fact]
    public void Times_without_an_offset_are_the_sources_and_those_the_clock_skips_are_moved_and_rescued()
    {
        _lake.Feed("payments.csv", "payment_id,payment_ts\np1,2024-03-31 02:30:00\np2,2024-07-01 12:00:00\n");

        _lake.Ingest(TestLake.Payments() with { TimeZone = "Europe/Berlin" });

        _lake.Rows("payments", "payment_id, payment_ts, _rescued").ShouldBe(
        [
            """p1|2024-03-31 01:30:00|{"payment_ts":"2024-03-31 02:30:00"}""",
            "p2|2024-07-01 10:00:00|NULL",
        ]);
    }

    [Fact]
    public void Ingestion_time_is_the_sources_where_it_is_given_and_the_commits_elsewhere()
    {
        _lake.Feed("payments.csv", "payment_id,ingestion_time\np1,2024-01-01\np2,\np3,soon\n");

        _lake.Ingest(TestLake.Payments());

        string committed = _lake.Ledger.Records[0].CommittedAt.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF");
        _lake.Rows("payments", "payment_id, ingestion_time, _rescued").ShouldBe(
            ["p1|2024-01-01 00:00:00|NULL", $"p2|{committed}|NULL", """p3|NULL|{"ingestion_time":"soon"}"""]);
    }

    [Fact]
    public void Files_may_differ_in_order_case_and_columns_and_drift_is_reported_once()
    {
        _lake.Feed("payments-1.csv", "payment_id,order_id\np1,o1\n");
        _lake.Feed("payments-2.csv", "ORDER_ID,\"ext\nra\",Payment_Id\no2,x,p2\n");
        _lake.Feed("payments-3.csv", "payment_id\np3\n");

        SourceReport report = _lake.Ingest(TestLake.Payments(("payment_id", "payment_id"), ("order_id", "order_id")));

        report.Drift.ShouldBe(
        [
            @"feeds/payments-2.csv has ext\nra, which no column takes: kept in _rescued",
            "feeds/payments-3.csv lacks order_id: NULL",
        ]);
        _lake.Rows("payments", "payment_id, order_id, _rescued").ShouldBe(
            ["p1|o1|NULL", """p2|o2|{"ext\nra":"x"}""", "p3|NULL|NULL"]);
        _lake.Ledger.Records.ShouldHaveSingleItem().Files.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_constant_that_does_not_fit_its_column_is_wrong_usage()
    {
        _lake.Feed("payments.csv", "payment_id\np1\n");
        Source source = TestLake.Payments() with
        {
            Columns = new Dictionary<string, ColumnMapping>
            {
                ["payment_id"] = new ColumnMapping.FromColumn("payment_id"),
                ["payment_amount"] = new ColumnMapping.Constant("much"),
            },
        };

        _lake.Fail(source).ShouldContain("'much'");
    }
}
