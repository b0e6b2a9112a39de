using System.Diagnostics;
using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>A run that ends anywhere leaves the old state or the new one, and the next run ends as if nothing had been.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private const string Consistent = """
        SELECT (SELECT ledger_sequence FROM gold.as_of) AS ledger_sequence,
            (SELECT cast(sum(gross_minor) AS bigint) FROM gold.revenue_daily) AS by_payment_day,
            (SELECT cast(sum(gross_minor) AS bigint) FROM gold.revenue_by_order_day) AS by_order_day,
            (SELECT cast(sum(attempts) AS bigint) FROM gold.orders) AS attempts
        """;

    private static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_KILLS") ?? "4", CultureInfo.InvariantCulture);

    private const int KillsInARow = 8;

    private static readonly int StepsApart = int.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_STEPS_APART") ?? "100", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();
    private readonly string _delivered;
    private readonly string[] _old;
    private readonly string[] _new;
    private readonly int _steps;

    public InterruptedRunTests()
    {
        _delivered = Path.Combine(_folder.Path, "delivered");
        CommandRun.Of("init", _delivered).ExitCode.ShouldBe(0);
        new Ingestor(ConfigurationOf(_delivered), Library.Catalog).Run();
        Run(_delivered);
        File.WriteAllText(Path.Combine(_delivered, "feeds/payments-2.csv"), "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\n");
        new Ingestor(ConfigurationOf(_delivered), Library.Catalog).Run();
        _old = Digests(_delivered);
        string after = Copy();
        using (Process run = Start(after, 0))
        {
            _steps = int.Parse(run.StandardOutput.ReadToEnd().Trim(), CultureInfo.InvariantCulture);
        }

        _new = Digests(after);
        _new.ShouldNotBe(_old);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whichever_call_of_the_engine_a_run_ends_before_the_state_is_whole()
    {
        // The last calls publish.
        foreach (int stop in Enumerable.Range(1, _steps).Where(step => step % StepsApart == 1 || step > _steps - 6))
        {
            string lake = Copy();
            using (Process run = Start(lake, stop))
            {
                run.StandardOutput.ReadToEnd().ShouldBeEmpty($"it ended before step {stop}");
                run.WaitForExit();
            }

            ShouldBeWhole(lake, $"step {stop} of {_steps}");
            ShouldContinue(lake, $"step {stop} of {_steps}");
        }
    }

    [Fact]
    public void Whenever_a_run_is_killed_the_state_is_whole()
    {
        var random = new Random(20);
        string whole = Copy();
        var watch = Stopwatch.StartNew();
        using (Process run = Start(whole, 0))
        {
            run.StandardOutput.ReadToEnd();
        }

        double lasts = watch.Elapsed.TotalMilliseconds;
        string lake = Copy();
        for (int kill = 1; kill <= Kills; kill++)
        {
            using (Process run = Start(lake, 0))
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(lasts * random.NextDouble()));
                run.Kill();
                run.WaitForExit();
            }

            // What one killed run leaves, the next one finds; that it can be finished costs most, so not each one is.
            if (ShouldBeWhole(lake, $"kill {kill}") || kill % KillsInARow == 0 || kill == Kills)
            {
                ShouldContinue(lake, $"kill {kill}");
                lake = Copy();
            }
        }
    }

    [Fact]
    public void Readers_in_another_process_see_the_old_state_or_the_new_one()
    {
        string lake = Copy();
        var seen = new HashSet<string>();
        object?[] before = Ask(lake);
        using (Process run = Start(lake, 0))
        {
            while (!run.HasExited)
            {
                seen.Add(string.Join(' ', Ask(lake)));
            }
        }

        object?[] after = Ask(lake);
        seen.Add(string.Join(' ', after));
        seen.Order().ShouldBe(new[] { string.Join(' ', before), string.Join(' ', after) }.Order());
        before[1].ShouldBe(before[2]);
        after[1].ShouldBe((long)before[1]! + 1050);
    }

    /// <returns>Whether the run was published.</returns>
    private bool ShouldBeWhole(string lake, string when)
    {
        string[] found = Digests(lake);
        (found.SequenceEqual(_old) || found.SequenceEqual(_new)).ShouldBeTrue($"half a state: {when}");
        object?[] gold = Ask(lake);
        gold[1].ShouldBe(gold[2], $"half of Gold: {when}");
        return found.SequenceEqual(_new);
    }

    private void ShouldContinue(string lake, string when)
    {
        Run(lake);
        Digests(lake).ShouldBe(_new, $"the run after: {when}");
        Ask(lake)[1].ShouldBe(9000L, $"Gold after: {when}");
        Directory.Delete(lake, recursive: true);
    }

    private string Copy() => RunInParts.Copy(_delivered, _folder);

    private static LakeConfiguration ConfigurationOf(string folder) =>
        ConfigurationLoader.Load(Path.Combine(folder, "shoplake.yaml"), []);

    private static void Run(string folder) => RunInParts.Finish(ConfigurationOf(folder), Library);

    private static string[] Digests(string folder)
    {
        using IEngine engine = LakeEngine.Open(ConfigurationOf(folder));
        return [.. Library.Models.Select(model => $"{model.Name} {engine.Digest(model.Table, default).Short}")];
    }

    /// <summary>Gold as it is published beside the warehouse.</summary>
    private static object?[] Ask(string folder)
    {
        using IWarehouseReader reader = LakeEngine.OpenReader(ConfigurationOf(folder), Consistent);
        return reader.Query(Consistent, default).Rows[0];
    }

    private static Process Start(string folder, int step) => RunInParts.Start(folder, $"{step}", "duckdb");
}
