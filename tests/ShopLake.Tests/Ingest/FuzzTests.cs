using System.IO.Compression;
using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Ingest;

/// <summary>
/// Mutated files: nothing crashes or hangs, every error is one that says what to do, and each record that is counted is
/// in Bronze or in the dead letters.
/// </summary>
public sealed class FuzzTests
{
    private static readonly byte[] CsvSeed = Encoding.UTF8.GetBytes(
        "payment_id,order_id,payment_amount,payment_ts\r\np1,\"o\"\"1\",12.50,2024-01-01 10:00:00\n"
        + "\"p\n2\",,1e3,2024-01-01T10:00:00.123+02:00\np3,é漢😀,-0.0001,\n");

    private static readonly byte[] JsonSeed = Encoding.UTF8.GetBytes(
        "{\"payment_id\":\"p1\",\"payment_amount\":12.50,\"x\":{\"a\":[1,null,\"\\u00e9\"]}}\n"
        + "{\"payment_id\":\"p\\\"2\",\"payment_ts\":\"2024-01-01T00:00:00Z\",\"order_id\":null}\n");

    [Fact]
    public void Csv()
    {
        byte[] utf16 =
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(CsvSeed))];
        Fuzzing.Run([CsvSeed, utf16], (file, random) =>
        {
            string encoding = random.Next(4) > 0 ? "utf-8" : random.Next(2) > 0 ? "latin-1" : "utf-16";
            Judge(TestLake.Payments() with { Csv = new CsvDialect { Encoding = encoding } }, file, random);
        });
    }

    [Fact]
    public void Json_lines() => Fuzzing.Run(
        [JsonSeed], (file, random) => Judge(TestLake.Payments() with { Format = SourceFormat.Jsonl }, file, random));

    [Fact]
    public void Gzip()
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(CsvSeed);
        }

        Fuzzing.Run([target.ToArray()], (file, random) => Judge(TestLake.Payments(), file, random));
    }

    [Fact]
    public void Parquet()
    {
        using var lake = new TestLake();
        string file = lake.Feed("seed.parquet", "");
        TestLake.Query("COPY (SELECT 'p' || i AS payment_id, i::DECIMAL(9,2) AS payment_amount FROM range(5) AS r(i)) "
            + $"TO '{file}' (FORMAT parquet)");

        Fuzzing.Run([File.ReadAllBytes(file)],
            (mutated, random) => Judge(TestLake.Payments() with { Format = SourceFormat.Parquet }, mutated, random));
    }

    [Fact]
    public void Ledger_records()
    {
        using var lake = new TestLake();
        foreach (int commit in new[] { 1, 2, 3 })
        {
            lake.Feed("payments.csv", $"payment_id,order_id\np{commit},1\nragged\n");
            lake.Ingest(TestLake.Payments());
        }

        string[] files = Directory.GetFiles(Path.Combine(lake.LakeFolder, "bronze", "_ledger"));
        byte[][] seeds = [.. files.Select(File.ReadAllBytes).Where(bytes => bytes.Length > 0)];
        Fuzzing.Run(seeds, (mutated, random) =>
        {
            string file = files[random.Next(files.Length)];
            byte[] original = File.ReadAllBytes(file);
            File.WriteAllBytes(file, mutated);
            bool isHarmless = original.SequenceEqual(mutated) || Path.GetFileName(file) == "lock";
            if (isHarmless)
            {
                lake.Ledger.LastSequence.ShouldBe(3);
            }
            else
            {
                Should.Throw<ShopLakeException>(() => lake.Ledger).Message.ShouldContain(file);
            }

            File.WriteAllBytes(file, original);
        });
    }

    [Fact]
    public void A_judge_that_finds_something_fails_the_fuzzing() =>
        Should.Throw<ShouldAssertException>(() => Fuzzing.Run(
            [CsvSeed], (mutated, _) => mutated.ShouldNotContain((byte)0x80), TimeSpan.FromSeconds(30)));

    private static void Judge(Source source, byte[] file, Random random)
    {
        using var lake = new TestLake();
        lake.Limits = lake.Limits with { LineLength = random.Next(10, 200), JsonDepth = random.Next(1, 8) };
        lake.Feed("payments", file);

        SourceReport report = lake.Run(source).Sources.Single();

        report.Errors.ShouldAllBe(error => error.Kind == FailureKind.UnreadableInput, Convert.ToHexString(file));
        report.Errors.ShouldAllBe(error => error.Message.StartsWith("feeds/payments") && !error.Message.Contains('\n'));
        if (report.Errors.Count == 0)
        {
            LedgerRecord record = lake.Ledger.Records.Single();
            record.Deliveries.Sum(delivery => delivery.Records).ShouldBe(record.Rows + record.Rejected);
            lake.Rows("payments", "count(*)").ShouldBe([$"{record.Rows}"]);
            DeadLetters.List(lake.Ledger).LongCount().ShouldBe(record.Rejected);
            lake.Rows("payments", "count(json(_rescued))").ShouldHaveSingleItem();
        }
    }
}
