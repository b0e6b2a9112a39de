using ShopLake.Configuration;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

public sealed class SimulateCommandTests : IDisposable
{
    private static readonly string[] Small =
        ["--users", "10", "--products", "5", "--days", "3", "--orders-per-user", "2", "--events-per-order", "5"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_shop_has_feeds_books_and_a_configuration()
    {
        var run = CommandRun.Of(["simulate", "--out", _folder.Path, "--books", .. Small]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldEndWith($"Next: shoplake run --config {Path.Combine(_folder.Path, "shoplake.yaml")}\n");
        ConfigurationLoader.Load(Path.Combine(_folder.Path, "shoplake.yaml")).Sources.Count.ShouldBe(6);
        Directory.GetFiles(Path.Combine(_folder.Path, "feeds"), "orders*.csv", SearchOption.AllDirectories)
            .ShouldNotBeEmpty();
        File.ReadLines(Path.Combine(_folder.Path, "books", "gold.revenue_daily.csv")).First()
            .ShouldStartWith("day,gross_minor,refunds_minor,net_minor");
    }

    [Fact]
    public void A_shop_is_not_written_over_another()
    {
        _folder.Write("feeds/a.csv", "");

        var run = CommandRun.Of(["simulate", "--out", _folder.Path, .. Small]);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe($"Error: {Path.Combine(_folder.Path, "feeds")} exists already: "
            + "name another output folder, or remove it.\nTry: shoplake simulate --help\n");
    }

    [Fact]
    public void Each_fault_has_a_rate_of_its_own()
    {
        var run = CommandRun.Of(["simulate", "--out", _folder.Path, "--no-faults", "--fault", "torn-file=1", .. Small]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("Realities in them: torn file ");
        run.Output.ShouldNotContain("duplicate");
    }

    [Theory]
    [InlineData("late")]
    [InlineData("late=2")]
    [InlineData("later=0.1")]
    public void A_fault_that_is_none_is_refused_with_those_there_are(string setting)
    {
        var run = CommandRun.Of("simulate", "--out", _folder.Path, "--fault", setting);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldStartWith($"Error: --fault {setting} is not a name=rate with a rate from 0 to 1; "
            + "the names are late, duplicate, out-of-order,");
    }

    [Fact]
    public void An_interrupted_simulation_leaves_no_half_shop()
    {
        string[] arguments = ["simulate", "--out", _folder.Path, .. Small];

        CommandRun.Of(new CancellationToken(canceled: true), arguments).ExitCode.ShouldBe(130);

        Directory.Exists(Path.Combine(_folder.Path, "feeds")).ShouldBeFalse();
        CommandRun.Of(arguments).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_demo_is_not_written_over_another_shop()
    {
        _folder.Write("feeds/a.csv", "");

        var run = CommandRun.Of("demo", _folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe($"Error: {_folder.Path} holds a shop already.\nTry: shoplake run --config "
            + $"{Path.Combine(_folder.Path, "shoplake.yaml")}, or shoplake demo with another folder.\n");
    }

    [Theory]
    [InlineData("--users", "many", "--users must be a number, not 'many'.")]
    [InlineData("--days", "0", "Days is 0; it must be at least 1.")]
    public void Impossible_sizes_are_refused(string option, string value, string message)
    {
        var run = CommandRun.Of("simulate", "--out", _folder.Path, option, value);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe($"Error: {message}\nTry: shoplake simulate --help\n");
    }
}
