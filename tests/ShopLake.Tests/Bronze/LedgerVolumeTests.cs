using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>A ledger whose first records stand in volumes is the ledger that it was.</summary>
public sealed class LedgerVolumeTests : IDisposable
{
    private static readonly string[] Commits = ["p1", "p2", "p3", "p4", "p5", "p6", "p7"];

    private readonly TestLake _lake = new();
    private readonly byte[][] _records;

    public LedgerVolumeTests()
    {
        foreach (string id in Commits)
        {
            Commit(id);
        }

        _records = [.. Enumerable.Range(1, Commits.Length).Select(sequence => File.ReadAllBytes(Ledger($"{sequence:D12}.json")))];
        _lake.VolumeSize = 3;
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Whole_volumes_hold_the_records_as_they_were_and_the_others_keep_their_files()
    {
        _lake.Ingest(TestLake.Payments());

        Files().ShouldBe(["000000000003.jsonl", "000000000006.jsonl", "000000000007.json", "head", "lock"]);
        File.ReadAllBytes(Ledger("000000000003.jsonl")).ShouldBe([.. _records[0], .. _records[1], .. _records[2]]);
        File.ReadAllBytes(Ledger("000000000006.jsonl")).ShouldBe([.. _records[3], .. _records[4], .. _records[5]]);
        ShouldBeWhole();
    }

    [Fact]
    public void A_reader_from_before_goes_on()
    {
        Ledger ledger = _lake.Ledger;
        foreach (string id in new[] { "p8", "p9", "p10" })
        {
            Commit(id);
        }

        ledger.Refresh();

        Files().ShouldBe(["000000000003.jsonl", "000000000006.jsonl", "000000000009.jsonl", "000000000010.json", "head", "lock"]);
        ledger.Records.Select(record => record.Sequence).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        ledger.RecordHash(10).ShouldBe(_lake.Ledger.RecordHash(10));
    }

    /// <summary>At each step some records stand in both, and later ones in the volume alone.</summary>
    [Fact]
    public void Before_each_step_of_binding_readers_see_every_record()
    {
        int steps = 0;
        _lake.Storage = new DurableStorage(_ =>
        {
            steps++;
            _lake.Ledger.LastSequence.ShouldBe(7);
        });

        _lake.Ingest(TestLake.Payments());

        steps.ShouldBe(2 * (4 + 3), "write, sync, rename, sync of the folder, and three files that go");
        ShouldBeWhole();
    }

    [Fact]
    public void Stopped_before_any_step_of_binding_the_next_turn_ends_it()
    {
        for (int stop = 1; stop <= 2 * (4 + 3); stop++)
        {
            int step = 0;
            _lake.Storage = new DurableStorage(_ => Stop(++step == stop));
            _lake.Fail(TestLake.Payments()).ShouldContain("stopped");
            _lake.Rows("payments", "payment_id").ShouldBe(Commits);
            _lake.Findings.ShouldAllBe(finding => finding.Contains("is not named by the ledger"));

            _lake.Storage = null;
            _lake.Ingest(TestLake.Payments());

            Files().ShouldBe(["000000000003.jsonl", "000000000006.jsonl", "000000000007.json", "head", "lock"]);
            ShouldBeWhole();
            Unbind();
        }

        static void Stop(bool isTime)
        {
            if (isTime)
            {
                throw new IOException("stopped");
            }
        }
    }

    /// <summary>A reader may have seen the records' own files in the folder, and come to read them when they stand in a volume.</summary>
    [Fact]
    public async Task Records_that_are_bound_while_they_are_read_are_found_in_their_volume()
    {
        Task writer = Task.Run(() =>
        {
            for (int commit = 0; commit < 60; commit++)
            {
                Commit($"more-{commit}");
            }
        });
        long last = 0;
        while (!writer.IsCompleted)
        {
            long seen = _lake.Ledger.LastSequence;
            seen.ShouldBeGreaterThanOrEqualTo(last);
            last = seen;
        }

        await writer;
        _lake.Ledger.LastSequence.ShouldBe(67);
        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Every_flipped_bit_of_a_volume_is_found()
    {
        _lake.Ingest(TestLake.Payments());
        string volume = Ledger("000000000003.jsonl");
        byte[] bytes = File.ReadAllBytes(volume);
        var random = new Random(43);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(volume, damaged);
            Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain(volume);
        }

        File.WriteAllBytes(volume, bytes);
        ShouldBeWhole();
    }

    [Fact]
    public void A_volume_that_is_cut_or_lost_is_named_and_what_the_others_hold_is_still_judged()
    {
        _lake.Ingest(TestLake.Payments());
        string second = Ledger("000000000006.jsonl");
        byte[] bytes = File.ReadAllBytes(second);

        File.WriteAllBytes(second, bytes[..^10]);
        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain($"{second}, line 3, cannot be trusted: it is cut");
        File.WriteAllBytes(second, bytes[..(bytes.Length / 2)]);
        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain($"{second} does not hold all records from 4 to 6: it is cut");
        File.Delete(second);
        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain($"{Ledger("000000000004.json")} is missing, like all behind it up to 6.");
        File.WriteAllBytes(second, bytes);

        byte[] first = File.ReadAllBytes(Ledger("000000000003.jsonl"));
        File.Delete(Ledger("000000000003.jsonl"));
        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message
            .ShouldContain($"{second} does not hold all records from 1 to 6: it is cut, or the volume before it is missing");
        string rows = Path.Combine(_lake.LakeFolder, "bronze", "payments", "000000000005.parquet");
        File.AppendAllText(rows, "x");
        _lake.Findings.ShouldContain(finding => finding.StartsWith(rows, StringComparison.Ordinal) && finding.Contains("has changed"));
        File.WriteAllBytes(Ledger("000000000003.jsonl"), first);
        File.WriteAllBytes(rows, File.ReadAllBytes(rows)[..^1]);
        ShouldBeWhole();
    }

    [Fact]
    public void A_record_that_changed_since_it_was_read_is_not_bound()
    {
        Ledger read = ShopLake.Bronze.Ledger.Open(_lake.LakeFolder, volumeSize: 7);
        string record = Ledger("000000000007.json");
        byte[] bytes = File.ReadAllBytes(record);
        File.WriteAllBytes(record, bytes[..^1]);

        Should.Throw<ShopLakeException>(() => BronzeWriter.Begin(read, new DurableStorage(), () => { }, CancellationToken.None).Dispose())
            .Message.ShouldContain($"{record} has changed since it was read");

        File.WriteAllBytes(record, bytes);
        ShouldBeWhole();
    }

    /// <summary>The ledger as it was before any volume.</summary>
    private void Unbind()
    {
        foreach (string volume in Directory.GetFiles(Ledger(""), "*.jsonl"))
        {
            File.Delete(volume);
        }

        for (int record = 0; record < _records.Length; record++)
        {
            File.WriteAllBytes(Ledger($"{record + 1:D12}.json"), _records[record]);
        }
    }

    private void Commit(string id)
    {
        _lake.Feed("payments.csv", $"payment_id\n{id}\n");
        _lake.Ingest(TestLake.Payments());
    }

    private void ShouldBeWhole()
    {
        _lake.Rows("payments", "payment_id").ShouldBe(Commits);
        _lake.Ledger.Records.Select(record => record.Sequence).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        _lake.Findings.ShouldBeEmpty();
    }

    private string[] Files() =>
        [.. Directory.EnumerateFiles(Ledger("")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string Ledger(string file) => Path.Combine(_lake.LakeFolder, "bronze", "_ledger", file);
}
