using System.Text.Json;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

public sealed class OtherFormatTests : IDisposable
{
    private static readonly Source Jsonl = TestLake.Payments() with { Format = SourceFormat.Jsonl };
    private static readonly Source Parquet = TestLake.Payments() with { Format = SourceFormat.Parquet };
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Json_lines_give_texts_unescaped_and_numbers_exactly()
    {
        _lake.Feed("payments.jsonl", """
            {"payment_id":"p\u00e9\n","payment_amount":12345678901234.5678,"payment_ts":"2024-01-01T00:00:00Z"}
            {"payment_amount":"1.5","payment_id":123456789012345678901234567890,"x":{"a":[1.50,"\u0041"]},"note":null}
            {"payment_id":"p3","payment_amount":0.00001,"order_id":""}

            """);

        _lake.Ingest(Jsonl);

        _lake.Rows("payments", "payment_id, order_id, payment_amount, payment_ts, _rescued").ShouldBe(
        [
            "pé\n|NULL|12345678901234.5678|2024-01-01 00:00:00|NULL",
            """123456789012345678901234567890|NULL|1.5000|NULL|{"x":{"a":[1.50,"\u0041"]}}""",
            """p3||NULL|NULL|{"payment_amount":"0.00001"}""",
        ]);
    }

    [Fact]
    public void A_line_that_is_no_object_of_json_is_a_dead_letter()
    {
        string[] lines =
        [
            """{"payment_id":"p1"}""", "[1]", """{"payment_id":"p3",}""", """{"payment_id":"p4","payment_id":"x"}""",
            """{"payment_id":"\ud800"}""", """{"payment_id":"\u0000"}""", """{"payment_id":"p7"} x""", "null",
            """{"payment_id":"p9","x":[[[[1]]]]}""", """{"payment_id":"p10""",
        ];
        _lake.Limits = _lake.Limits with { JsonDepth = 4 };
        _lake.Feed("payments.jsonl", string.Join('\n', lines));

        SourceReport report = _lake.Ingest(Jsonl);

        (report.Accepted, report.Rejected).ShouldBe((1, 9));
    }

    [Fact]
    public void Objects_of_json_between_carriage_returns_alone_are_one_dead_letter()
    {
        _lake.Feed("payments.jsonl", "{\"payment_id\":\"p1\"}\r{\"payment_id\":\"p2\"}\r");

        SourceReport report = _lake.Ingest(Jsonl);

        (report.Accepted, report.Rejected).ShouldBe((0, 1));
    }

    [Fact]
    public void A_damaged_parquet_is_one_line_that_names_it_and_the_others_of_its_source_go_on()
    {
        string whole = _lake.Feed("payments-1.parquet", "");
        TestLake.Query("COPY (SELECT 'p' || i AS payment_id, i AS payment_amount FROM range(2000) AS r(i)) "
            + $"TO '{whole}' (FORMAT parquet, ROW_GROUP_SIZE 1000)");
        byte[] bytes = File.ReadAllBytes(whole);
        byte[] pages = [.. bytes];
        pages.AsSpan(10, 200).Fill(0xff);
        byte[] footer = [.. bytes];
        footer.AsSpan(bytes.Length - 200, 150).Fill(0xff);
        byte[] length = [.. bytes];
        length.AsSpan(bytes.Length - 8, 4).Fill(0x7f);
        byte[] garbage = new byte[5000];
        new Random(1).NextBytes(garbage);
        byte[][] damaged = [pages, footer, length, garbage, bytes[..^1], bytes[..(bytes.Length / 2)], bytes[..5], []];
        for (int i = 0; i < damaged.Length; i++)
        {
            _lake.Feed($"payments-{i + 2}.parquet", damaged[i]);
        }

        SourceReport report = _lake.Run(Parquet).Sources.Single();

        report.Accepted.ShouldBe(2000);
        report.Errors.Select(error => error.Kind).ShouldBe(Enumerable.Repeat(FailureKind.UnreadableInput, damaged.Length));
        report.Errors.Select(error => error.Message).Order().ShouldBe(Enumerable.Range(2, damaged.Length).Select(number =>
            $"feeds/payments-{number}.parquet cannot be read as Parquet: it is damaged, cut off, encrypted or of another format. "
            + "Deliver it again."));
    }

