using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Cli.Output;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Cli.Commands;

/// <summary><c>simulate</c>: a seeded shop with the feeds of a real one, and its own books.</summary>
internal static partial class SimulateCommand
{
    private static readonly SimulationOptions Standard = new() { OutputFolder = "" };

    private static readonly Dictionary<string, Fault> FaultsByName =
        Enum.GetValues<Fault>().ToDictionary(fault => Words(fault, '-'));

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "simulate",
            "Plays a shop from a seed and writes its feeds, with the faults of real ones, and their shoplake.yaml.",
            "shoplake simulate --out my-shop",
            "shoplake simulate --out big-shop --users 100000 --days 365 --seed 7",
            "shoplake simulate --out clean-shop --no-faults --books",
            "shoplake simulate --out late-shop --no-faults --fault late=0.2 --fault torn-file=0.1");
        var output = new Option<string>("--out")
        {
            Description = "Folder to write into.",
            HelpName = "dir",
            Required = true,
        };
        var seed = Number("--seed", "The same seed and options give the same bytes on any machine.", Standard.Seed);
        var users = Number("--users", "Accounts opened by the end.", Standard.Users);
        var products = Number("--products", "Products in the catalogue.", Standard.Products);
        var days = Number("--days", "Days that the shop is open.", Standard.Days);
        var orders = Number("--orders-per-user", "Orders for each account, a mean.", Standard.OrdersPerUser);
        var events = Number(
            "--events-per-order", "Views, carts and checkouts for each order, a mean.", Standard.EventsPerOrder);
        var noFaults = new Option<bool>("--no-faults")
        {
            Description = "Feeds without duplicates, late rows and the like.",
        };
        var books = new Option<bool>("--books")
        {
            Description = "Also write what each Gold table must hold, as CSV under books/.",
        };
        var faults = new Option<string[]>("--fault")
        {
            Description = $"How often one of them happens, from 0 to 1: {string.Join(", ", FaultsByName.Keys)}.",
            HelpName = "name=rate",
            DefaultValueFactory = _ => [],
        };
        faults.Validators.Add(result =>
        {
            foreach (var setting in result.Tokens.Where(token => FaultSetting(token.Value) is null))
                result.AddError($"--fault {setting.Value} is not a name=rate with a rate from 0 to 1; "
                    + $"the names are {string.Join(", ", FaultsByName.Keys)}.");
        });
        foreach (Option option in new Option[]
            { output, seed, users, products, days, orders, events, noFaults, faults, books })
            verb.Add(option);

        verb.SetAction(parsed => Run(terminal, parsed.GetValue(books), new SimulationOptions
        {
            OutputFolder = parsed.GetRequiredValue(output),
            Seed = parsed.GetValue(seed),
            Users = parsed.GetValue(users),
            Products = parsed.GetValue(products),
            Days = parsed.GetValue(days),
            OrdersPerUser = parsed.GetValue(orders),
            EventsPerOrder = parsed.GetValue(events),
            Faults = parsed.GetRequiredValue(faults).Select(FaultSetting).Aggregate(
                parsed.GetValue(noFaults) ? FaultRates.None : Standard.Faults,
                (rates, setting) => rates.With(setting!.Value.Fault, setting.Value.Rate)),
        }));
        return verb;
    }

    /// <summary>Plays the shop and shows what it wrote.</summary>
    public static void Play(Terminal terminal, SimulationOptions options, IFactSink? books)
    {
        SimulationReport report;
        try
        {
            report = Simulation.Run(options, books, terminal.Cancellation);
        }
        catch (OperationCanceledException)
        {
            // Half a shop looks like a whole one; feeds that stood there before are refused at the start.
            string feeds = Path.Combine(options.OutputFolder, "feeds");
            if (Directory.Exists(feeds))
                Directory.Delete(feeds, recursive: true);

            throw;
        }
        catch (ArgumentException mistake)
        {
            string parameter = $" (Parameter '{mistake.ParamName}')";
            string message = mistake.Message.Replace(parameter, "", StringComparison.Ordinal);
            throw new ShopLakeException(FailureKind.Usage, $"{message}\nTry: shoplake simulate --help", mistake);
        }

        terminal.WriteTable(
            ["feed", "files", "records", "broken records", "bytes"],
            report.Feeds.Select(feed => new object?[]
            {
                feed.Table, CellText.Figure(feed.Files), CellText.Figure(feed.Rows + feed.DeadLetters),
                CellText.Figure(feed.DeadLetters), CellText.Figure(feed.Bytes),
            }));
        var faults = report.Injected.Where(fault => fault.Value > 0)
            .Select(fault => $"{Words(fault.Key)} {CellText.Count(fault.Value)}");
        terminal.Write($"Realities in them: {string.Join(", ", faults.DefaultIfEmpty("none"))}.");
    }

    private static string Words(Fault fault, char separator = ' ') =>
        InnerCapital().Replace(fault.ToString(), $"{separator}$0").ToLowerInvariant();

    /// <summary>Reads <c>torn-file=0.1</c>; null if it says no such thing.</summary>
    private static (Fault Fault, double Rate)? FaultSetting(string text) =>
        text.Split('=') is [var name, var number]
        && FaultsByName.TryGetValue(name, out var fault)
        && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
        && rate is >= 0 and <= 1
            ? (fault, rate)
            : null;

    private static int Run(Terminal terminal, bool withBooks, SimulationOptions options)
    {
        var books = withBooks ? new Books() : null;
        Play(terminal, options, books);
        if (books is not null)
            WriteBooks(Path.Combine(options.OutputFolder, "books"), books.Tables(LakeOf(options)));

        terminal.Write($"Next: shoplake run --config {Path.Combine(options.OutputFolder, "shoplake.yaml")}");
        return 0;
    }

    /// <summary>The settings in the shoplake.yaml of a simulated shop, for its books.</summary>
    public static BookOptions LakeOf(SimulationOptions options) => new()
    {
        ReportingZone = TimeZoneInfo.FindSystemTimeZoneById(options.ReportingZone),
    };

    private static void WriteBooks(string folder, IEnumerable<BookTable> tables)
    {
        Directory.CreateDirectory(folder);
        foreach (var table in tables)
        {
            using var file = new StreamWriter(Path.Combine(folder, $"{table.Name}.csv"));
            var rows = new CsvRows(file);
            rows.Begin(table.Columns);
            foreach (object?[] row in table.Rows)
                rows.Write(row);

            rows.End();
        }
    }

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex InnerCapital();

    private static Option<T> Number<T>(string name, string description, T standard)
        where T : IParsable<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse<T>(name, result),
        };
    }

    private static T? Parse<T>(string name, ArgumentResult result)
        where T : IParsable<T>
    {
        if (T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value))
            return value;

        result.AddError($"{name} must be a number, not '{result.Tokens[0].Value}'.");
        return default;
    }
}
