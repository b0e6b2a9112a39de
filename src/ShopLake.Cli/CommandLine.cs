using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ShopLake.Catalog;
using ShopLake.Cli.Commands;
using ShopLake.Cli.Output;

namespace ShopLake.Cli;

/// <summary>The whole program: arguments in, text and an exit code out. Nothing in it knows of a console.</summary>
public static class CommandLine
{
    /// <summary>Exit code of a run that was interrupted, as shells count it.</summary>
    public const int Interrupted = 130;

    private const string Description = """
        ShopLake, an e-commerce lakehouse: raw feeds in, Bronze, Silver and Gold out.

        Exit codes: 0 done; 1 a check of severity fail, or a difference; 2 wrong usage or configuration;
        3 an input could not be read, the rest was done; 4 an engine or store is out of reach;
        130 interrupted, what was acknowledged is kept.
        """;

    /// <param name="arguments">What stands behind the program's name.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, logs and errors.</param>
    /// <param name="cancellation">Ends the work under way at its next safe point.</param>
    /// <returns>The exit code.</returns>
    public static int Invoke(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var terminal = new Terminal(output, error, cancellation);
        var root = CreateRoot(terminal);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
            return ReportUsage(parsed, terminal);

        terminal.GivenOptions = LakeOptions.Given(parsed);
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return parsed.Invoke(invocation);
        }
        catch (ShopLakeException failure)
        {
            terminal.Fail(failure.Message);
            return (int)failure.Kind;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Any verb may meet a folder that it cannot write or a disk that is full; the message names the path.
            terminal.Fail(failure.Message);
            return (int)FailureKind.OutOfReach;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Log("Stopped. What was acknowledged is kept; the same command continues from here.");
            return Interrupted;
        }
    }

    private static RootCommand CreateRoot(Terminal terminal)
    {
        var root = new RootCommand(Description)
        {
            InitCommand.Create(terminal),
            DemoCommand.Create(terminal),
            SimulateCommand.Create(terminal),
            IngestCommand.Create(terminal),
            RunCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            QueryCommand.Create(terminal),
            ReportCommand.Create(terminal),
            ExportCommand.Create(terminal),
            TraceCommand.Create(terminal),
            AsOfCommand.Create(terminal),
            DiffCommand.Create(terminal),
            CheckCommand.Create(terminal),
            RejectsCommand.Create(terminal),
            StatusCommand.Create(terminal),
            EnginesCommand.Create(terminal),
        };
        root.HelpName = "shoplake";
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static int ReportUsage(ParseResult parsed, Terminal terminal)
    {
        var root = parsed.RootCommandResult.Command;
        if (parsed.CommandResult.Command is Verb verb)
        {
            var messages = parsed.Errors.Select(error => error.Message).Distinct();
            terminal.Fail($"{string.Join('\n', messages)}\nTry: shoplake {verb.Name} --help");
        }
        else if (parsed.UnmatchedTokens is [var written, ..])
        {
            string? nearest = NearestName.Of(written, root.Subcommands.Select(known => known.Name));
            terminal.Fail($"'{written}' is not a verb.\nTry: shoplake {nearest ?? "--help"}");
        }
        else
        {
            terminal.Fail("A verb is missing.\nTry: shoplake --help");
        }

        return (int)FailureKind.Usage;
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        /// <summary>The same text on every terminal, so that it can be quoted.</summary>
        private const int Width = 100;

        public override int Invoke(ParseResult parseResult)
        {
            help.MaxWidth = Width;
            help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (string example in verb.Examples)
                    output.WriteLine($"  {example}");
            }

            return 0;
        }
    }
}
