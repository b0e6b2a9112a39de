using System.Security.Cryptography;
using System.Text;
using ShopLake.Bronze;
using ShopLake.Ingest;

namespace ShopLake.Tests.Bronze;

public sealed class LedgerTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void An_empty_lake_reads_as_typed_tables_without_rows() =>
        _lake.Rows("payments", "payment_amount + 1, _batch_id").ShouldBeEmpty();

    [Fact]
    public void Each_commit_follows_the_one_before()
    {
        Commit("p1");
        Commit("p2");

        IReadOnlyList<LedgerRecord> records = _lake.Ledger.Records;

        records.Select(record => record.Sequence).ShouldBe([1, 2]);
        records[1].CommittedAt.ShouldBeGreaterThan(records[0].CommittedAt);
        records[1].Previous.Length.ShouldBe(64);
        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_reader_may_stop_at_a_commit_or_begin_behind_one()
    {
        Commit("p1");
        Commit("p2");
        Commit("p3");

        _lake.RowsBetween("payments", "payment_id", after: 1, upTo: 2).ShouldBe(["p2"]);
    }

    [Fact]
    public void Every_flipped_bit_of_a_ledger_record_is_found()
    {
        Commit("p1");
        string path = Path.Combine(_lake.LakeFolder, "bronze", "_ledger", "000000000001.json");
        byte[] bytes = File.ReadAllBytes(path);
        var random = new Random(42);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain(path);
        }

        File.WriteAllBytes(path, bytes);
        _lake.Ledger.LastSequence.ShouldBe(1);
    }

    /// <summary>Whole by its own checksum, and still not to be guessed at.</summary>
    [Theory]
    [InlineData("\"sequence\":", "\"row_filter\":\"x\",\"sequence\":")]
    [InlineData("\"source\":\"payments\"", "\"source\":null")]
    [InlineData("\"table\":\"payments\",", "")]
    public void A_record_of_another_version_is_told(string ours, string theirs)
    {
        Commit("p1");
        string path = Path.Combine(_lake.LakeFolder, "bronze", "_ledger", "000000000001.json");
        string record = File.ReadAllText(path);
        int start = record.IndexOf("\"record\":", StringComparison.Ordinal) + "\"record\":".Length;
        record[start..].ShouldContain(ours);
        string content = record[start..^2].Replace(ours, theirs, StringComparison.Ordinal);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

        File.WriteAllText(path, $"{{\"sha256\":\"{hash}\",\"record\":{content}}}\n");

        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain($"{path} cannot be trusted: it was written by another version");
    }

    [Fact]
    public void A_missing_record_is_named()
    {
        Commit("p1");
        Commit("p2");
        File.Delete(Path.Combine(_lake.LakeFolder, "bronze", "_ledger", "000000000001.json"));

        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain("000000000001.json is missing");
    }

    [Fact]
    public void Missing_changed_and_foreign_files_are_named()
    {
        Commit("p1");
        Commit("p2");
        Commit("p3");
        string folder = Path.Combine(_lake.LakeFolder, "bronze", "payments");
        File.Delete(Path.Combine(folder, "000000000001.parquet"));
        File.AppendAllText(Path.Combine(folder, "000000000002.parquet"), "x");
        byte[] third = File.ReadAllBytes(Path.Combine(folder, "000000000003.parquet"));
        third[100] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, "000000000003.parquet"), third);
        File.WriteAllText(Path.Combine(folder, "stranger.parquet"), "");

        IReadOnlyList<string> findings = _lake.Findings;

        findings.Count.ShouldBe(4);
        findings[0].ShouldContain("stranger.parquet is not named by the ledger");
        findings[1].ShouldContain("000000000001.parquet is missing");
        findings[2].ShouldContain("000000000002.parquet has changed");
        findings[3].ShouldContain("000000000003.parquet has changed");
        string error = Should.Throw<ShopLakeException>(() => _lake.Rows("payments", "payment_id")).Message;
        error.ShouldContain("000000000001.parquet");
        error.ShouldContain("000000000002.parquet");
    }

    [Fact]
    public void Many_writers_at_once_take_turns()
    {
        const int writers = 4;
        const int batches = 10;
        for (int i = 0; i < writers * batches; i++)
        {
            _lake.Feed($"{i % writers}/payments-{i}.csv", $"payment_id\np{i}\n");
        }

        Parallel.For(0, writers, writer =>
        {
            for (int batch = 0; batch < batches; batch++)
            {
                int file = (batch * writers) + writer;
                _lake.Ingest(TestLake.Payments() with
                {
                    Path = $"feeds/{writer}/payments-{file}.csv",
                    Name = $"source-{writer}",
                });
            }
        });

        _lake.Ledger.LastSequence.ShouldBe(writers * batches);
        _lake.Rows("payments", "payment_id").Distinct().Count().ShouldBe(writers * batches);
        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_source_ingested_by_several_writers_at_once_comes_in_once()
    {
        for (int i = 0; i < 20; i++)
        {
            _lake.Feed($"payments-{i}.csv", $"payment_id\np{i}\n");
        }

        Parallel.For(0, 4, _ => _lake.Ingest(TestLake.Payments()));

        _lake.Rows("payments", "payment_id").Count.ShouldBe(20);
    }

    [Fact]
    public void A_lake_that_cannot_be_written_is_told_and_not_waited_for()
    {
        Commit("p1");
        string file = Path.Combine(_lake.LakeFolder, "bronze", "_ledger", "lock");
        File.Delete(file);
        File.CreateSymbolicLink(file, file);

        IngestReport report = _lake.Run(TestLake.Payments());

        report.Failure.ShouldBe(FailureKind.OutOfReach);
        report.Sources.Single().Errors.ShouldHaveSingleItem().Message.ShouldContain(file);
        BronzeVerification.Of(_lake.LakeFolder).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_ledger_that_cannot_be_looked_at_is_not_taken_for_an_empty_one()
    {
        string folder = Path.Combine(_lake.LakeFolder, "bronze", "_ledger");
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        File.CreateSymbolicLink(folder, folder);

        Should.Throw<IOException>(() => Ledger.Open(_lake.LakeFolder)).Message.ShouldContain(folder);
        Should.Throw<IOException>(() => BronzeVerification.Of(_lake.LakeFolder)).Message.ShouldContain(folder);
    }

    private void Commit(string id)
    {
        _lake.Feed("payments.csv", $"payment_id\n{id}\n");
        _lake.Ingest(TestLake.Payments());
    }
}
