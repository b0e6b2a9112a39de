using System.CommandLine;
using ShopLake.Bronze;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>run</c>: the whole way, from feeds to published Gold.</summary>
internal static class RunCommand
{
    private const string Reconciliation = "reconciliation";
    private const string Dispositions = "dispositions";

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "run",
            "Reads what is new in the feeds into Bronze, then brings Silver and Gold up to it and publishes both "
            + "together. Exits with 1 when a rule of severity fail found rows (nothing is published) or Gold does "
            + "not reconcile.",
            "shoplake run", "shoplake run --plan", "shoplake run --config shops/berlin/shoplake.yaml", "shoplake run --json");
        var plan = new Option<bool>("--plan")
        {
            Description = "Say what a run over Bronze as it is would compute, and why; read no feed, compute nothing.",
        };
        var json = CommonOptions.Json();
        verb.Add(plan);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed => parsed.GetValue(plan)
            ? Plan(terminal, lake.Load(parsed), parsed.GetValue(json))
            : Run(terminal, lake.Load(parsed), parsed.GetValue(json)));
        return verb;
    }

    private static int Plan(Terminal terminal, LakeConfiguration configuration, bool asJson)
    {
        (long sequence, var tables) = LakeFlow.Plan(configuration);
        if (asJson)
        {
            terminal.Write(JsonText.Of(new { LedgerSequence = sequence, Tables = tables }));
            return 0;
        }

        var named = tables.Where(table => table.Work != PlannedWork.None).ToList();
        if (named.Count > 0)
        {
            terminal.WriteTable(["table", "computed", "new raw rows", "of", "why"], named.Select(table => new object?[]
            {
                table.Table, table.Work.ToString().ToLowerInvariant(), CellText.Figure(table.NewRows),
                CellText.Figure(table.OfRows), string.Join("; ", table.Reasons),
            }));
        }

        var computed = named.Where(table => table.Work != PlannedWork.Dropped).ToList();
        terminal.Write($"{computed.Count} of {tables.Count(table => table.Work != PlannedWork.Dropped)} tables would be computed up to commit {sequence}, "
            + $"{computed.Count(table => table.Work == PlannedWork.Whole)} of them whole. "
            + "What the feeds hold beyond that commit comes on top.");
        return 0;
    }

    private static int Run(Terminal terminal, LakeConfiguration configuration, bool asJson)
    {
        var result = Execute(terminal, configuration, isSilent: asJson);
        if (asJson)
            terminal.Write(JsonText.Of(Summary(result)));

        return result.ExitCode;
    }

    /// <summary>Feeds to Gold, telling each layer when it is done.</summary>
    /// <param name="isSilent">Tells errors only.</param>
    /// <param name="answers">Asked of the warehouse once it is published.</param>
    public static RunResult Execute(
        Terminal terminal, LakeConfiguration configuration, bool isSilent, Action<IEngine>? answers = null)
    {
        var ledger = Ledger.Open(configuration.Lake);
        var ingest = IngestCommand.Ingest(terminal, configuration, ledger);
        if (!isSilent)
        {
            terminal.Write("Bronze: what was read");
            IngestCommand.Write(terminal, ingest);
        }

        int ingestCode = IngestCommand.Fail(terminal, ingest);
        QueryResult? dispositions = null;
        QueryResult? unbalanced = null;
        var run = LakeFlow.Build(terminal, configuration, ledger, (report, engine) =>
        {
            if (report.Outcome == RunOutcome.Refused)
                return;

            dispositions = engine.Query(Report.Sql(Dispositions), terminal.Cancellation);
            unbalanced = engine.Query(Report.Sql(Reconciliation), terminal.Cancellation);
            if (!isSilent)
            {
                Write(terminal, report, dispositions);
                CheckCommand.WriteWarnings(terminal, report.FeedRules);
            }

            answers?.Invoke(engine);
        });
        int buildCode = Fail(terminal, run, unbalanced);
        return new RunResult(ingest, run, dispositions, unbalanced, buildCode != 0 ? buildCode : ingestCode);
    }

    private static void Write(Terminal terminal, RunReport run, QueryResult dispositions)
    {
        Report.Write(terminal, "Silver: what became of each row of Bronze", dispositions, moneyDecimals: 0);
        terminal.Write("");
        if (run.Outcome == RunOutcome.Unchanged)
        {
            terminal.Write($"Nothing new since commit {run.LedgerSequence}; Silver and Gold stand as they were.");
            return;
        }

        var changed = run.Build!.Tables.Where(table => Model.IsPublicTable(table.Name) && table.Changed > 0)
            .OrderByDescending(table => table.Name.StartsWith("silver.", StringComparison.Ordinal))
            .ThenBy(table => table.Name, StringComparer.Ordinal);
        terminal.Write("Silver and Gold: what changed");
        terminal.WriteTable(
            ["table", "rows", "changed"],
            changed.Select(table => new object?[]
            {
                table.Name, CellText.Figure(table.Rows), CellText.Figure(table.Changed),
            }));
        terminal.Write("");
        terminal.Write(FormattableString.Invariant(
            $"Published up to commit {run.LedgerSequence} in {run.Elapsed.TotalSeconds:F1} s."));
    }

    /// <summary>Says what is wrong with Silver and Gold, and gives the exit code.</summary>
    private static int Fail(Terminal terminal, RunReport run, QueryResult? unbalanced)
    {
        if (unbalanced is not { Rows.Count: > 0 })
            return CheckCommand.ExitCode(terminal, run.Build?.Rules ?? []);

        terminal.Fail("Gold does not reconcile:\n" + string.Join('\n', unbalanced.Rows.Select(row =>
            $"  {row[0]} of {row[1]}: expected {row[2]}, found {row[3]}, difference {row[4]}"))
            + "\nTry: shoplake query \"SELECT * FROM gold.reconciliation\"");
        return (int)FailureKind.CheckFailed;
    }

    private static object Summary(RunResult result) => new
    {
        Ingest = IngestCommand.Summary(result.Ingest),
        result.Run.RunId,
        result.Run.Outcome,
        result.Run.LedgerSequence,
        ElapsedSeconds = result.Run.Elapsed.TotalSeconds,
        Dispositions = Objects(result.Dispositions),
        Tables = result.Run.Build?.Tables.Where(table => Model.IsPublicTable(table.Name)),
        Rules = result.Run.Build?.Rules,
        result.Run.FeedRules,
        Unbalanced = Objects(result.Unbalanced),
    };

    private static IEnumerable<Dictionary<string, object?>>? Objects(QueryResult? result) =>
        result?.Rows.Select(row => result.Columns.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second));
}

/// <summary>A run with what it found out about itself.</summary>
/// <param name="Dispositions">What became of the rows of Bronze; null when nothing was published.</param>
/// <param name="Unbalanced">Lines of the reconciliation that do not balance.</param>
internal sealed record RunResult(
    IngestReport Ingest, RunReport Run, QueryResult? Dispositions, QueryResult? Unbalanced, int ExitCode);
