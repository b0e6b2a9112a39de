using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Ingest;

public sealed class RecordFeedTests : IDisposable
{
    /// <summary>Characters of one to four bytes, and halves of surrogate pairs.</summary>
    private static readonly Gen<string[]> Lines =
        OneOf("a", "b", "é", "ÿ", "漢", "😀", "\ud800", "\udc00").Array[1, 40].Select(string.Concat).Array[0, 20];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("utf-8")]
    [InlineData("latin-1")]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    public async Task A_file_of_many_blocks_is_read_to_its_end(string encoding)
    {
        using var lake = new TestLake();
        string[] ids = [.. Enumerable.Range(0, 250_000).Select(i => $"pé{i:D9}")];
        lake.Feed("payments.csv", Raw("payment_id\n" + string.Join('\n', ids), encoding));
        Source source = TestLake.Payments() with { Csv = new CsvDialect { Encoding = encoding } };

        SourceReport report = await Task.Run(() => lake.Ingest(source), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        (report.Accepted, report.Rejected).ShouldBe((ids.Length, 0));
        lake.Rows("payments", $"count(*) FILTER (WHERE payment_id = '{ids[0][..2]}' || printf('%09d', _source_row - 1))")
            .ShouldBe([$"{ids.Length}"]);
    }

    [Fact]
    public void Every_record_comes_whole_wherever_blocks_end() =>
        Gen.Select(OneOf("utf-8", "latin-1", "utf-16le", "utf-16be"), Lines,
                Gen.Int[2 * DeliveredStream.LeastRoom, 64], Gen.Int[4, 200], OneOf("\n", "\r\n"))
            .Sample((encoding, lines, blockSize, lineLength, lineEnd) =>
            {
                FileReading file = Write(Raw(string.Concat(lines.Select(line => line + lineEnd)), encoding));
                var records = new Dictionary<long, byte[]>();
                using (RecordFeed feed = Feed(file, encoding, lineLength, blockSize))
                {
                    while (feed.Next() is { } block)
                    {
                        foreach ((int index, RecordSpan record) in block.Records.Index().Where(one => one.Item.Reason is null))
                        {
                            byte[] bytes = block.Bytes(record).ToArray();
                            records.Add(block.FirstRecord + index, file.Transcoder?.Original(bytes) ?? bytes);
                        }

                        feed.Return(block);
                    }
                }

                file.Records.ShouldBe(lines.Length);
                file.BytesTaken.ShouldBe(file.Length);
                records.OrderBy(record => record.Key).Select(record => Convert.ToHexString(record.Value)).ShouldBe(lines
                    .Where(line => Encoding.UTF8.GetByteCount(InUtf8(line, encoding)) <= lineLength)
                    .Select(line => Convert.ToHexString(Raw(line, encoding))));
            }, iter: 2_000, threads: 1);

    [Fact]
    public void A_file_that_cannot_be_opened_stops_the_reading_for_every_thread()
    {
        var file = new FileReading(Path.Combine(_folder.Path, "gone"), "feeds/gone", 1);
        using RecordFeed feed = Feed(file, "utf-8", 100, 100);

        Should.Throw<UnreadableFileException>(feed.Next).Message.ShouldStartWith("feeds/gone cannot be read: ");

        feed.Failed.ShouldBe(file);
        feed.Next().ShouldBeNull();
    }

    private static RecordFeed Feed(FileReading file, string encoding, int lineLength, int blockSize)
    {
        Source source = TestLake.Payments() with
        {
            Format = SourceFormat.Jsonl,
            Csv = new CsvDialect { Encoding = encoding },
        };
        return new RecordFeed([file], new SourceFields(source, [], []), new Limits { LineLength = lineLength },
            deadLetters: null, new Unobserved(), blockSize);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private FileReading Write(byte[] bytes)
    {
        string path = Path.Combine(_folder.Path, "payments.jsonl");
        File.WriteAllBytes(path, bytes);
        return new FileReading(path, "payments.jsonl", bytes.Length);
    }

    /// <summary>Bytes of a text; halves of surrogate pairs stay what they are where the encoding has them.</summary>
    private static byte[] Raw(string text, string encoding) => encoding switch
    {
        "utf-8" => Encoding.UTF8.GetBytes(text),
        "latin-1" => Encoding.Latin1.GetBytes(text),
        "utf-16le" => MemoryMarshal.AsBytes(text.AsSpan()).ToArray(),
        _ => [.. text.SelectMany(unit => new[] { (byte)(unit >> 8), (byte)unit })],
    };

    /// <summary>What Latin-1 has no sign for is written as a question mark.</summary>
    private static string InUtf8(string text, string encoding) =>
        encoding == "latin-1" ? Encoding.Latin1.GetString(Raw(text, encoding)) : text;

    private sealed class Unobserved : IFeedObserver
    {
        public void Tick(long bytes, FileReading file)
        {
        }

        public void Header(FileReading file, IReadOnlyList<string> names)
        {
        }

        public void Finished(FileReading file)
        {
        }
    }
}