    [Fact]
    public void A_damaged_parquet_behind_a_query_is_named_by_its_view_and_its_name()
    {
        _lake.Feed("payments-1.parquet", "nothing of the kind");

        string message = _lake.Fail(new Source
        {
            Name = "payments",
            Table = "payments",
            SourceSystem = "shop",
            Line = 3,
            Query = "SELECT * FROM paid",
            Files = new Dictionary<string, string> { ["paid"] = "feeds/payments*.parquet" },
        });

        message.ShouldBe("Source payments was not ingested, since `paid` cannot be read: feeds/payments-1.parquet cannot be read "
            + "as Parquet: it is damaged, cut off, encrypted or of another format. Deliver it again.");
    }

    [Fact]
    public void Parquet_keeps_exact_values_and_rescues_the_others()
    {
        string file = _lake.Feed("payments.parquet", "");
        TestLake.Query($"""
            COPY (SELECT 'p1' AS payment_id, 7 AS order_id, 1.5::DECIMAL(9,2) AS payment_amount,
                    TIMESTAMPTZ '2024-01-01 00:00:00+02' AS payment_ts, 0.1::DOUBLE AS share
                UNION ALL SELECT 'p2', 8, NULL, NULL, NULL) TO '{file}' (FORMAT parquet)
            """);
        string other = _lake.Feed("payments-2.parquet", "");
        TestLake.Query("COPY (SELECT 'p3' AS Payment_ID, 1.234567 AS payment_amount, DATE '2024-02-01' AS payment_ts) "
            + $"TO '{other}' (FORMAT parquet)");

        SourceReport report = _lake.Ingest(Parquet);

        report.Accepted.ShouldBe(3);
        const string columns = "payment_id, order_id, payment_amount, payment_ts, _source_file, _source_row, _rescued";
        _lake.Rows("payments", columns).ShouldBe(
        [
            """p3|NULL|NULL|2024-02-01 00:00:00|feeds/payments-2.parquet|1|{"payment_amount":"1.234567"}""",
            """p1|7|1.5000|2023-12-31 22:00:00|feeds/payments.parquet|1|{"share":"0.1"}""",
            "p2|8|NULL|NULL|feeds/payments.parquet|2|NULL",
        ]);
    }

    [Theory]
    [InlineData("DATE", "5000000-01-01", "5000000-01-01")]
    [InlineData("DATE", "-infinity", "-infinity")]
    [InlineData("DATE", "0044-03-15 (BC)", "0044-03-15 (BC)")]
    [InlineData("TIMESTAMP", "infinity", "infinity")]
    [InlineData("TIMESTAMP", "10000-01-01", "10000-01-01 00:00:00")]
    [InlineData("TIMESTAMP_S", "200000-01-01", "200000-01-01 00:00:00")]
    [InlineData("TIMESTAMP_MS", "200000-01-01", "200000-01-01 00:00:00")]
    [InlineData("TIMESTAMP_NS", "infinity", "infinity")]
    [InlineData("TIMESTAMPTZ", "infinity", "infinity")]
    [InlineData("TIMESTAMPTZ", "0001-01-01 00:00:00+14", "0001-12-31 (BC) 10:00:00+00")]
    public void A_time_of_a_parquet_that_the_column_cannot_hold_is_rescued(string type, string value, string text)
    {
        string file = _lake.Feed("payments.parquet", "");
        TestLake.Query($"""
            SET TimeZone = 'UTC';
            COPY (SELECT id AS payment_id, CAST(x AS {type}) AS payment_ts, CAST(x AS {type}) AS ingestion_time
                FROM (VALUES ('p1', '{value}'), ('p2', '2024-01-01')) AS given(id, x)) TO '{file}' (FORMAT parquet)
            """);

        _lake.Ingest(Parquet);

        _lake.Rows("payments", "payment_id, payment_ts, ingestion_time, _rescued").ShouldBe(
        [
            $$"""p1|NULL|NULL|{"payment_ts":"{{text}}","ingestion_time":"{{text}}"}""",
            "p2|2024-01-01 00:00:00|2024-01-01 00:00:00|NULL",
        ]);
    }

