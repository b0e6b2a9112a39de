using System.CommandLine;
using System.Diagnostics;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;

namespace ShopLake.Cli.Commands;

/// <summary><c>demo</c>: a simulated shop, all the way to its numbers, checked against its own books.</summary>
internal static class DemoCommand
{
    private const int DifferencesShown = 5;

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "demo",
            "Simulates half a year of a small shop, ingests its feeds, builds Silver and Gold, shows the numbers, and "
            + "compares every Gold table with the books that the shop kept itself.",
            "shoplake demo", "shoplake demo my-shop");
        var folder = new Argument<string>("dir")
        {
            Description = "Folder for the shop and its lake; must not hold one yet.",
            DefaultValueFactory = _ => "demo",
        };
        verb.Add(folder);
        verb.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(folder)));
        return verb;
    }

    private static int Run(Terminal terminal, string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "feeds")))
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{folder} holds a shop already.\nTry: shoplake run --config {Path.Combine(folder, "shoplake.yaml")}, "
                + "or shoplake demo with another folder.");
        }

        var clock = Stopwatch.StartNew();
        var options = new SimulationOptions { OutputFolder = folder };
        var books = new Books();
        terminal.Write(
            $"A shop of {CellText.Count(options.Users)} users over {options.Days} days, from seed {options.Seed}");
        SimulateCommand.Play(terminal, options, books);
        terminal.Write("");

        string config = Path.Combine(folder, "shoplake.yaml");
        var configuration = ConfigurationLoader.Load(config);
        bool areEqual = false;
        var result = RunCommand.Execute(terminal, configuration, isSilent: false, engine =>
        {
            ShopNumbers.Write(
                terminal, configuration.Money.Decimals, sql => engine.Query(sql, terminal.Cancellation));
            areEqual = CompareBooks(terminal, books.Tables(SimulateCommand.LakeOf(options)), engine);
        });
        terminal.Write("");
        terminal.Write(FormattableString.Invariant($"All that took {clock.Elapsed.TotalSeconds:F1} s. Try next:"));
        WriteNextSteps(terminal, config);
        return result.ExitCode != 0 || areEqual ? result.ExitCode : (int)FailureKind.CheckFailed;
    }

    /// <summary>Each table of the books beside the same table of Gold, cell by cell.</summary>
    private static bool CompareBooks(Terminal terminal, IEnumerable<BookTable> tables, IEngine engine)
    {
        var compared = tables.Select(book =>
        {
            var gold = engine.Query($"SELECT * FROM {book.Name}", terminal.Cancellation);
            var differences = BookComparer.Compare(book, gold.Columns, gold.Rows, DifferencesShown);
            return (Book: book, Gold: gold, Differences: differences);
        }).ToList();
        terminal.Write("");
        terminal.Write("The shop's own books, kept without feeds and without SQL, beside Gold");
        terminal.WriteTable(
            ["table", "rows in books", "rows in gold", "differences"],
            compared.Select(table => new object?[]
            {
                table.Book.Name, CellText.Figure(table.Book.Rows.Count), CellText.Figure(table.Gold.Rows.Count),
                CellText.Figure(table.Differences.Count),
            }));
        foreach (var table in compared.Where(table => !table.Differences.AreNone))
            terminal.Fail($"Gold differs from the books. {table.Differences}");

        return compared.TrueForAll(table => table.Differences.AreNone);
    }

    private static void WriteNextSteps(Terminal terminal, string config)
    {
        const string lastWeek = "SELECT * FROM gold.revenue_daily ORDER BY day DESC LIMIT 7";
        // From a checkout the program is called by the script beside the solution.
        string program = File.Exists("ShopLake.slnx") ? "./shoplake" : "shoplake";
        terminal.Write($"  {program} query \"{lastWeek}\" --config {config}");
        terminal.Write($"  {program} rejects --config {config}");
        terminal.Write($"  {program} status --config {config}");
    }
}
