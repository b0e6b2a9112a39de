using System.Diagnostics;
using ShopLake.Bronze;
using ShopLake.Ingest;

namespace ShopLake.Tests.Bronze;

/// <summary>
/// The disk takes no more at different places of a commit: a small file system where one may be mounted, and everywhere
/// a process whose files may not grow beyond a limit.
/// </summary>
public sealed class DiskFullTests
{
    private const int Places = 20;
    private const int Pages = 40;
    private const int Rows = 20_000;

    private static readonly string Feed = "payment_id,order_id\n" + string.Concat(
        Enumerable.Range(0, Rows).Select(i => $"payment-{i * 7919L % 1_000_003},{i}\n")) + "ragged\n";

    [Fact]
    public void A_full_disk_is_a_clear_error_leaves_nothing_half_and_the_next_run_resumes()
    {
        using var lake = new TestLake();
        lake.Feed("payments.csv", Feed);
        Directory.CreateDirectory(lake.LakeFolder);
        if (!Mount(lake.LakeFolder, "16k"))
        {
            // Only root may mount; the files' limit then stands for the disk's.
            FillUpByFileSize(lake);
            return;
        }

        try
        {
            int failures = 0;

            // A page more each time, so that every single file is the first one for which there is no place.
            for (int place = 0; place <= Pages; place++)
            {
                Resize(lake.LakeFolder, $"{16 + (place * 4)}k");
                SourceReport report = lake.Run(TestLake.Payments()).Sources.Single();
                failures += report.Errors.Count;
                report.Errors.ShouldAllBe(error => error.Kind == FailureKind.OutOfReach);
                lake.Ledger.LastSequence.ShouldBe(failures == place + 1 ? 0 : 1);
            }

            Resize(lake.LakeFolder, "50m");
            lake.Ingest(TestLake.Payments());
            failures.ShouldBeGreaterThan(5);
            ShouldBeWhole(lake);
        }
        finally
        {
            Run("umount", lake.LakeFolder);
        }
    }

    [Fact]
    public void A_quota_is_a_clear_error_leaves_nothing_half_and_the_next_run_resumes()
    {
        using var lake = new TestLake();
        lake.Feed("payments.csv", Feed);

        FillUpByFileSize(lake);
    }

    private static void FillUpByFileSize(TestLake lake)
    {
        using var whole = new TestLake();
        whole.Feed("payments.csv", Feed);
        whole.Ingest(TestLake.Payments());
        long largest = whole.Ledger.Records.Single().Files.Single().Bytes;

        for (int place = 1; place <= Places; place++)
        {
            (int exitCode, string output) = IngestWithFilesUpTo(lake.Folder, largest * place / (Places + 1));

            exitCode.ShouldBe(1, output);
            output.ShouldContain("Nothing of it is half written");
            lake.Ledger.LastSequence.ShouldBe(0);
            BronzeVerification.Of(lake.LakeFolder).Findings.ShouldAllBe(finding => finding.Contains(".tmp"));
        }

        IngestWithFilesUpTo(lake.Folder, largest * 4).ExitCode.ShouldBe(0);
        ShouldBeWhole(lake);
    }

    private static void ShouldBeWhole(TestLake lake)
    {
        lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe([$"{Rows}|{Rows}"]);
        DeadLetters.List(lake.Ledger).ShouldHaveSingleItem();
        BronzeVerification.Of(lake.LakeFolder).Findings.ShouldBeEmpty();
    }

    /// <summary>A process of its own, since a limit cannot be raised again.</summary>
    private static (int ExitCode, string Output) IngestWithFilesUpTo(string folder, long bytes)
    {
        // The system would else end a process that passes the limit; ulimit counts blocks of 512 bytes.
        const string script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
        string writer = Path.Combine(AppContext.BaseDirectory, "ShopLake.CrashingWriter.dll");
        using Process process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", script, "sh", $"{bytes / 512}", "dotnet", writer, folder, "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The runtime maps its code through a file in memory, to which the limit would apply too.
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
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
