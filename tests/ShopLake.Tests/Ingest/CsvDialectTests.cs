using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

/// <summary>Delimiters and quotes of any length and script, and files without quotes or header.</summary>
public sealed class CsvDialectTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("§", "\"", "utf-8")]
    [InlineData("§", "'", "latin-1")]
    [InlineData("漢", "“", "utf-16")]
    [InlineData("||", "\"", "utf-8")]
    [InlineData("😀", "😁", "utf-8")]
    public void Fields_are_split_at_the_declared_delimiter(string delimiter, string quote, string encoding)
    {
        string[] lines =
        [
            $"payment_id{delimiter}order_id",
            $"p1{delimiter}",
            $"{quote}p{delimiter}{quote}{quote}\n2{quote}{delimiter}o2",
            $"p3{delimiter}{quote}{quote}",
            $"p4{delimiter}o{quote}4",
            $"{quote}p5{quote}x{delimiter}o5",
            "ragged",
            $"p7{delimiter}o7",
        ];
        Encoding bytes = encoding == "latin-1" ? Encoding.Latin1 : Encoding.GetEncoding(encoding);
        _lake.Feed("payments.csv", [.. bytes.GetPreamble(), .. bytes.GetBytes(string.Join("\r\n", lines))]);

        SourceReport(delimiter, quote, encoding).ShouldBe((4, 3));

        _lake.Rows("payments", "payment_id, order_id, _source_row").ShouldBe(
            ["p1|NULL|1", $"p{delimiter}{quote}\n2|o2|2", "p3||3", "p7|o7|7"]);
    }

    [Theory]
    [InlineData("¦¦¦", "漢")]
    [InlineData("\t", "'")]
    public void Signs_are_whole_wherever_a_block_of_bytes_ends(string delimiter, string quote)
    {
        // Records of a length that shifts, so that blocks end at every place of a record.
        IEnumerable<string> lines = Enumerable.Range(0, 60_000).Select(i =>
            $"{quote}p{quote}{quote}{i}{quote}{delimiter}{quote}{new string('x', i % 37)}\n{quote}\r\n");
        _lake.Feed("payments.csv", $"payment_id{delimiter}order_id\n{string.Concat(lines)}");

        SourceReport(delimiter, quote, "utf-8").ShouldBe((60_000, 0));

        _lake.Rows("payments", $"count(DISTINCT payment_id), count(*) FILTER (WHERE payment_id = 'p{quote.Replace("'",
            "''", StringComparison.Ordinal)}' || (_source_row - 1) "
            + "AND order_id = repeat('x', ((_source_row - 1) % 37)::INT) || chr(10)), count(*)")
            .ShouldBe(["60000|60000|60000"]);
    }

    [Fact]
    public void Without_quotes_every_character_is_text()
    {
        _lake.Feed("payments.tsv", "payment_id\torder_id\n\"p1\t5\" disk\np2\t\n");

        SourceReport("\t", "", "utf-8").ShouldBe((2, 0));

        _lake.Rows("payments", "payment_id, order_id").ShouldBe(["\"p1|5\" disk", "p2|NULL"]);
    }

    [Fact]
    public void A_file_without_a_header_has_the_declared_columns()
    {
        _lake.Feed("payments.csv", "p1,o1\np2\n");
        Source source = TestLake.Payments() with { Csv = new CsvDialect { Header = ["payment_id", "order_id"] } };

        _lake.Ingest(source).Rejected.ShouldBe(1);

        _lake.Rows("payments", "payment_id, order_id, _source_row").ShouldBe(["p1|o1|1"]);
        File.ReadAllText(DeadLetters.Export(_lake.Ledger, source).ShouldHaveSingleItem()).ShouldBe("p2\n");
    }

    [Fact]
    public void Dead_letters_are_exported_in_the_dialect_they_came_in()
    {
        Source source = TestLake.Payments(("payment_id", "payment_id"), ("order_id", "or||der")) with
        {
            Csv = new CsvDialect { Delimiter = "||", Quote = "“" },
        };
        _lake.Feed("payments.csv", "payment_id||“or||der“\nragged\n");
        _lake.Ingest(source).Rejected.ShouldBe(1);

        string file = DeadLetters.Export(_lake.Ledger, source).ShouldHaveSingleItem();

        File.ReadAllText(file).ShouldBe("payment_id||“or||der“\nragged\n");
        File.WriteAllText(file, "payment_id||“or||der“\np1||o1\n");
        _lake.Ingest(source).Accepted.ShouldBe(1);
    }

    private (long Accepted, long Rejected) SourceReport(string delimiter, string quote, string encoding)
    {
        var report = _lake.Ingest(TestLake.Payments() with
        {
            Csv = new CsvDialect { Delimiter = delimiter, Quote = quote, Encoding = encoding },
        });
        return (report.Accepted, report.Rejected);
    }
}
