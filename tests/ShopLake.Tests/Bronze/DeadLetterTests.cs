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
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\nragged\n");
        _lake.Ingest(TestLake.Payments());

        DeadLetter letter = DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem();

        letter.ShouldBe(new DeadLetter(1, "payments", "feeds/payments.csv", 2, 26,
            "it has 1 fields where the header has 2", 6, "ragged", IsReleased: false));
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
    public void Json_lines_are_exported_as_json_lines()
    {
        Source source = TestLake.Payments() with { Format = SourceFormat.Jsonl };
        _lake.Feed("payments.jsonl", "{\"payment_id\":\"p1\"}\n{\"payment_id\":\n");
        _lake.Ingest(source);

        string file = DeadLetters.Export(_lake.Ledger, source).ShouldHaveSingleItem();
        File.WriteAllText(file, "{\"payment_id\":\"p2\"}\n");
        _lake.Ingest(source);

        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
        DeadLetters.List(_lake.Ledger).ShouldAllBe(letter => letter.IsReleased);
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
}
