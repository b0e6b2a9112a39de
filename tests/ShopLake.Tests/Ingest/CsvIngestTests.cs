using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

public sealed class CsvIngestTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_row_arrives_in_the_columns_of_the_table_with_where_it_came_from()
    {
        _lake.Feed("payments.csv", """
            payment_id,order_id,payment_status,payment_amount,payment_ts
            007,o1,SUCCESS,12.5,2024-03-01 10:00:00.123456
            p2,,FAILED,,2024-03-01T10:00:00+02:00

            """);

        SourceReport report = _lake.Ingest(TestLake.Payments());

        (report.Records, report.Accepted, report.Rejected).ShouldBe((2, 2, 0));
        _lake.Rows("payments", "payment_id, order_id, payment_status, payment_amount, payment_ts, source_system, "
            + "_batch_id, _source_file, _source_row, _op, _rescued").ShouldBe(
        [
            "007|o1|SUCCESS|12.5000|2024-03-01 10:00:00.123456|shop|1|feeds/payments.csv|1|upsert|NULL",
            "p2|NULL|FAILED|NULL|2024-03-01 08:00:00|shop|1|feeds/payments.csv|2|upsert|NULL",
        ]);
    }

    [Fact]
    public void What_a_column_cannot_hold_is_rescued_and_the_row_stays()
    {
        _lake.Feed("payments.csv", """"
            payment_id,payment_amount,payment_ts,note
            p1,"12,50",2024-02-30,hello
            p2,1.23456,2024-01-01 00:00:00.1234567,"say ""hi"""
            p3,1e2,2024-01-01,

            """");

        _lake.Ingest(TestLake.Payments());

        _lake.Rows("payments", "payment_id, payment_amount, payment_ts, _rescued").ShouldBe(
        [
            """p1|NULL|NULL|{"note":"hello","payment_amount":"12,50","payment_ts":"2024-02-30"}""",
            """p2|NULL|NULL|{"note":"say \"hi\"","payment_amount":"1.23456","""
                + "\"payment_ts\":\"2024-01-01 00:00:00.1234567\"}",
            "p3|100.0000|2024-01-01 00:00:00|NULL",
        ]);
    }

    [Fact]
    public void Records_that_cannot_be_split_become_dead_letters_and_keep_their_number()
    {
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\nragged\n\"x\"y,o\np4,\"o\n4\"\np5,a\"b\n"
            + "p6,\"never closed\np7,o7\n");

        SourceReport report = _lake.Ingest(TestLake.Payments());

        (report.Accepted, report.Rejected).ShouldBe((3, 4));
        _lake.Rows("payments", "payment_id, order_id, _source_row").ShouldBe(["p1|o1|1", "p4|o\n4|4", "p7|o7|7"]);
    }

    [Fact]
    public void The_same_bytes_add_nothing_whatever_their_name()
    {
        _lake.Feed("payments-1.csv", "payment_id\np1\n");
        _lake.Ingest(TestLake.Payments());
        _lake.Feed("payments-2.csv", "payment_id\np1\n");

        SourceReport report = _lake.Ingest(TestLake.Payments());

        report.Known.ShouldBe(["feeds/payments-1.csv", "feeds/payments-2.csv"]);
        report.Accepted.ShouldBe(0);
        _lake.Ledger.LastSequence.ShouldBe(1);
    }

    [Theory]
    [InlineData("id\np1\n", "lacks payment_id")]
    [InlineData("\"pay\nment_id\",x\u001b\u0085\np1,1\n", @"It has: pay\nment_id, x\u001b\u0085.")]
    [InlineData("payment_id,x,X\np1,1,2\n", "these columns come twice: x.")]
    [InlineData("payment_id,\"x\n\",\"x\n\"\np1,1,2\n", @"these columns come twice: x\n.")]
    [InlineData("payment_id,,x,\np1,1,2,3\n", "the columns 2, 4 have no name.")]
    public void A_file_that_cannot_be_used_is_one_clear_error(string content, string message)
    {
        _lake.Feed("payments.csv", content);

        _lake.Fail(TestLake.Payments()).ShouldContain(message);
    }

    [Theory]
    [InlineData("payment_id,order_id\rp1,o1\rp2,o2\r")]
    [InlineData("\"payment_id\",\"order_id\"\r\"p1\",\"o1\"\r\"p2\",\"o2\"")]
    [InlineData("payment_id\rp1\rp2\r")]
    public void Lines_that_end_with_a_carriage_return_alone_are_an_error_and_the_mended_file_is_read(string content)
    {
        foreach (Source source in new[] { TestLake.Payments(), TestLake.Payments() with { Growing = true } })
        {
            _lake.Feed("payments.csv", content);
            SourceReport refused = _lake.Run(source).Sources.Single();
            ShopLakeException error = refused.Errors.ShouldHaveSingleItem();
            error.Kind.ShouldBe(FailureKind.UnreadableInput);
            error.Message.ShouldBe(
                "feeds/payments.csv: its lines end with a carriage return alone; write them with line feeds.");
            refused.Commits.ShouldBeEmpty();
        }

        _lake.Feed("payments.csv", content.Replace('\r', '\n'));

        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(2);
    }

    [Theory]
    [InlineData("p1,o1\rp2,o2\r", false)]
    [InlineData("p1,\"o\r1\"\rp2,o2", false)]
    [InlineData("p1,o1\rp2,o2\r", true)]
    public void Such_lines_are_an_error_too_where_the_configuration_names_the_columns(string content, bool growing)
    {
        Source source = TestLake.Payments() with
        {
            Growing = growing,
            Csv = new CsvDialect { Header = ["payment_id", "order_id"] },
        };
        _lake.Feed("payments.csv", content);

        _lake.Fail(source).ShouldBe("feeds/payments.csv: its lines end with a carriage return alone; write them with line feeds.");

        _lake.Ledger.LastSequence.ShouldBe(0);
        _lake.Feed("payments.csv", content.TrimEnd('\r').Replace("1\r", "1\r\n").Replace("\"\r", "\"\r\n") + "\r\n");
        _lake.Ingest(source).Accepted.ShouldBe(2);
    }

    [Fact]
    public void A_carriage_return_in_a_record_is_right_where_line_feeds_end_records()
    {
        _lake.Feed("payments.csv", "p1,o\r1\np2,\"o\r2\"\n");

        _lake.Ingest(TestLake.Payments() with { Csv = new CsvDialect { Header = ["payment_id", "order_id"] } });

        _lake.Rows("payments", "payment_id, order_id").ShouldBe(["p1|o\r1", "p2|o\r2"]);
    }

    [Fact]
    public void A_carriage_return_within_quotes_or_before_a_line_feed_of_the_header_is_right()
    {
        _lake.Feed("payments.csv", "payment_id,\"no\"\"te\r\"\r\np1,x\r\n");

        _lake.Ingest(TestLake.Payments());

        _lake.Rows("payments", "payment_id, _rescued").ShouldBe(["""p1|{"no\"te\r":"x"}"""]);
    }

    [Fact]
    public void Another_file_of_the_source_goes_on()
    {
        _lake.Feed("payments-1.csv", "id\np1\n");
        _lake.Feed("payments-2.csv", "payment_id\np2\n");

        IngestReport report = _lake.Run(TestLake.Payments());

        report.Failure.ShouldBe(FailureKind.UnreadableInput);
        _lake.Rows("payments", "payment_id, _source_file").ShouldBe(["p2|feeds/payments-2.csv"]);
    }
}
