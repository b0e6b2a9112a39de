namespace ShopLake.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Error: A verb is missing.\nTry: shoplake --help\n")]
    [InlineData("engine", "Error: 'engine' is not a verb.\nTry: shoplake engines\n")]
    [InlineData("fly", "Error: 'fly' is not a verb.\nTry: shoplake --help\n")]
    [InlineData("engines --jsn", "Error: Unrecognized command or argument '--jsn'.\nTry: shoplake engines --help\n")]
    [InlineData("init a b", "Error: Unrecognized command or argument 'b'.\nTry: shoplake init --help\n")]
    [InlineData(
        "init --all", "Error: '--all' is neither an option nor the name of a folder.\nTry: shoplake init --help\n")]
    [InlineData("verify --seed 1", "Error: --seed belongs to --sample.\nTry: shoplake verify --help\n")]
    [InlineData("verify --sample 0%", "Error: --sample 0% is not a percentage above 0 and up to 100, such as 1% or 0.5%.\nTry: shoplake verify --help\n")]
    [InlineData("verify --sample 101", "Error: --sample 101 is not a percentage above 0 and up to 100, such as 1% or 0.5%.\nTry: shoplake verify --help\n")]
    [InlineData("query x --json --csv", "Error: --json and --csv exclude each other.\nTry: shoplake query --help\n")]
    public void Wrong_usage_says_what_to_try_and_exits_with_2(string arguments, string expected)
    {
        var run = CommandRun.Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        run.Error.ShouldBe(expected);
        run.Output.ShouldBeEmpty();
        run.ExitCode.ShouldBe(2);
    }
}
