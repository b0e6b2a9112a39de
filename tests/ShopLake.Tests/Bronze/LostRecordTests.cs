using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>
/// The last record of a ledger is lost. What it named then looks like what a stopped writer left behind, and must not
/// be taken for it.
/// </summary>
public sealed class LostRecordTests : IDisposable
{
    private readonly TestLake _lake = new();
    private readonly string _ledger;
    private readonly string _rows;

    public LostRecordTests()
    {
        foreach (string id in new[] { "p1", "p2", "p3" })
        {
            _lake.Feed("payments.csv", $"payment_id\n{id}\n");
            _lake.Ingest(TestLake.Payments());
        }

        _ledger = Path.Combine(_lake.LakeFolder, "bronze", "_ledger");
        _rows = Path.Combine(_lake.LakeFolder, "bronze", "payments", "000000000003.parquet");
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Nobody_reads_or_writes_and_the_record_is_named()
    {
        File.Delete(Path.Combine(_ledger, "000000000003.json"));
        string message = Should.Throw<ShopLakeException>(() => _lake.Ledger).Message;

        message.ShouldContain("000000000003.json is missing");
        message.ShouldContain("restore");
        Should.Throw<ShopLakeException>(() => _lake.Run(TestLake.Payments()));
        File.Exists(_rows).ShouldBeTrue();
    }

    [Fact]
    public void So_is_the_first_of_several()
    {
        File.Delete(Path.Combine(_ledger, "000000000003.json"));
        File.Delete(Path.Combine(_ledger, "000000000002.json"));

        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message
            .ShouldContain("000000000002.json is missing, like all behind it up to 3");
    }

    [Fact]
    public void When_the_head_is_lost_too_the_files_of_the_lost_commit_stop_every_writer()
    {
        byte[] record = File.ReadAllBytes(Path.Combine(_ledger, "000000000003.json"));
        File.Delete(Path.Combine(_ledger, "000000000003.json"));
        File.Delete(Path.Combine(_ledger, "head"));

        _lake.Fail(TestLake.Payments()).ShouldContain(_rows);

        File.Exists(_rows).ShouldBeTrue();
        BronzeVerification.Of(_lake.LakeFolder).Findings.ShouldHaveSingleItem().ShouldStartWith(_rows);
        File.WriteAllBytes(Path.Combine(_ledger, "000000000003.json"), record);
        _lake.Ingest(TestLake.Payments());
        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2", "p3"]);
        BronzeVerification.Of(_lake.LakeFolder).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_lost_head_alone_is_written_again()
    {
        string head = Path.Combine(_ledger, "head");
        byte[] content = File.ReadAllBytes(head);
        File.Delete(head);

        _lake.Ingest(TestLake.Payments());

        File.ReadAllBytes(head).ShouldBe(content);
    }

    [Fact]
    public void A_head_behind_the_ledger_is_that_of_a_writer_that_stopped_and_is_brought_up()
    {
        string head = Path.Combine(_ledger, "head");
        byte[] last = File.ReadAllBytes(head);
        _lake.Feed("payments.csv", "payment_id\np4\n");
        _lake.Ingest(TestLake.Payments());
        byte[] now = File.ReadAllBytes(head);
        File.WriteAllBytes(head, last);

        _lake.Ledger.LastSequence.ShouldBe(4);
        _lake.Ingest(TestLake.Payments());

        File.ReadAllBytes(head).ShouldBe(now);
    }

    [Fact]
    public void A_head_that_does_not_fit_its_record_is_named_with_its_cure()
    {
        string head = Path.Combine(_ledger, "head");
        string content = File.ReadAllText(head);
        File.WriteAllText(head, content.Replace("000000000003", "000000000002", StringComparison.Ordinal));

        Should.Throw<ShopLakeException>(() => _lake.Ledger).Message.ShouldContain("does not fit record 2");

        File.Delete(head);
        _lake.Ingest(TestLake.Payments());
        _lake.Rows("payments", "payment_id").ShouldBe(["p1", "p2", "p3"]);
    }

    [Fact]
    public void What_a_stopped_writer_left_is_still_tidied_up()
    {
        string left = Path.Combine(_lake.LakeFolder, "bronze", "payments", "000000000004.parquet");
        File.WriteAllText(left, "half");
        string spilled = Path.Combine(_lake.LakeFolder, ".spill-of-a-killed-process");
        Directory.CreateDirectory(spilled);
        File.WriteAllText(Path.Combine(spilled, "duckdb_temp_storage.tmp"), "much");

        _lake.Ingest(TestLake.Payments());

        File.Exists(left).ShouldBeFalse();
        Directory.Exists(spilled).ShouldBeFalse();
        BronzeVerification.Of(_lake.LakeFolder).Findings.ShouldBeEmpty();
    }
}