    [Fact]
    public void A_text_with_a_NUL_of_a_parquet_or_of_a_query_is_rescued_as_the_list_of_its_parts()
    {
        string file = _lake.Feed("payments.parquet", "");
        TestLake.Query($"""
            COPY (SELECT 'p1' AS payment_id, 'o' || chr(0) || '1' AS order_id, '5' || chr(0) AS payment_amount,
                    'a' || chr(0) || '"b' AS note, ['c' || chr(0)] AS notes
                UNION ALL SELECT 'p2', 'o2', '7', 'd', ['e']) TO '{file}' (FORMAT parquet)
            """);
        _lake.Ingest(Parquet);
        _lake.Ingest(TestLake.Payments() with
        {
            Name = "asked",
            Path = null,
            Query = "SELECT payment_id || '-asked' AS payment_id, order_id, payment_amount, note FROM paid",
            Files = new Dictionary<string, string> { ["paid"] = "feeds/payments.parquet" },
        });

        _lake.Rows("payments", "payment_id, order_id, payment_amount, _rescued").ShouldBe(
        [
            """p1|NULL|NULL|{"note":["a","\"b"],"notes":["[c","]"],"order_id":["o","1"],"payment_amount":["5",""]}""",
            """p2|o2|7.0000|{"note":"d","notes":["e"]}""",
            """p1-asked|NULL|NULL|{"note":["a","\"b"],"order_id":["o","1"],"payment_amount":["5",""]}""",
            """p2-asked|o2|7.0000|{"note":"d"}""",
        ]);
    }

    [Theory]
    [InlineData("file_row_number")]
    [InlineData("File_Index")]
    public void A_parquet_whose_column_hides_the_position_of_its_rows_is_refused_and_the_others_are_read(string name)
    {
        string file = _lake.Feed("payments-1.parquet", "");
        TestLake.Query($"COPY (SELECT 'p1' AS payment_id, 7 AS {name}) TO '{file}' (FORMAT parquet)");
        string other = _lake.Feed("payments-2.parquet", "");
        TestLake.Query($"COPY (SELECT 'p2' AS payment_id, 7 AS filename, 8 AS _source_row) TO '{other}' (FORMAT parquet)");

        SourceReport report = _lake.Run(Parquet).Sources.Single();

        ShopLakeException error = report.Errors.ShouldHaveSingleItem();
        error.Kind.ShouldBe(FailureKind.UnreadableInput);
        error.Message.ShouldBe($"feeds/payments-1.parquet has a column {name}, the name by which DuckDB tells the position of a "
            + "row. Rename the column.");
        _lake.Rows("payments", "payment_id, _source_file, _source_row, _rescued").ShouldBe(
            ["""p2|feeds/payments-2.parquet|1|{"filename":7,"source:_source_row":8}"""]);
    }

    [Fact]
    public void Rows_that_are_not_the_records_of_the_files_are_an_error()
    {
        var content = new BatchContent
        {
            Files = [new WrittenFile("000000000001.parquet", 3)],
            Deliveries = [new Delivery("a.csv", 9, "", 3, 1), new Delivery("b.csv", 9, "", 1, 0)],
            Schema = [],
        };

        Should.NotThrow(() => content.CheckRows("payments"));
        Should.Throw<ShopLakeException>(() => (content with { Files = [] }).CheckRows("payments")).Message.ShouldBe(
            "Source payments was not ingested: 0 rows were made of 3 records. Nothing of it was committed. This is a mistake in "
            + "ShopLake: report it, with the names and types of the feed's columns.");
    }

    [Fact]
    public void What_is_rescued_is_json_where_the_value_has_no_json()
    {
        string file = _lake.Feed("payments.parquet", "");
        TestLake.Query("COPY (SELECT 'p1' AS payment_id, {'c': 'nan'::DOUBLE} AS s, ['-inf'::FLOAT, 1] AS l, MAP {'k': 1.5} AS m, "
            + $"{{'NaN': 'Infinity'}} AS t) TO '{file}' (FORMAT parquet)");

        _lake.Ingest(Parquet);

        string rescued = _lake.Rows("payments", "_rescued").ShouldHaveSingleItem();
        rescued.ShouldBe("""{"s":"{'c': nan}","l":"[-inf, 1.0]","m":{"k":1.5},"t":{"NaN":"Infinity"}}""");
        Should.NotThrow(() => JsonDocument.Parse(rescued).Dispose());
    }

