using System.Diagnostics;
using ShopLake.Ingest;

namespace ShopLake.Tests.Bronze;

/// <summary>A small disk fills up at different places of a commit.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public void A_full_disk_is_a_clear_error_leaves_nothing_half_and_the_next_run_resumes()
    {
        using var lake = new TestLake();
        Directory.CreateDirectory(lake.LakeFolder);
        Assert.SkipUnless(Mount(lake.LakeFolder, "16k"), "Only root may mount a small file system.");
        try
        {
            IEnumerable<string> lines = Enumerable.Range(0, 20_000)
                .Select(i => $"payment-{i * 7919L % 1_000_003},{i}\n");
            lake.Feed("payments.csv", "payment_id,order_id\n" + string.Concat(lines) + "ragged\n");
            int failures = 0;
            for (int size = 16; size <= 16 + (20 * 8); size += 8)
            {
                Resize(lake.LakeFolder, $"{size}k");
                SourceReport report = lake.Run(TestLake.Payments()).Sources.Single();
                failures += report.Errors.Count;
                report.Errors.ShouldAllBe(error => error.Kind == FailureKind.OutOfReach);
                lake.Ledger.LastSequence.ShouldBe(failures == (size - 16) / 8 + 1 ? 0 : 1);
            }

            Resize(lake.LakeFolder, "50m");
            lake.Ingest(TestLake.Payments());
            failures.ShouldBeGreaterThan(5);
            lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe(["20000|20000"]);
            lake.Ledger.Verify(hashes: true).ShouldBeEmpty();
        }
        finally
        {
            Run("umount", lake.LakeFolder);
        }
    }

    private static bool Mount(string folder, string size) =>
        OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);

    private static void Resize(string folder, string size) =>
        Run("mount", "-o", $"remount,size={size}", folder).ShouldBeTrue();

    private static bool Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
