using System.Diagnostics;
using System.Globalization;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>
/// What a run on Spark loses on its way: its server, its turn, a part of its cluster. Servers of its own take minutes;
/// <c>build</c> says how to ask for these.
/// </summary>
[Trait("takes", "hours")]
public sealed class SparkRunLossTests : IDisposable
{
    private const string Published = "day,gross_minor,refunds_minor\n2025-01-10,2000,0\n2025-02-03,4750,0\n2025-02-10,1200,1200\n";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new();
    private SparkServer? _server;

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_killed_in_mid_run_ends_it_and_the_next_run_is_right_while_another_one_waits()
    {
        Start(SparkServer.Local);
        Task<CommandRun> killed = BegunRun("silver/orders");
        Kill(int.Parse(File.ReadAllText(Path.Combine(_server!.Home, "spark-connect.pid")), CultureInfo.InvariantCulture));
        CommandRun lost = await killed;
        lost.ExitCode.ShouldBe((int)FailureKind.OutOfReach, lost.Error);
        lost.Error.ShouldContain("cannot be reached");
        lost.Error.ShouldContain("What was not published is as if it had never been begun.");
        lost.Error.ShouldNotContain("\tat ");
        File.Exists(Path.Combine(_folder.Path, "data/spark/published.json")).ShouldBeFalse();

        _server.End();
        _server.Begin(SparkServer.Local);
        Task<CommandRun> winner = BegunRun("gold/orders");
        CommandRun other = Do("run");
        other.ExitCode.ShouldBe((int)FailureKind.OutOfReach, other.Error);
        other.Error.ShouldContain("is held");
        (await winner).ExitCode.ShouldBe(0, (await winner).Error);
        ShouldBeRight();
    }

    [Fact]
    public async Task An_executor_killed_in_mid_run_is_made_up_for_by_the_cluster()
    {
        Start(SparkServer.Cluster);
        Task<CommandRun> run = BegunRun("silver/orders");
        Kill(Executors()[0]);
        (await run).ExitCode.ShouldBe(0, (await run).Error);
        ShouldBeRight();
    }

    private void Start(string shape)
    {
        TestSpark.RequireScript();
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        _server = SparkServer.Start(shape);
    }

    /// <summary>A run that has got to a table, which is not written yet, or just so.</summary>
    private Task<CommandRun> BegunRun(string table)
    {
        string folder = Path.Combine(_folder.Path, "data/spark", table);
        int before = Directory.Exists(folder) ? Directory.GetDirectories(folder).Length : 0;
        var run = Task.Run(() => Do("run"));
        var waited = Stopwatch.StartNew();
        while (!Directory.Exists(folder) || Directory.GetDirectories(folder).Length == before)
        {
            run.IsCompleted.ShouldBeFalse("The run ended before it got there.");
            waited.Elapsed.ShouldBeLessThan(Patience);
            Thread.Sleep(10);
        }

        return run;
    }

    private void ShouldBeRight()
    {
        CommandRun answer = Do("query", "SELECT day, gross_minor, refunds_minor FROM gold.revenue_daily ORDER BY day", "--csv");
        answer.Output.ShouldBe(Published, answer.Error);
        CommandRun verified = Do("verify", "--against", "duckdb");
        verified.ExitCode.ShouldBe(0, verified.Error);
    }

    /// <summary>Processes of this test's own cluster in which tasks run.</summary>
    private int[] Executors()
    {
        string home = _server!.Home;
        return
        [
            .. Process.GetProcesses().Where(process => CommandLine(process.Id) is { } line
                && line.Contains("CoarseGrainedExecutorBackend", StringComparison.Ordinal)
                && line.Contains(home, StringComparison.Ordinal)).Select(process => process.Id),
        ];
    }

    private static string? CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is somebody else's.
            return null;
        }
    }

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    private CommandRun Do(string verb, params string[] arguments) => CommandRun.Of(
    [
        verb, .. arguments, "--config", Path.Combine(_folder.Path, "shoplake.yaml"),
        .. TestEngine.OfSpark(_server!.Url).SelectMany(setting => new[] { "--set", setting }),
    ]);
}