    [Fact]
    public void A_text_beyond_the_last_year_is_rescued()
    {
        _lake.Feed("payments.csv", "payment_id,payment_ts\np1,9999-12-31 23:59:59\n");

        _lake.Ingest(TestLake.Payments() with { TimeZone = "America/Sao_Paulo" });

        _lake.Rows("payments", "payment_id, payment_ts, _rescued").ShouldBe(
            ["""p1|NULL|{"payment_ts":"9999-12-31 23:59:59"}"""]);
    }

    [Fact]
    public void The_first_and_the_last_instant_are_held()
    {
        const string parquet = "payments.parquet";
        _lake.Feed("payments.csv", "payment_id,payment_ts\np1,0001-01-01T00:00:00Z\np2,9999-12-31T23:59:59.999999Z\n");
        TestLake.Query("COPY (SELECT 'p3' AS payment_id, CAST(x AS TIMESTAMP) AS payment_ts FROM (VALUES ('0001-01-01'), "
            + $"('9999-12-31 23:59:59.999999')) AS given(x)) TO '{_lake.Feed(parquet, "")}' (FORMAT parquet)");
        _lake.Ingest(TestLake.Payments() with { Path = "feeds/payments.csv" });
        _lake.Ingest(Parquet with { Name = "others", Path = $"feeds/{parquet}" });
        TableDefinition table = LakeCatalog.Load(LakeCatalog.ShippedModels).Raw("payments");
        string select = BronzeReader.SelectSql(table, _lake.Ledger);

        DateTime last = DateTime.MaxValue.AddTicks(-9);
        BronzeReader.Rows(table, $"SELECT payment_ts FROM ({select}) ORDER BY ALL", CancellationToken.None)
            .Select(row => row[0]).ShouldBe([DateTime.MinValue, DateTime.MinValue, last, last]);
    }

    [Theory]
    [InlineData("TIMESTAMP '200000-01-01'")]
    [InlineData("TIMESTAMP 'infinity'")]
    [InlineData("TIMESTAMP '0044-03-15 (BC)'")]
    public void An_instant_that_an_older_lake_holds_is_an_error_with_its_column_and_cure(string value)
    {
        TableDefinition table = LakeCatalog.Load(LakeCatalog.ShippedModels).Raw("payments");

        Should.Throw<ShopLakeException>(
            () => BronzeReader.Rows(table, $"SELECT {value} AS payment_ts", CancellationToken.None).ToList())
            .Message.ShouldStartWith("bronze.payments_raw.payment_ts holds an instant outside the years 1 to 9999.");
    }

    [Fact]
    public void A_query_appends_only_rows_that_earlier_results_did_not_hold()
    {
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            SourceSystem = "shop",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT id AS order_id, 'CREATED' AS order_status, day AS updated_at, x FROM orders;",
        };
        _lake.Feed("orders.csv", "id,day,x\no2,2024-01-02,\no1,2024-01-01,1\no1,2024-01-01,1\nbad\n");
        _lake.Ingest(source).Rejected.ShouldBe(1);
        _lake.Ingest(source).Known.ShouldBe(["feeds/orders.csv"]);
        _lake.Feed("orders.csv", "id,day,x\no1,2024-01-01,1\no1,2024-01-01,1\no1,2024-01-01,1\no3,2024-01-03,\nbad\n");

        SourceReport report = _lake.Ingest(source);

