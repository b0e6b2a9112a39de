using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

public sealed class FileTests : IDisposable
{
    private static readonly Source Growing = TestLake.Payments() with { Growing = true };
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("utf-8", "utf-8", true)]
    [InlineData("utf-16", "utf-16", true)]
    [InlineData("utf-16le", "utf-16", false)]
    [InlineData("utf-16be", "utf-16BE", false)]
    [InlineData("utf-16be", "utf-16BE", true)]
    [InlineData("latin-1", "latin1", false)]
    public void Text_arrives_unharmed_in_every_encoding(string declared, string written, bool hasMark)
    {
        Encoding encoding = Encoding.GetEncoding(written);
        string text = declared == "latin-1" ? "São" : "São 漢字 😀";
        byte[] mark = hasMark ? encoding.GetPreamble() : [];
        string csv = $"payment_id,ordér_id\r\np1,{text}\r\nragged\r\n\"{text}\r\n\",x\r\n";
        byte[] bytes = [.. mark, .. encoding.GetBytes(csv)];
        _lake.Feed("payments.csv", bytes);

        SourceReport report = _lake.Ingest(TestLake.Payments(("payment_id", "payment_id"), ("order_id", "ORDÉR_ID"))
            with
        { Csv = new CsvDialect { Encoding = declared } });

        report.Rejected.ShouldBe(1);
        _lake.Rows("payments", "payment_id, order_id, _source_row").ShouldBe([$"p1|{text}|1", $"{text}\r\n|x|3"]);
        DeadLetter letter = DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem();
        bytes.AsSpan((int)letter.Offset, (int)letter.Bytes).SequenceEqual(encoding.GetBytes("ragged")).ShouldBeTrue();
    }

    [Fact]
    public void Broken_utf16_becomes_a_dead_letter_with_its_own_bytes()
    {
        byte[] high = [0x00, 0xd8];
        byte[] low = [0x00, 0xdc];
        byte[] bytes = [.. Utf16("payment_id\np1\n"), .. high, .. Utf16("x\np3\n"), .. low, 0x41];
        _lake.Feed("payments.csv", bytes);

        SourceReport report = _lake.Ingest(TestLake.Payments() with { Csv = new CsvDialect { Encoding = "utf-16le" } });

        (report.Accepted, report.Rejected).ShouldBe((2, 2));
        DeadLetter[] letters = [.. DeadLetters.List(_lake.Ledger).OrderBy(letter => letter.Record)];
        letters.Select(letter => (letter.Record, letter.Bytes)).ShouldBe([(2, 4), (4, 3)]);
        _lake.DeadLetterBytes(1).ShouldBe([.. bytes.AsSpan(28, 4), .. bytes.AsSpan(bytes.Length - 3)]);
    }

    [Fact]
    public void Packed_files_are_known_by_their_bytes_not_their_names()
    {
        byte[] csv = Encoding.UTF8.GetBytes("payment_id\np1\n");
        using (var target = new MemoryStream())
        {
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(csv);
            }

            _lake.Feed("payments.csv.gz", target.ToArray());
        }

        using var zstd = new ZstdSharp.Compressor();
        _lake.Feed("payments-2.csv", zstd.Wrap(Encoding.UTF8.GetBytes("payment_id\np2\n")).ToArray());

        _lake.Ingest(TestLake.Payments());

        _lake.Rows("payments", "payment_id, _source_file").ShouldBe(
            ["p2|feeds/payments-2.csv", "p1|feeds/payments.csv.gz"]);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    public void A_cut_archive_is_one_error_and_leaves_nothing(string format)
    {
        byte[] csv = Encoding.UTF8.GetBytes("payment_id\n" + string.Concat(
            Enumerable.Range(0, 200_000).Select(i => $"{i * 7919L % 1_000_003}-{i}\n")));
        byte[] packed = format == "gz" ? Gzip(csv) : new ZstdSharp.Compressor().Wrap(csv).ToArray();
        _lake.Feed("payments-1." + format, packed[..(packed.Length / 2)]);
        _lake.Feed("payments-2.csv", "payment_id\np2\n");

        SourceReport report = _lake.Run(TestLake.Payments()).Sources.Single();

        report.Errors.ShouldHaveSingleItem().Message.ShouldContain($"payments-1.{format} cannot be unpacked");
        _lake.Rows("payments", "payment_id").ShouldBe(["p2"]);
        _lake.Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(8192)] // where .NET's reader of gzip ends one of its blocks
    public void Bytes_behind_a_gzip_archive_are_one_error(int size)
    {
        byte[] first = Gzip(Encoding.UTF8.GetBytes("payment_id\n"), CompressionLevel.NoCompression);
        first = Gzip(Encoding.UTF8.GetBytes($"payment_id\n{new string('p', Math.Max(1, size - first.Length - 1))}\n"),
            CompressionLevel.NoCompression);
        byte[] second = Gzip("p2\n"u8.ToArray());
        byte[] damaged = [.. second];
        damaged[0] ^= 1;
        _lake.Feed("payments-1.gz", [.. first, .. second]);
        _lake.Feed("payments-2.gz", [.. first, .. damaged]);
        _lake.Feed("payments-3.gz", [.. first, 0]);

        SourceReport report = _lake.Run(TestLake.Payments()).Sources.Single();

        report.Accepted.ShouldBe(2);
        report.Errors.Select(error => error.Message).ShouldBe([.. new[] { "2", "3" }.Select(file =>
            $"feeds/payments-{file}.gz has bytes that are not gzip behind its last archive. "
            + "It is damaged, or something else was put behind it; deliver it again.")]);
        if (size == 8192)
        {
            first.Length.ShouldBe(size);
        }
    }

    [Fact]
    public void A_zstd_archive_may_begin_with_a_frame_to_skip()
    {
        using var zstd = new ZstdSharp.Compressor();
        byte[] skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        byte[] packed = zstd.Wrap("payment_id\np1\n"u8).ToArray();
        _lake.Feed("payments.csv.zst", [.. skipped, .. packed, .. skipped, .. zstd.Wrap("p2\n"u8)]);

        _lake.Ingest(TestLake.Payments());

        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
    }

    [Fact]
    public void An_archive_bomb_is_stopped()
    {
        _lake.Limits = _lake.Limits with { DecompressionRatio = 10 };
        _lake.Feed("payments.csv.gz", Gzip(Encoding.UTF8.GetBytes("payment_id\n" + new string('x', 10_000_000))));

        _lake.Fail(TestLake.Payments()).ShouldContain("limits.decompression_ratio");
    }

    [Fact]
    public void A_binary_file_is_one_error()
    {
        byte[] bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);
        _lake.Feed("payments.csv", bytes);
        _lake.Feed("payments.jsonl", bytes);

        _lake.Fail(TestLake.Payments() with { Path = "feeds/payments.csv" }).ShouldContain("payments.csv");
        _lake.Fail(TestLake.Payments() with { Path = "feeds/payments.jsonl", Format = SourceFormat.Jsonl })
            .ShouldContain("payments.jsonl");
        _lake.Fail(TestLake.Payments() with { Path = "feeds/payments.csv", Format = SourceFormat.Parquet })
            .ShouldContain("payments.csv");
        _lake.Ledger.LastSequence.ShouldBe(0);
    }

    [Fact]
    public void A_wrong_encoding_is_one_error_that_names_the_cure()
    {
        _lake.Feed("payments.csv", Encoding.Latin1.GetBytes("payment_id\nSão\nJoão\n"));

        _lake.Fail(TestLake.Payments()).ShouldContain("Set the `encoding`");
        _lake.Ingest(TestLake.Payments() with { Csv = new CsvDialect { Encoding = "latin-1" } }).Accepted.ShouldBe(2);
    }

    [Fact]
    public void A_file_of_one_record_torn_within_a_character_is_a_dead_letter_and_no_error()
    {
        _lake.Feed("payments.csv", Encoding.UTF8.GetBytes("payment_id,order_id\nJoã").AsSpan(..^1).ToArray());

        SourceReport report = _lake.Ingest(TestLake.Payments());

        (report.Accepted, report.Rejected).ShouldBe((0, 1));
    }

    [Fact]
    public void An_overlong_record_is_a_dead_letter_and_the_next_one_goes_on()
    {
        _lake.Limits = _lake.Limits with { LineLength = 100 };
        string longLine = new('x', 3_000_000);
        _lake.Feed("payments.csv", $"payment_id\np1\n{longLine}\np3\n\"{longLine}\np5\n{new string('y', 101)}\np7\n");

        SourceReport report = _lake.Ingest(TestLake.Payments());

        _lake.Rows("payments", "payment_id, _source_row").ShouldBe(["p1|1", "p3|3", "p5|5", "p7|7"]);
        report.Rejected.ShouldBe(3);
        DeadLetters.List(_lake.Ledger).Select(letter => (letter.Record, letter.Bytes)).Order()
            .ShouldBe([(2, 3_000_000), (4, 3_000_001), (6, 101)]);
    }

    [Fact]
    public void Of_a_growing_file_only_what_is_new_and_terminated_is_read()
    {
        string path = _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\np2,\"o");
        _lake.Ingest(Growing).Accepted.ShouldBe(1);
        File.AppendAllText(path, "\n2\"\np3,o3\np4,");
        _lake.Ingest(Growing).Accepted.ShouldBe(2);
        _lake.Ingest(Growing).Accepted.ShouldBe(0);
        File.AppendAllText(path, "o4\nbad\n");

        SourceReport report = _lake.Ingest(Growing);

        (report.Accepted, report.Rejected).ShouldBe((1, 1));
        _lake.Rows("payments", "payment_id, order_id, _batch_id, _source_row").ShouldBe(
            ["p1|o1|1|1", "p2|o\n2|2|2", "p3|o3|2|3", "p4|o4|3|4"]);
        DeadLetter letter = DeadLetters.List(_lake.Ledger).ShouldHaveSingleItem();
        (letter.Record, letter.Offset).ShouldBe((5, new FileInfo(path).Length - 4));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16le")]
    public void A_growing_file_that_waits_for_a_quote_is_warned_of_until_somebody_mends_it(string encoding)
    {
        Source source = Growing with { Csv = new CsvDialect { Encoding = encoding } };
        byte[] Bytes(string text) => Encoding.GetEncoding(encoding == "utf-8" ? encoding : "utf-16").GetBytes(text);
        string read = "payment_id,order_id\np1,x\n";
        string path = _lake.Feed("payments.csv", Bytes($"{read}p2,\"open"));
        _lake.Ingest(source).Warnings.ShouldBeEmpty();
        File.AppendAllBytes(path, Bytes("\np3,y\n"));

        foreach (string appended in new[] { "", "p4,z\n" })
        {
            File.AppendAllBytes(path, Bytes(appended));
            SourceReport report = _lake.Ingest(source);
            report.Accepted.ShouldBe(0);
            report.Warnings.ShouldHaveSingleItem().ShouldStartWith(
                $"feeds/payments.csv is read up to byte {Bytes(read).Length} only: the record behind it ");
        }

        _lake.Feed("payments.csv", Bytes($"{read}p2,open\np3,y\np4,z\n"));
        SourceReport mended = _lake.Ingest(source);

        mended.Warnings.ShouldBeEmpty();
        _lake.Rows("payments", "payment_id, order_id, _source_row").ShouldBe(["p1|x|1", "p2|open|2", "p3|y|3", "p4|z|4"]);
    }

    [Fact]
    public void The_part_that_was_read_of_a_growing_file_is_not_taken_for_all_of_it()
    {
        string path = _lake.Feed("payments-1.csv", "payment_id\np1\np2");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
        _lake.Ingest(Growing).Accepted.ShouldBe(1);
        _lake.Feed("payments-2.csv", "payment_id\nq1\nq2");

        _lake.Ingest(TestLake.Payments()).Files.ShouldBe(["feeds/payments-1.csv", "feeds/payments-2.csv"]);
    }

    [Fact]
    public void A_growing_file_that_was_rewritten_is_a_new_delivery()
    {
        _lake.Feed("payments.csv", "payment_id\np1\np2\n");
        _lake.Ingest(Growing);
        _lake.Feed("payments.csv", "payment_id\nq1\nq2\nq3\n");

        _lake.Ingest(Growing).Accepted.ShouldBe(3);
    }

    [Fact]
    public void The_delivered_bytes_are_kept_on_request()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("payment_id\np1\n");
        _lake.Feed("payments.csv", bytes);

        _lake.Ingest(TestLake.Payments() with { Archive = true });

        LakeFile archive = _lake.Ledger.Records[0].Deliveries[0].Archive.ShouldNotBeNull();
        using var zstd = new ZstdSharp.Decompressor();
        zstd.Unwrap(File.ReadAllBytes(Path.Combine(_lake.LakeFolder, archive.Path))).ToArray().ShouldBe(bytes);
        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Bytes_that_were_changed_between_reading_and_keeping_them_are_an_error()
    {
        string path = _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\nragged\n");
        _lake.Storage = new DurableStorage(step =>
        {
            // Its dead letter is written when it was read to its end.
            if (step.Action == StorageAction.Write && step.Path.Contains(".jsonl", StringComparison.Ordinal))
            {
                File.WriteAllText(path, "payment_id,order_id\nq1,o1\nragged\n");
            }
        });

        _lake.Fail(TestLake.Payments() with { Archive = true }).ShouldContain("payments.csv was changed while it was read");

        _lake.Ledger.LastSequence.ShouldBe(0);
    }

    [Fact]
    public void A_delivery_larger_than_a_batch_is_one_commit_of_several_files()
    {
        _lake.Limits = _lake.Limits with { BatchRows = 50_000 };
        IEnumerable<string> lines = Enumerable.Range(0, 300_000).Select(i => $"payment-{i}\n");
        _lake.Feed("payments.csv", "payment_id\n" + string.Concat(lines));

        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(300_000);

        _lake.Ledger.Records.ShouldHaveSingleItem().Files.Count.ShouldBeGreaterThan(1);
        _lake.Rows("payments", "count(DISTINCT payment_id)").ShouldBe(["300000"]);
    }

    [Fact]
    public void Many_small_files_make_one_commit()
    {
        foreach (int i in Enumerable.Range(0, 500))
        {
            _lake.Feed($"payments-{i}.csv", $"payment_id\np{i}\n");
        }

        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(500);

        _lake.Ledger.Records.ShouldHaveSingleItem().Files.ShouldHaveSingleItem().Rows.ShouldBe(500);
    }

    [Fact]
    public void An_empty_file_brings_nothing_and_is_known_afterwards()
    {
        _lake.Feed("payments-1.csv", "");
        _lake.Feed("payments-2.csv", "payment_id\n");
        _lake.Ingest(TestLake.Payments()).Records.ShouldBe(0);
        _lake.Findings.ShouldBeEmpty();

        _lake.Ingest(TestLake.Payments()).Known.Count.ShouldBe(2);
        _lake.Rows("payments", "payment_id").ShouldBeEmpty();
    }

    [Fact]
    public void A_path_that_names_no_file_is_an_error() => _lake
        .Fail(TestLake.Payments() with { Path = "feeds/nothing.csv" }).ShouldContain("does not exist");

    [Fact]
    public void A_glob_that_finds_no_file_is_warned_of_until_it_found_one()
    {
        SourceReport report = _lake.Ingest(TestLake.Payments() with { Path = "feeds/payment?.csv" });

        report.Warnings.ShouldHaveSingleItem()
            .ShouldEndWith("feeds/payment?.csv finds no file. Is the `path` of source payments right (shoplake.yaml line 3)?");
        string file = _lake.Feed("payments.csv", "payment_id\np1\n");
        _lake.Ingest(TestLake.Payments() with { Path = "feeds/payment?.csv" }).Warnings.ShouldBeEmpty();
        File.Delete(file);
        _lake.Ingest(TestLake.Payments() with { Path = "feeds/payment?.csv" }).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_glob_finds_files_in_folders_and_leaves_hidden_ones()
    {
        foreach (string name in new[] { "a/payments.csv", "a/b/payments.csv", "a/.payments.csv", "c/other.csv" })
        {
            _lake.Feed(name, $"payment_id\n{name}\n");
        }

        _lake.Ingest(TestLake.Payments() with { Path = "feeds/**/payment?.csv" });

        _lake.Rows("payments", "payment_id").ShouldBe(["a/b/payments.csv", "a/payments.csv"]);
    }

    [Fact]
    public void A_glob_of_any_depth_goes_into_no_links_and_one_of_a_single_folder_does()
    {
        _lake.Feed("a/payments.csv", "payment_id\np1\n");
        string folder = Path.Combine(_lake.Folder, "feeds", "a");
        Directory.CreateSymbolicLink(Path.Combine(folder, "b"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder, "c"), ".");

        _lake.Ingest(TestLake.Payments() with { Path = "feeds/**/payments.csv" }).Files.ShouldBe(["feeds/a/payments.csv"]);
        _lake.Ingest(TestLake.Payments() with { Path = "feeds/a/*/payments.csv" }).Known
            .ShouldBe(["feeds/a/b/payments.csv", "feeds/a/c/payments.csv"]);
    }

    [Theory]
    [InlineData(SourceFormat.Csv)]
    [InlineData(SourceFormat.Parquet)]
    public void A_file_that_cannot_be_opened_leaves_the_others_of_its_source_to_be_read(SourceFormat format)
    {
        Source source = TestLake.Payments() with { Format = format };
        foreach (string name in new[] { "payments-1", "payments-3" })
        {
            TestLake.Query($"COPY (SELECT '{name}' AS payment_id) TO '{_lake.Feed(name, "")}' (FORMAT {format})");
        }

        string broken = Path.Combine(_lake.Folder, "feeds", "payments-2");
        File.CreateSymbolicLink(broken, "nothing");

        IngestReport report = _lake.Run(source);

        report.Failure.ShouldBe(FailureKind.UnreadableInput);
        string message = report.Sources.Single().Errors.ShouldHaveSingleItem().Message;
        message.ShouldStartWith("feeds/payments-2 cannot be read: Could not find file ");
        message.ShouldEndWith("'. Mend this, or take the file out of the feed, and run again.");
        _lake.Rows("payments", "payment_id").ShouldBe(["payments-1", "payments-3"]);
    }

    [Theory]
    [InlineData(SourceFormat.Csv)]
    [InlineData(SourceFormat.Parquet)]
    public void A_file_that_nobody_may_read_leaves_the_others_of_its_source_to_be_read(SourceFormat format)
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Whoever may do anything may read every file.");
        foreach (string name in new[] { "payments-1", "payments-2" })
        {
            TestLake.Query($"COPY (SELECT '{name}' AS payment_id) TO '{_lake.Feed(name, "")}' (FORMAT {format})");
        }

        using (var change = Process.Start("chmod", ["0", Path.Combine(_lake.Folder, "feeds", "payments-1")]))
        {
            change.WaitForExit();
        }

        IngestReport report = _lake.Run(TestLake.Payments() with { Format = format });

        report.Failure.ShouldBe(FailureKind.UnreadableInput);
        report.Sources.Single().Errors.ShouldHaveSingleItem().Message.ShouldStartWith("feeds/payments-1 cannot be read: ");
        _lake.Rows("payments", "payment_id").ShouldBe(["payments-2"]);
    }

    [Fact]
    public void A_query_says_which_of_its_files_cannot_be_opened()
    {
        _lake.Feed("payments-1.csv", "payment_id\np1\n");
        File.CreateSymbolicLink(Path.Combine(_lake.Folder, "feeds", "payments-2.csv"), "nothing");
        Source source = TestLake.Payments() with
        {
            Path = null,
            Files = new Dictionary<string, string> { ["paid"] = "feeds/payments*" },
            Query = "SELECT * FROM paid",
        };

        IngestReport report = _lake.Run(source);

        report.Failure.ShouldBe(FailureKind.UnreadableInput);
        report.Sources.Single().Errors.ShouldHaveSingleItem().Message.ShouldStartWith("Source payments was not ingested, since "
            + "`paid` cannot be read: feeds/payments-2.csv cannot be read: ");
    }

    [Theory]
    [InlineData(SourceFormat.Csv)]
    [InlineData(SourceFormat.Parquet)]
    public void What_is_no_regular_file_is_named_and_never_opened(SourceFormat format)
    {
        foreach (string name in new[] { "payments-1", "payments-5" })
        {
            TestLake.Query($"COPY (SELECT '{name}' AS payment_id) TO '{_lake.Feed(name, "")}' (FORMAT {format})");
        }

        using (var pipe = Process.Start("mkfifo", Path.Combine(_lake.Folder, "feeds", "payments-2")))
        {
            pipe.WaitForExit();
        }

        File.CreateSymbolicLink(Path.Combine(_lake.Folder, "feeds", "payments-3"), "payments-2");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_lake.Folder, "feeds", "payments-4")));

        IngestReport report = _lake.Run(TestLake.Payments() with { Format = format });

        report.Failure.ShouldBe(FailureKind.UnreadableInput);
        report.Sources.Single().Errors.Select(error => error.Message).ShouldBe(Enumerable.Range(2, 3).Select(i =>
            $"feeds/payments-{i} is no file but a pipe, a socket or a device. Write what it gives to a file and deliver that, or "
            + "take it out of the feed."));
        _lake.Rows("payments", "payment_id").ShouldBe(["payments-1", "payments-5"]);
    }

    [Fact]
    public void A_link_delivers_the_file_it_ends_at_under_its_own_name()
    {
        string first = Stored("first.csv", "payment_id\np1\np2\n");
        string second = Stored("second.csv", "payment_id\nq1\nq2\n");
        DateTime yesterday = DateTime.UtcNow.AddDays(-1);
        File.SetLastWriteTimeUtc(first, yesterday);
        File.SetLastWriteTimeUtc(second, yesterday);
        _lake.Feed("payments-1.csv", "payment_id\no1\n");
        string link = Path.Combine(_lake.Folder, "feeds", "payments-2.csv");
        string today = Path.Combine(_lake.Folder, "today");
        File.CreateSymbolicLink(today, first);
        File.CreateSymbolicLink(link, "../today");
        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(3);
        _lake.Ingest(TestLake.Payments()).Known.ShouldBe(["feeds/payments-1.csv", "feeds/payments-2.csv"]);

        File.Delete(today);
        File.CreateSymbolicLink(today, second);
        _lake.Ingest(TestLake.Payments()).Files.ShouldBe(["feeds/payments-2.csv"]);

        _lake.Rows("payments", "payment_id, _source_file").ShouldBe(
            ["o1|feeds/payments-1.csv", .. new[] { "p1", "p2", "q1", "q2" }.Select(id => $"{id}|feeds/payments-2.csv")]);
        _lake.Ledger.Records[1].Deliveries.ShouldHaveSingleItem().Bytes.ShouldBe(new FileInfo(second).Length);
    }

    [Fact]
    public void Parquet_is_read_through_a_link()
    {
        string stored = Stored("0123", "");
        TestLake.Query($"COPY (SELECT 'p' || i AS payment_id FROM range(3) AS r(i)) TO '{stored}' (FORMAT parquet)");
        Directory.CreateDirectory(Path.Combine(_lake.Folder, "feeds"));
        File.CreateSymbolicLink(Path.Combine(_lake.Folder, "feeds", "payments.parquet"), stored);

        _lake.Ingest(TestLake.Payments() with { Format = SourceFormat.Parquet });

        _lake.Rows("payments", "payment_id, _source_file").ShouldBe(
            [.. Enumerable.Range(0, 3).Select(i => $"p{i}|feeds/payments.parquet")]);
        Delivery delivery = _lake.Ledger.Records[0].Deliveries.ShouldHaveSingleItem();
        (delivery.Bytes, delivery.Sha256).ShouldBe((new FileInfo(stored).Length, Ledger.HashOf(stored)));
    }

    [Fact]
    public void A_query_reads_its_files_through_links()
    {
        string stored = Stored("0123", "payment_id\np1\np2\n");
        Directory.CreateDirectory(Path.Combine(_lake.Folder, "feeds"));
        File.CreateSymbolicLink(Path.Combine(_lake.Folder, "feeds", "payments.csv"), stored);

        _lake.Ingest(TestLake.Payments() with
        {
            Path = null,
            Files = new Dictionary<string, string> { ["paid"] = "feeds/payments.csv" },
            Query = "SELECT * FROM paid",
        });

        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
        QueryInput input = _lake.Ledger.Records[0].Inputs.ShouldHaveSingleItem();
        (input.File, input.Bytes).ShouldBe(("feeds/payments.csv", new FileInfo(stored).Length));
    }

    private string Stored(string name, string text)
    {
        string path = Path.Combine(_lake.Folder, "store", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static byte[] Utf16(string text) => Encoding.Unicode.GetBytes(text);

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, level, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
