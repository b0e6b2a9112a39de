using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

public sealed class InterruptionTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(StorageAction.Write)]
    [InlineData(StorageAction.Sync)]
    public void An_interrupted_ingestion_leaves_nothing_half_and_goes_on_later(StorageAction interrupted)
    {
        IEnumerable<string> lines = Enumerable.Range(0, 400_000).Select(i => $"payment-{i}\n");
        _lake.Feed("payments.csv", "payment_id\n" + string.Concat(lines));
        using var cancellation = new CancellationTokenSource();
        _lake.Storage = new DurableStorage(step =>
        {
            if (step.Action == interrupted && step.Path.Contains("parquet", StringComparison.Ordinal))
            {
                cancellation.Cancel();
            }
        });
        var ingestor = new Ingestor(
            _lake.Configuration(TestLake.Payments()), LakeCatalog.Load(LakeCatalog.ShippedModels), _lake.Storage);

        Should.Throw<OperationCanceledException>(() => ingestor.Run(progress: null, cancellation.Token));

        _lake.Ledger.LastSequence.ShouldBe(0);
        _lake.Storage = null;
        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(400_000);
        _lake.Findings.ShouldBeEmpty();
        Directory.EnumerateDirectories(_lake.LakeFolder, ".spill*").ShouldBeEmpty();
    }

    [Fact]
    public void A_writer_that_waits_for_its_turn_can_be_interrupted()
    {
        _lake.Feed("payments.csv", "payment_id\np1\n");
        string folder = Directory.CreateDirectory(Path.Combine(_lake.LakeFolder, "bronze", "_ledger")).FullName;
        string path = Path.Combine(folder, "lock");
        using FileStream turn = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var ingestor = new Ingestor(
            _lake.Configuration(TestLake.Payments()), LakeCatalog.Load(LakeCatalog.ShippedModels));

        Should.Throw<OperationCanceledException>(() => ingestor.Run(progress: null, cancellation.Token));
    }

    [Theory]
    [InlineData(StorageAction.CreateFolder)]
    [InlineData(StorageAction.Write)]
    [InlineData(StorageAction.Sync)]
    [InlineData(StorageAction.Rename)]
    [InlineData(StorageAction.SyncFolder)]
    [InlineData(StorageAction.Publish)]
    public void A_disk_that_refuses_is_a_clear_error_and_the_next_run_resumes(StorageAction refused)
    {
        _lake.Feed("payments.csv", "payment_id,order_id\np1,o1\nragged\n");
        _lake.Storage = new DurableStorage(step =>
        {
            if (step.Action == refused)
            {
                throw new IOException("No space left on device.");
            }
        });

        _lake.Fail(TestLake.Payments()).ShouldContain("No space left");

        _lake.Ledger.LastSequence.ShouldBe(0);
        _lake.Storage = null;
        _lake.Ingest(TestLake.Payments()).Accepted.ShouldBe(1);
        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Progress_tells_source_bytes_and_records()
    {
        _lake.Limits = _lake.Limits with { BatchRows = 1 };
        long bytes = new FileInfo(_lake.Feed("payments.csv", "payment_id\np1\np2\n")).Length;
        var seen = new List<IngestProgress>();
        // Each record is a part of its own, which begins when a person can have read what was told before.
        var storage = new DurableStorage(step =>
            Thread.Sleep(step.Action == StorageAction.Write && step.Path.Contains("parquet", StringComparison.Ordinal) ? 300 : 0));

        new Ingestor(_lake.Configuration(TestLake.Payments()), LakeCatalog.Load(LakeCatalog.ShippedModels), storage)
            .Run(new Recorder(seen));

        seen.Select(progress => progress with { Elapsed = default }).ShouldBe(Enumerable.Range(0, 3)
            .Select(records => new IngestProgress("payments", "feeds/payments.csv", bytes, bytes, records, default)));
    }

    [Fact]
    public void More_columns_than_the_limit_are_refused()
    {
        _lake.Limits = _lake.Limits with { Columns = 2 };
        _lake.Feed("payments.csv", "payment_id,a,b\np1,1,2\n");
        _lake.Feed("payments.jsonl", "{\"payment_id\":\"p1\",\"a\":1,\"b\":2}\n{\"payment_id\":\"p2\"}\n");

        _lake.Fail(TestLake.Payments() with { Path = "feeds/payments.csv" }).ShouldContain("limits.columns");
        _lake.Ingest(TestLake.Payments() with { Path = "feeds/payments.jsonl", Format = SourceFormat.Jsonl })
            .Rejected.ShouldBe(1);
    }

    private sealed class Recorder(List<IngestProgress> seen) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => seen.Add(value);
    }
}
