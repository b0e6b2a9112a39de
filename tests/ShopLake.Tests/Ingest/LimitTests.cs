using System.IO.Compression;
using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

/// <summary>Each named limit: what just fits is taken, what is one beyond becomes what the limit says.</summary>
public sealed class LimitTests : IDisposable
{
    private static readonly Source Jsonl = TestLake.Payments() with { Format = SourceFormat.Jsonl };
    private static readonly Source Parquet = TestLake.Payments() with { Format = SourceFormat.Parquet };
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(SourceFormat.Csv)]
    [InlineData(SourceFormat.Jsonl)]
    public void A_record_of_the_line_length_fits_and_one_byte_more_is_a_dead_letter(SourceFormat format)
    {
        const int length = 40;
        _lake.Limits = _lake.Limits with { LineLength = length };
        string Line(int bytes) => format == SourceFormat.Csv
            ? new string('x', bytes)
            : $$"""{"payment_id":"{{new string('x', bytes - 17)}}"}""";
        string header = format == SourceFormat.Csv ? "payment_id\n" : "";
        _lake.Feed("payments", $"{header}{Line(length)}\n{Line(length + 1)}\n");

        Counts(TestLake.Payments() with { Format = format }).ShouldBe((1, 1));

        OnlyReason().ShouldBe("it is longer than 40 bytes (limits.line_length)");
    }

    [Fact]
    public void A_header_beyond_the_line_length_is_one_error()
    {
        _lake.Limits = _lake.Limits with { LineLength = 20 };
        _lake.Feed("payments.csv", $"payment_id,{new string('x', 2_000_000)}\np1,1\n");

        _lake.Fail(TestLake.Payments()).ShouldContain("limits.line_length");
    }

    [Fact]
    public void Json_of_the_depth_fits_and_one_deeper_is_a_dead_letter()
    {
        _lake.Limits = _lake.Limits with { JsonDepth = 4 };
        _lake.Feed("payments.jsonl", """
            {"payment_id":"p1","x":[[[1]]]}
            {"payment_id":"p2","x":[[[[1]]]]}
            {"payment_id":"p3","x":{"a":{"b":{}}}}
            {"payment_id":"p4"}

            """);

        Counts(Jsonl).ShouldBe((3, 1));

        OnlyReason().ShouldBe("it is nested deeper than 4 (limits.json_depth)");
    }

    [Fact]
    public void A_csv_of_the_columns_fits_and_one_more_is_an_error()
    {
        _lake.Limits = _lake.Limits with { Columns = 3 };
        _lake.Feed("payments-1.csv", "payment_id,a,b\np1,1,2\n");
        _lake.Ingest(TestLake.Payments());
        _lake.Feed("payments-2.csv", "payment_id,a,b,c\np1,1,2,3\n");

        _lake.Fail(TestLake.Payments()).ShouldContain("limits.columns = 3");
    }

    [Fact]
    public void A_json_record_of_the_keys_fits_and_one_more_is_a_dead_letter()
    {
        _lake.Limits = _lake.Limits with { Columns = 3 };
        _lake.Feed("payments.jsonl", """
            {"payment_id":"p1","a":1,"b":2}
            {"payment_id":"p1","a":1,"b":2,"c":3}

            """);

        Counts(Jsonl).ShouldBe((1, 1));

        OnlyReason().ShouldBe("it has more than 3 keys (limits.columns)");
    }

    [Fact]
    public void A_parquet_of_the_columns_fits_and_one_more_is_an_error()
    {
        _lake.Limits = _lake.Limits with { Columns = 3 };
        WriteParquet("payments-1.parquet", "SELECT 'p1' AS payment_id, 1 AS a, 2 AS b");
        _lake.Ingest(Parquet);
        WriteParquet("payments-2.parquet", "SELECT 'p1' AS payment_id, 1 AS a, 2 AS b, 3 AS c");

        _lake.Fail(Parquet).ShouldContain("limits.columns = 3");
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(20_000, false)]
    public void A_packed_file_beyond_the_ratio_is_an_error_unless_the_limit_is_raised(int ratio, bool isRefused)
    {
        _lake.Limits = _lake.Limits with { DecompressionRatio = ratio };
        byte[] csv = Encoding.UTF8.GetBytes("payment_id\n" + new string('x', 10_000_000) + "\n");
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(csv);
        }

        _lake.Feed("payments-1.csv.gz", target.ToArray());
        using var zstd = new ZstdSharp.Compressor();
        _lake.Feed("payments-2.csv.zst", zstd.Wrap([.. csv, (byte)'y']).ToArray());

        SourceReport report = _lake.Run(TestLake.Payments()).Sources.Single();

        report.Errors.Count(error => error.Message.Contains("limits.decompression_ratio", StringComparison.Ordinal))
            .ShouldBe(isRefused ? 2 : 0);
        report.Accepted.ShouldBe(isRefused ? 0 : 3);
    }

    [Theory]
    [InlineData(SourceFormat.Csv)]
    [InlineData(SourceFormat.Jsonl)]
    [InlineData(SourceFormat.Parquet)]
    public void A_delivery_beyond_the_batch_rows_is_one_commit_of_files_that_keep_to_them(SourceFormat format)
    {
        _lake.Limits = _lake.Limits with { BatchRows = 1_000, LineLength = 100 };
        string select = "SELECT 'p' || n AS payment_id, n AS order_id FROM range({0}) AS numbers(n)";
        foreach ((string name, int rows) in new[] { ("payments-1", 2_345), ("payments-2", 400), ("payments-3", 255) })
        {
            TestLake.Query($"COPY ({string.Format(select, rows)}) TO '{_lake.Feed(name, "")}' "
                + $"(FORMAT {(format == SourceFormat.Jsonl ? "json" : format)})");
        }

        _lake.Ingest(TestLake.Payments() with { Format = format }).Accepted.ShouldBe(3_000);

        _lake.Ledger.Records.ShouldHaveSingleItem().Files.Select(file => file.Rows).ShouldBe([1_000, 1_000, 1_000]);
        _lake.Rows("payments", "count(*), count(DISTINCT _source_file || _source_row), "
            + "count(*) FILTER (WHERE payment_id = 'p' || order_id AND _source_row = CAST(order_id AS INT) + 1)")
            .ShouldBe(["3000|3000|3000"]);
    }

    [Fact]
    public void A_query_beyond_the_batch_rows_is_one_commit_of_files_that_keep_to_them()
    {
        _lake.Limits = _lake.Limits with { BatchRows = 100 };
        _lake.Feed("orders.csv", "id\n" + string.Concat(Enumerable.Range(0, 250).Select(i => $"o{i:D3}\n")));
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT id AS order_id FROM orders",
        };

        _lake.Ingest(source).Accepted.ShouldBe(250);
        _lake.Ingest(source).Accepted.ShouldBe(0);

        _lake.Ledger.Records.ShouldHaveSingleItem().Files.Select(file => file.Rows).ShouldBe([100, 100, 50]);
        _lake.Rows("orders", "min(order_id), max(_source_row), count(DISTINCT _source_row)").ShouldBe(["o000|250|250"]);
    }

    private void WriteParquet(string name, string select) =>
        TestLake.Query($"COPY ({select}) TO '{_lake.Feed(name, "")}' (FORMAT parquet)");

    private (long Accepted, long Rejected) Counts(Source source)
    {
        SourceReport report = _lake.Ingest(source);
        return (report.Accepted, report.Rejected);
    }

    private string OnlyReason() => DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem().Reason;
}
