using System.Globalization;
using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>
/// Whenever power is lost, the ledger names no file that is missing or short, and the next run continues. More states
/// by
/// <c>SHOPLAKE_POWER_LOSS_STATES</c>, or by the bench.
/// </summary>
public sealed class PowerLossTests
{
    private static readonly int States = int.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_POWER_LOSS_STATES") ?? "100", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(LedgerVolume.Size)]
    [InlineData(1)]
    public void No_state_after_a_loss_of_power_has_a_record_of_a_missing_or_short_file_and_a_plain_run_continues(int volumeSize)
    {
        using var lake = new TestLake { VolumeSize = volumeSize };
        RecordedDisk disk = Record(lake);
        var random = new Random(11);

        for (int i = 0; i < States; i++)
        {
            using TestLake after = LosePower(disk, i % (disk.Steps.Count + 1), random);
            after.Findings.ShouldAllBe(finding => finding.Contains("is not named by the ledger"));

            WriteFeeds(after);
            after.Ingest(TestLake.Payments());

            after.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
            DeadLetters.List(after.Ledger).ShouldHaveSingleItem();
            after.Findings.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(LedgerVolume.Size)]
    [InlineData(1)]
    public void What_was_acknowledged_survives_with_only_what_was_synced(int volumeSize)
    {
        using var lake = new TestLake { VolumeSize = volumeSize };
        RecordedDisk disk = Record(lake);

        using TestLake after = LosePower(disk, disk.Steps.Count, random: null);

        after.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
        after.Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StorageAction.Sync, "parquet")]
    [InlineData(StorageAction.Sync, "bytes")]
    [InlineData(StorageAction.Sync, "json")]
    [InlineData(StorageAction.SyncFolder, "payments")]
    [InlineData(StorageAction.Sync, "_ledger/000000000001.jsonl", 1)]
    public void A_commit_that_forgets_to_sync_is_found(StorageAction forgotten, string what, int volumeSize = LedgerVolume.Size)
    {
        using var lake = new TestLake { VolumeSize = volumeSize };
        RecordedDisk disk = Record(lake);
        disk.Steps.RemoveAll(step =>
            step.Action == forgotten && step.Path.Contains(what, StringComparison.Ordinal)).ShouldBePositive();

        using TestLake after = LosePower(disk, disk.Steps.Count, random: null);

        BronzeVerification.Of(after.LakeFolder).Findings.ShouldNotBeEmpty();
    }

    private static RecordedDisk Record(TestLake lake)
    {
        var disk = new RecordedDisk(lake.Folder);
        lake.Storage = new DurableStorage(disk.Add);
        lake.Feed("payments-1.csv", "payment_id,order_id\np1,o1\nragged\n");
        lake.Ingest(TestLake.Payments());
        WriteFeeds(lake);
        lake.Ingest(TestLake.Payments());
        // Binds the last record, where volumes are as small as that.
        lake.Ingest(TestLake.Payments());
        return disk;
    }

    private static void WriteFeeds(TestLake lake)
    {
        lake.Feed("payments-1.csv", "payment_id,order_id\np1,o1\nragged\n");
        lake.Feed("payments-2.csv", "payment_id,order_id\np2,o2\n");
    }

    private static TestLake LosePower(RecordedDisk disk, int steps, Random? random)
    {
        var lake = new TestLake();
        RecordedDisk.Restore(disk.LosePower(steps, random), lake.Folder);
        return lake;
    }
}
