using ShopLake.Cli;

namespace ShopLake.Tests.Cli;

/// <summary>One call of the command line inside the test's process, with all that it said.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static CommandRun Of(params string[] arguments) => Of(CancellationToken.None, arguments);

    public static CommandRun Of(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = CommandLine.Invoke(arguments, output, error, cancellation);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
