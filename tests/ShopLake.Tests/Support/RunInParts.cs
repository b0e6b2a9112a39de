using System.Diagnostics;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Tests.Support;

/// <summary>Copies of a shop's folder, and runs over them that end in the middle.</summary>
internal static class RunInParts
{
    /// <summary>Copies a shop with its lake, links as links.</summary>
    public static string Copy(string folder, TemporaryFolder into)
    {
        string copy = Path.Combine(into.Path, Guid.NewGuid().ToString());
        using var copied = Process.Start("cp", ["-a", folder, copy]);
        copied.WaitForExit();
        copied.ExitCode.ShouldBe(0);
        return copy;
    }

    /// <summary>One run, to its end.</summary>
    public static void Finish(LakeConfiguration configuration, ModelLibrary library)
    {
        using IEngine engine = LakeEngine.Open(configuration);
        LakeRun.Execute(engine, library, configuration, BronzeState.Of(Ledger.Open(configuration.Lake)), null, default)
            .Outcome.ShouldNotBe(RunOutcome.Refused);
    }

    /// <summary>Starts a run in a process of its own, which ends before a step; it writes what it did to its output.</summary>
    /// <param name="arguments">The step, and the engine.</param>
    public static Process Start(string folder, params string[] arguments)
    {
        var run = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "ShopLake.CrashingWriter.dll"), "run",
                Path.Combine(folder, "shoplake.yaml"), .. arguments,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A process that lives for a second gains nothing by profiling itself.
            Environment = { ["DOTNET_DbgEnableMiniDump"] = "0", ["DOTNET_TieredPGO"] = "0" },
        })!;
        run.ErrorDataReceived += (_, _) => { };
        run.BeginErrorReadLine();
        return run;
    }
}