        report.Accepted.ShouldBe(2);
        const string columns = "order_id, updated_at, source_system, _batch_id, _source_file, _source_row, _rescued";
        _lake.Rows("orders", columns).ShouldBe(
        [
            """o1|2024-01-01 00:00:00|shop|1|query:states|1|{"x":"1"}""",
            """o1|2024-01-01 00:00:00|shop|1|query:states|2|{"x":"1"}""",
            "o2|2024-01-02 00:00:00|shop|1|query:states|3|NULL",
            """o1|2024-01-01 00:00:00|shop|2|query:states|4|{"x":"1"}""",
            "o3|2024-01-03 00:00:00|shop|2|query:states|5|NULL",
        ]);
        _lake.Ledger.Records[^1].Inputs.ShouldHaveSingleItem().Rejected.ShouldBe(1);
    }

    [Fact]
    public void A_row_of_a_result_is_known_again_whatever_its_columns_and_views_are_called()
    {
        string[] names = ["result", "_time", "times", "_number", "_row_hash", "column_0", "_source_row", "_rest"];
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["result"] = "feeds/orders.csv", ["new_rows"] = "feeds/new.csv" },
            Query = "SELECT r.* FROM result AS r, new_rows",
        };
        string Row(string order, string x) => string.Join(',', [order, .. names.Select(_ => x)]) + "\n";
        string header = string.Join(',', ["order_id", .. names]) + "\n";
        _lake.Feed("new.csv", "one\n1\n");
        _lake.Feed("orders.csv", header + Row("o1", "same") + Row("o2", "same") + Row("o2", "same"));
        _lake.Ingest(source).Accepted.ShouldBe(3);
        _lake.Feed("orders.csv", header + Row("o3", "same") + Row("o2", "same") + Row("o1", "same") + Row("o2", "same"));

        _lake.Ingest(source).Accepted.ShouldBe(1);

        _lake.Rows("orders", "order_id, _batch_id, _source_row, CAST(_rescued AS JSON) ->> '$.result'").ShouldBe(
            ["o1|1|1|same", "o2|1|2|same", "o2|1|3|same", "o3|2|4|same"]);
    }

    [Fact]
    public void A_row_of_a_result_is_known_by_its_json()
    {
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT id AS order_id, 1 AS \"b\"\"c\", NULL AS d, 2 AS d FROM orders",
        };
        _lake.Feed("orders.csv", "id\no\u00e9\n");
        _lake.Ingest(source);

        // Lakes hold these hashes: others would bring all their rows once more.
        string file = Path.Combine(_lake.LakeFolder, _lake.Ledger.Records[0].Files[0].Path);
        TestLake.Query($"SELECT _row_hash FROM read_parquet('{file}')").ShouldBe(
            TestLake.Query("""SELECT md5('{"order_id":"oé","b\"c":"1","d":null,"d_1":"2"}')"""));
    }

    [Fact]
    public void A_source_that_had_a_path_may_become_a_query()
    {
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\n");
        _lake.Ingest(TestLake.Payments());
        Source source = TestLake.Payments() with
        {
            Path = null,
            Query = "SELECT * FROM paid",
            Files = new Dictionary<string, string> { ["paid"] = "feeds/payments.csv" },
        };

        _lake.Ingest(source).Accepted.ShouldBe(1);
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\np2,o2\n");
        _lake.Ingest(source).Accepted.ShouldBe(1);

        _lake.Rows("payments", "payment_id, _source_file, _source_row").ShouldBe(
            ["p1|feeds/payments.csv|1", "p1|query:payments|1", "p2|query:payments|2"]);
    }

    [Fact]
    public void A_wrong_query_names_its_source()
    {
        _lake.Feed("orders.csv", "id\n1\n");
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT nothing FROM orders",
        };

        _lake.Fail(source).ShouldContain("query of source states");
    }

    [Theory]
    [InlineData("SELECT content AS order_id FROM read_text('{0}')", "disabled by configuration")]
    [InlineData("SELECT id AS order_id FROM orders); COPY orders TO '{0}'; SELECT (1", "disabled by configuration")]
    [InlineData("SELECT id AS order_id FROM orders); SET memory_limit = '1TB'; SELECT (1", "the configuration has been locked")]
    public void A_query_reaches_no_other_file_and_changes_no_setting(string query, string why)
    {
        string file = Path.Combine(_lake.Folder, "secret.txt");
        File.WriteAllText(file, "secret");
        _lake.Feed("orders.csv", "id\n1\n");
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = query.Replace("{0}", file, StringComparison.Ordinal),
        };

        _lake.Fail(source).ShouldContain(why);

        File.ReadAllText(file).ShouldBe("secret");
        _lake.Ledger.LastSequence.ShouldBe(0);
    }
}
