using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>
/// Servers and their processes killed at any step of a run: nothing half is ever seen, and the next run is right. The cluster is
/// one of these tests' own, which writes through to the disk.
/// </summary>
public sealed class PostgresLossTests : IDisposable
{
    private static readonly ModelLibrary Library = SmallLake.Library;

    private readonly TemporaryFolder _folder = new();
    private readonly HalvedShop _shop;
    private readonly PostgresCluster _cluster;

    public PostgresLossTests()
    {
        TestPostgres.RequirePrograms();
        _cluster = PostgresCluster.Start(isDurable: true);
        _shop = new HalvedShop(_folder);
    }

    public static TheoryData<string> Steps =>
        [Library.Models[0].Name, Library.Models[Library.Models.Count / 2].Name, Library.Models[^1].Name, "publish"];

    private string Shop => _shop.Path;

    private LakeConfiguration Configuration =>
        ConfigurationLoader.Load(Path.Combine(Shop, "shoplake.yaml"), ["engine=postgres", $"url={_cluster.ConnectionString}"]);

    public void Dispose()
    {
        _cluster.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Killed_anywhere_readers_have_the_state_before_and_the_next_run_is_right()
    {
        Ingest();
        Run(_ => { });
        TableDigest[] before = Digests();
        DeliverTheRest();
        foreach (string step in Steps.Select(row => row.Data))
        {
            Lost(step, KillBackend);
            Digests().ShouldBe(before, $"a backend killed at {step}");
            Lost(step, _cluster.Kill);
            Should.Throw<ShopLakeException>(() => LakeEngine.OpenReader(Configuration)).Kind.ShouldBe(FailureKind.OutOfReach);
            _cluster.Restart();
            Digests().ShouldBe(before, $"the server killed at {step}");
        }

        Run(_ => { }).Outcome.ShouldBe(RunOutcome.Published);
        Digests().ShouldNotBe(before);
        ShouldBeWhatDuckDbRebuilds();
    }

    [Fact]
    public void Killed_at_any_instant_the_state_is_the_one_before_or_the_one_after()
    {
        Ingest();
        Run(_ => { });
        TableDigest[] before = Digests();
        DeliverTheRest();
        TableDigest[] after = RebuiltByDuckDb();
        var random = new Random(7);
        for (int attempt = 0; attempt < 4; attempt++)
        {
            using var running = new ManualResetEventSlim();
            int delay = random.Next(0, 2500);
            var killing = new Thread(() =>
            {
                running.Wait();
                Thread.Sleep(delay);
                _cluster.Kill();
            });
            killing.Start();
            try
            {
                Run(_ => running.Set());
            }
            catch (ShopLakeException lost)
            {
                lost.Kind.ShouldBe(FailureKind.OutOfReach, lost.Message);
            }

            running.Set();
            killing.Join();
            _cluster.Restart();
            TableDigest[] found = Digests();
            (found.SequenceEqual(before) || found.SequenceEqual(after)).ShouldBeTrue($"attempt {attempt}");
        }

        Run(_ => { });
        Digests().ShouldBe(after);
    }

    [Fact]
    public void A_run_whose_connection_is_cut_begins_again_by_itself()
    {
        Ingest();
        using var cutting = new CancellationTokenSource();
        var cut = new Thread(() =>
        {
            while (!cutting.IsCancellationRequested && Terminated() == 0)
            {
                Thread.Sleep(50);
            }
        });
        cut.Start();

        CommandRun run = CommandRun.Of("run", "--config", Path.Combine(Shop, "shoplake.yaml"),
            "--set", "engine=postgres", "--set", $"url={_cluster.ConnectionString}");
        cutting.Cancel();
        cut.Join();

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("The connection to PostgreSQL was lost");
        run.Error.ShouldContain("The run begins again, attempt 2 of 3.");
        ShouldBeWhatDuckDbRebuilds();
    }

    private long Terminated() => (long)TestPostgres.Execute(_cluster.ConnectionString, """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = 'shoplake' AND now() - xact_start > interval '300 milliseconds'
        """)!;

    private void KillBackend()
    {
        object process = TestPostgres.Execute(
            _cluster.ConnectionString, "SELECT pid FROM pg_stat_activity WHERE application_name = 'shoplake' ORDER BY backend_start DESC")!;
        using var backend = Process.GetProcessById(Convert.ToInt32(process, CultureInfo.InvariantCulture));
        backend.Kill();
    }

    private void Lost(string step, Action kill)
    {
        ShopLakeException lost = Should.Throw<ShopLakeException>(() => Run(model =>
        {
            if (model == step)
            {
                kill();
            }
        }), step);
        lost.Kind.ShouldBe(FailureKind.OutOfReach, lost.Message);
        lost.IsTransient.ShouldBeTrue(lost.Message);
    }

    private RunReport Run(Action<string> at)
    {
        using IEngine engine = LakeEngine.Open(Configuration);
        return LakeRun.Execute(
            engine, Library, Configuration, BronzeState.Of(Ledger.Open(Configuration.Lake)), new Told(at), TestContext.Current.CancellationToken);
    }

    private void Ingest() => new Ingestor(Configuration, Library.Catalog).Run();

    private void DeliverTheRest()
    {
        _shop.DeliverTheRest();
        Ingest();
    }

    /// <summary>A server that lost one of its processes ends all the others, some of them only after they were connected to.</summary>
    private TableDigest[] Digests()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using IEngine engine = LakeEngine.Open(Configuration);
                return [.. Library.Models.Select(model => engine.Digest(model.Table, default))];
            }
            catch (ShopLakeException lost) when (lost.IsTransient && attempt < 50)
            {
                Thread.Sleep(200);
            }
        }
    }

    private void ShouldBeWhatDuckDbRebuilds()
    {
        using IEngine engine = LakeEngine.Open(Configuration);
        TestEngine.Differences(engine, "duckdb", Library, Configuration, BronzeState.Of(Ledger.Open(Configuration.Lake))).ShouldBeEmpty();
    }

    private TableDigest[] RebuiltByDuckDb()
    {
        LakeConfiguration otherwise = Configuration with { Engine = "duckdb" };
        using IEngine engine = LakeEngine.OpenScratch(otherwise);
        Rebuild.Into(engine, Library, otherwise, BronzeState.Of(Ledger.Open(otherwise.Lake)), null, default);
        return [.. Library.Models.Select(model => engine.Digest(model.Table, default))];
    }

    /// <summary>Told at once, unlike .NET's own, which tells later on another thread.</summary>
    private sealed class Told(Action<string> at) : IProgress<string>
    {
        public void Report(string value) => at(value);
    }
}
