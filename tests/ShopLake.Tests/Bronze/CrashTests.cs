using System.Diagnostics;
using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>Whenever a writer stops, the next one continues and every record is there exactly once.</summary>
public sealed class CrashTests
{
    private const string Feed = "payment_id,order_id\np1,o1\nragged\np3,o3\n";

    [Fact]
    public void Stopped_before_any_step_of_the_commit_a_plain_run_continues()
    {
        int steps = int.Parse(Write(Prepared(out TestLake whole), 0).Last());
        whole.Dispose();

        steps.ShouldBeGreaterThan(12);
        Parallel.For(1, steps + 1, new ParallelOptions { MaxDegreeOfParallelism = 2 }, step =>
        {
            string folder = Prepared(out TestLake lake);
            using (lake)
            {
                Write(folder, step);
                long committed = lake.Ledger.LastSequence;
                lake.Findings.ShouldAllBe(finding => finding.Contains("is not named by the ledger"));

                Write(folder, 0).Length.ShouldBe(2, "it ran to its end");

                lake.Rows("payments", "payment_id, _source_row").ShouldBe(["p1|1", "p3|3"], $"stopped before step {step}");
                DeadLetters.List(lake.Ledger).ShouldHaveSingleItem();
                lake.Ledger.LastSequence.ShouldBe(1);
                lake.Findings.ShouldBeEmpty($"after step {step}, {committed} committed");
            }
        });
    }

    [Fact]
    public void Killed_at_random_instants_it_loses_and_doubles_nothing()
    {
        int kills = Environment.GetEnvironmentVariable("CI") is null ? 10 : 100;
        var random = new Random(7);
        using var lake = new TestLake();
        for (int kill = 0; kill < kills; kill++)
        {
            lake.Feed($"payments-{kill}.csv", $"payment_id,order_id\n{string.Concat(
                Enumerable.Range(0, 5_000).Select(i => $"p{kill}-{i},o{i}\n"))}bad\n");
            using Process writer = Start(lake.Folder, 0);
            writer.StandardOutput.ReadLine();
            if (!writer.WaitForExit(random.Next(0, 400)))
            {
                writer.Kill();
            }

            writer.WaitForExit();
            lake.Findings.ShouldAllBe(finding => finding.Contains("is not named by the ledger"));
        }

        Write(lake.Folder, 0);

        lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe([$"{kills * 5_000}|{kills * 5_000}"]);
        DeadLetters.List(lake.Ledger).Count().ShouldBe(kills);
        lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Several_processes_at_once_bring_every_record_once()
    {
        using var lake = new TestLake();
        for (int i = 0; i < 50; i++)
        {
            lake.Feed($"payments-{i}.csv", $"payment_id\np{i}\n");
        }

        Process[] writers = [.. Enumerable.Range(0, 4).Select(_ => Start(lake.Folder, 0))];
        Finish(writers);

        lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe(["50|50"]);
        lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Four_processes_with_fifty_batches_each_take_turns_and_are_all_right()
    {
        const int batches = 50;
        string[] names = ["north", "east", "south", "west"];
        using var lake = new TestLake();
        foreach (string name in names)
        {
            for (int i = 0; i < batches; i++)
            {
                lake.Feed($"{name}-{i}.csv",
                    $"payment_id,order_id\n{name}-{i}-a,1\n{name}-{i}-b,2\nragged {name} {i}\n");
            }
        }

        Finish([.. names.Select(name => Start(lake.Folder, 0, name, $"{batches}"))]);

        IReadOnlyList<LedgerRecord> records = lake.Ledger.Records;
        records.Count.ShouldBe(names.Length * batches);
        records.CountBy(record => record.Source).ShouldAllBe(count => count.Value == batches);
        records.ShouldAllBe(record => record.Rows == 2 && record.Rejected == 1);
        records.Zip(records.Skip(1)).Count(pair => pair.First.Source != pair.Second.Source)
            .ShouldBeGreaterThan(names.Length - 1, "they were at it at the same time");
        lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe(["400|400"]);
        DeadLetters.List(lake.Ledger).Select(letter => letter.Preview).Distinct().Count().ShouldBe(200);
        BronzeVerification.Of(lake.LakeFolder).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_feed_that_comes_in_twice_is_seen_by_the_counts()
    {
        using var lake = new TestLake();
        lake.Feed("north-0.csv", "payment_id\np1\n");
        lake.Feed("east-0.csv", "payment_id\np1\n");

        Finish([Start(lake.Folder, 0, "north", "1"), Start(lake.Folder, 0, "east", "1")]);

        lake.Rows("payments", "count(*), count(DISTINCT payment_id)").ShouldBe(["2|1"]);
    }

    private static string Prepared(out TestLake lake)
    {
        lake = new TestLake();
        lake.Feed("payments.csv", Feed);
        return lake.Folder;
    }

    private static void Finish(Process[] writers)
    {
        foreach (Process writer in writers)
        {
            writer.StandardOutput.ReadToEnd();
            writer.WaitForExit();
            writer.ExitCode.ShouldBe(0);
            writer.Dispose();
        }
    }

    private static string[] Write(string folder, int stopAt)
    {
        using Process writer = Start(folder, stopAt);
        string output = writer.StandardOutput.ReadToEnd();
        writer.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Process Start(string folder, int stopAt, params string[] source) => Process.Start(
        new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "ShopLake.CrashingWriter.dll"), folder, $"{stopAt}", .. source])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_DbgEnableMiniDump"] = "0" },
        })!;
}
