using System.IO.Compression;
using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

/// <summary>
/// Mutated files: nothing crashes or hangs, every error is one that says what to do, and each record that is counted is
/// in Bronze or in the dead letters. SHOPLAKE_FUZZ_SECONDS makes each kind run longer.
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_FUZZ_SECONDS") ?? "3"));

    private const string Special = "\",\n\r\\{}[]:0";

    private static readonly byte[] CsvSeed = Encoding.UTF8.GetBytes(
        "payment_id,order_id,payment_amount,payment_ts\r\np1,\"o\"\"1\",12.50,2024-01-01 10:00:00\n"
        + "\"p\n2\",,1e3,2024-01-01T10:00:00.123+02:00\np3,é漢😀,-0.0001,\n");

    private static readonly byte[] JsonSeed = Encoding.UTF8.GetBytes(
        "{\"payment_id\":\"p1\",\"payment_amount\":12.50,\"x\":{\"a\":[1,null,\"\\u00e9\"]}}\n"
        + "{\"payment_id\":\"p\\\"2\",\"payment_ts\":\"2024-01-01T00:00:00Z\",\"order_id\":null}\n");

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("latin-1")]
    public void Csv_in(string encoding) => Fuzz(
        TestLake.Payments() with { Csv = new CsvDialect { Encoding = encoding } },
        encoding == "utf-16"
            ? [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(CsvSeed))]
            : CsvSeed);

    [Fact]
    public void Json_lines() => Fuzz(TestLake.Payments() with { Format = SourceFormat.Jsonl }, JsonSeed);

    [Fact]
    public void Gzip()
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(CsvSeed);
        }

        Fuzz(TestLake.Payments(), target.ToArray());
    }

    [Fact]
    public void Parquet()
    {
        using var lake = new TestLake();
        string file = lake.Feed("seed.parquet", "");
        TestLake.Query("COPY (SELECT 'p' || i AS payment_id, i::DECIMAL(9,2) AS payment_amount FROM range(5) AS r(i)) "
            + $"TO '{file}' (FORMAT parquet)");

        Fuzz(TestLake.Payments() with { Format = SourceFormat.Parquet }, File.ReadAllBytes(file));
    }

    private static void Fuzz(Source source, byte[] seed)
    {
        var random = new Random(5);
        DateTime end = DateTime.UtcNow + Duration;
        do
        {
            using var lake = new TestLake();
            lake.Limits = lake.Limits with { LineLength = random.Next(10, 200), JsonDepth = random.Next(1, 8) };
            byte[] file = Mutate(seed, random);
            lake.Feed("payments", file);

            SourceReport report = lake.Run(source).Sources.Single();

            report.Errors.ShouldAllBe(error => error.Kind == FailureKind.UnreadableInput, Convert.ToHexString(file));
            if (report.Errors.Count == 0)
            {
                LedgerRecord record = lake.Ledger.Records.Single();
                record.Deliveries.Sum(delivery => delivery.Records).ShouldBe(record.Rows + record.Rejected);
                lake.Rows("payments", "count(*)").ShouldBe([$"{record.Rows}"]);
                DeadLetters.List(lake.Ledger).LongCount().ShouldBe(record.Rejected);
                lake.Rows("payments", "count(json(_rescued))").ShouldHaveSingleItem();
            }
        }
        while (DateTime.UtcNow < end);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (int i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            int position = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.Insert(position, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(position, Math.Min(random.Next(1, 20), bytes.Count - position));
                    break;
                case 3:
                    int length = Math.Min(random.Next(1, 60), bytes.Count - position);
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                default:
                    bytes[position] = (byte)Special[random.Next(Special.Length)];
                    break;
            }
        }

        return [.. bytes];
    }
}
