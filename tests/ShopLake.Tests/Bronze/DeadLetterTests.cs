using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Tests.Bronze;

public sealed class DeadLetterTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_dead_letter_says_where_it_was_and_why_it_is_one()
    {
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\nrag\tged\n");
        _lake.Ingest(TestLake.Payments());

        DeadLetter letter = DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem();

        letter.ShouldBe(new DeadLetter(1, "payments", "feeds/payments.csv", 2, 26,
            "it has 1 field where the header has 2", 7, @"rag\tged", IsReleased: false));
    }

    [Fact]
    public void Every_kind_of_broken_csv_record_is_kept_byte_for_byte_with_where_it_was_and_why()
    {
        (byte[] Record, string Reason)[] broken =
        [
            ("ragged"u8.ToArray(), "it has 1 field where the header has 2"),
            ("a,b,c"u8.ToArray(), "it has 3 fields where the header has 2"),
            ("\"a\"b,c"u8.ToArray(), "text follows the closing quote of a field"),
            ("a\"b,c"u8.ToArray(), "a quote stands inside a field without quotes around it"),
            ("a\0b,c"u8.ToArray(), "it holds a NUL byte"),
            ([0xff, 0x2c, 0xe9], "it is not valid text in the declared encoding"),
            (Encoding.UTF8.GetBytes(new string('x', 70) + ",y"),
                "it is longer than 64 bytes (limits.line_length)"),
        ];
        byte[] torn = "\"never closed,"u8.ToArray();
        _lake.Limits = _lake.Limits with { LineLength = 64 };
        byte[] head = "payment_id,order_id\n"u8.ToArray();
        IEnumerable<byte> lines = broken.SelectMany((one, i) =>
            Encoding.UTF8.GetBytes($"p{i},o\n").Concat(one.Record).Append((byte)'\n'));
        byte[] file = [.. head, .. lines, .. torn];
        _lake.Feed("payments.csv", file);

        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(broken.Length);

        DeadLetter[] letters = [.. DeadLetters.List(_lake.Ledger).OrderBy(letter => letter.Record)];
        letters.Select(letter => letter.Reason).ShouldBe(
            [.. broken.Select(one => one.Reason), "a quoted field is never closed"]);
        letters.Select(letter => letter.Record).ShouldBe([2, 4, 6, 8, 10, 12, 14, 15]);
        letters.Select(letter => file[(int)letter.Offset..(int)(letter.Offset + letter.Bytes)])
            .ShouldBe([.. broken.Select(one => one.Record), torn]);
        ByRecord(letters).ShouldBe([.. broken.SelectMany(one => one.Record), .. torn]);
    }

    [Fact]
    public void Every_kind_of_broken_json_line_says_why()
    {
        (string Line, string Reason)[] broken =
        [
            ("[1]", "it is not a JSON object"),
            ("""{"payment_id":"p",}""", "it is not valid JSON at byte 18"),
            ("""{"payment_id":"p","payment_id":"q"}""", "the key payment_id comes twice"),
            ("""{"payment_id":"p\u0000"}""", "it holds a NUL character"),
            ("""{"payment_id":"p","note\u0000":1}""", "it holds a NUL character"),
            ("""{"payment_id":"\ud800"}""", "a text near byte 14 holds half of a surrogate pair"),
            ("""{"payment_id":"p""", "it is not valid JSON at byte 16"),
        ];
        _lake.Feed("payments.jsonl", string.Join('\n', broken.Select(one => one.Line)));

        _lake.Ingest(TestLake.Payments() with { Format = SourceFormat.Jsonl }).Rejected.ShouldBe(broken.Length);

        DeadLetters.List(_lake.Ledger).OrderBy(letter => letter.Record)
            .Select(letter => (letter.Preview, letter.Reason)).ShouldBe(broken);
    }

    [Fact]
    public void Mended_in_the_exported_file_they_are_ingested_and_released()
    {
        _lake.Feed("payments-1.csv", "payment_id,order_id\np1,o1\np2\n");
        _lake.Feed("payments-2.csv", "payment_id\n\"p\"3\n");
        _lake.Ingest(TestLake.Payments());
        IReadOnlyList<string> files = DeadLetters.Export(_lake.Ledger, TestLake.Payments());
        files.Select(File.ReadAllText).Order().ShouldBe(["payment_id\n\"p\"3\n", "payment_id,order_id\np2\n"]);
        _lake.Ingest(TestLake.Payments()).Records.ShouldBe(0, "nobody has mended them yet");
        string mended = files.Single(file => File.ReadAllText(file).Contains("order_id", StringComparison.Ordinal));

        File.WriteAllText(mended, "payment_id,order_id\np2,o2\n");
        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(1);

        _lake.Rows("payments", "payment_id, order_id").ShouldBe(["p1|o1", "p2|o2"]);
        DeadLetters.List(_lake.Ledger).Select(letter => (letter.Preview, letter.IsReleased)).Order()
            .ShouldBe([("\"p\"3", false), ("p2", true)]);
        DeadLetters.Export(_lake.Ledger, TestLake.Payments()).ShouldHaveSingleItem();
    }

    [Fact]
    public void Those_of_one_encoding_are_not_released_with_those_of_another()
    {
        Source source = TestLake.Payments() with { Csv = new CsvDialect { Encoding = "utf-16" } };
        Encoding little = Encoding.Unicode;
        Encoding big = Encoding.BigEndianUnicode;
        byte[] Marked(Encoding encoding, string text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
        _lake.Feed("payments-1.csv", Marked(little, "payment_id,order_id\np1,o1\np2\n"));
        _lake.Feed("payments-2.csv", Marked(big, "payment_id,order_id\np3,o3\np4\n"));
        _lake.Ingest(source);
        IReadOnlyList<string> files = DeadLetters.Export(_lake.Ledger, source);
        DeadLetters.List(_lake.Ledger).Select(letter => letter.Preview).Order().ShouldBe(["p2", "p4"]);
        files.Select(File.ReadAllText).Order().ShouldBe(["payment_id,order_id\np2\n", "payment_id,order_id\np4\n"]);

        File.WriteAllBytes(files.Single(file => File.ReadAllText(file).Contains("p2", StringComparison.Ordinal)),
            Marked(little, "payment_id,order_id\np2,o2\n"));
        _lake.Ingest(source).Accepted.ShouldBe(1);

        DeadLetters.List(_lake.Ledger).Select(letter => (letter.File, letter.IsReleased)).Order()
            .ShouldBe([("feeds/payments-1.csv", true), ("feeds/payments-2.csv", false)]);
        File.ReadAllText(DeadLetters.Export(_lake.Ledger, source).ShouldHaveSingleItem())
            .ShouldBe("payment_id,order_id\np4\n");
    }

    [Fact]
    public void Those_of_a_file_behind_a_query_are_released_once_it_comes_without_any()
    {
        var source = new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT id AS order_id FROM orders",
        };
        (string File, bool[] Released)[] deliveries =
        [
            ("id,day\no1,1\nbad\n", [false]),
            ("id,day\no1,1\nbad\no2,2\n", [false, false]),
            ("id,day\no1,1\no2,2\n", [true, true]),
        ];
        foreach ((string file, bool[] released) in deliveries)
        {
            _lake.Feed("orders.csv", file);
            _lake.Ingest(source);

            DeadLetters.List(_lake.Ledger).Select(letter => letter.IsReleased).ShouldBe(released);
        }
    }

    [Fact]
    public void Json_lines_are_exported_as_json_lines()
    {
        Source source = TestLake.Payments() with { Format = SourceFormat.Jsonl };
        _lake.Feed("payments.jsonl", "{\"payment_id\":\"p1\"}\n{\"payment_id\":\n");
        _lake.Ingest(source);

        string file = DeadLetters.Export(_lake.Ledger, source).ShouldHaveSingleItem();
        File.WriteAllText(file, "{\"payment_id\":\"p2\"}\n");
        _lake.Ingest(source);

        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
        DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem().IsReleased.ShouldBeTrue();
    }

    [Fact]
    public void Those_of_one_source_are_not_released_with_those_of_another()
    {
        Source other = TestLake.Payments() with { Name = "refunds", Path = "feeds/refunds*" };
        _lake.Feed("payments.csv", "payment_id,order_id\np1\n");
        _lake.Feed("refunds.csv", "payment_id,order_id\nr1\n");
        _lake.Ingest(TestLake.Payments());
        _lake.Ingest(other);

        File.WriteAllText(DeadLetters.Export(_lake.Ledger, other).ShouldHaveSingleItem(), "payment_id,order_id\nr1,o1\n");
        _lake.Ingest(other).Accepted.ShouldBe(1);

        DeadLetters.List(_lake.Ledger).Select(letter => (letter.Source, letter.IsReleased))
            .ShouldBe([("payments", false), ("refunds", true)]);
    }

    [Fact]
    public void A_changed_file_of_dead_letters_is_named()
    {
        _lake.Feed("payments.csv", "payment_id,order_id\np1\n");
        _lake.Ingest(TestLake.Payments());
        string index = Path.Combine(_lake.LakeFolder, _lake.Ledger.Records[0].DeadLetters!.Index.Path);
        File.AppendAllText(index, "\n");

        Should.Throw<ShopLakeException>(() => DeadLetters.List(_lake.Ledger).ToList()).Message.ShouldContain(index);
    }

    /// <summary>The kept bytes, in the order of the records they belong to.</summary>
    private byte[] ByRecord(DeadLetter[] letters)
    {
        byte[] kept = _lake.DeadLetterBytes(1);
        var entries = File.ReadLines(Path.Combine(_lake.LakeFolder, _lake.Ledger.Records[0].DeadLetters!.Index.Path))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToDictionary(entry => entry.GetProperty("record").GetInt64());
        return [.. letters.SelectMany(letter => kept.AsSpan(
            entries[letter.Record].GetProperty("position").GetInt32(), (int)letter.Bytes).ToArray())];
    }
}
