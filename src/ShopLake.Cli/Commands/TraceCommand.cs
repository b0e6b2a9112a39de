using System.CommandLine;
using System.Globalization;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Explain;

namespace ShopLake.Cli.Commands;

/// <summary><c>trace</c>: from a row of Silver or Gold to the raw rows that make it.</summary>
internal static class TraceCommand
{
    private const int RowsShown = 20;
    private const int PartsShown = 5;

    private static readonly string[] CsvColumns =
        ["table", "batch_id", "source_file", "source_row", "disposition", "reasons", "values"];

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "trace",
            "Follows rows of a table of Silver or Gold back to Bronze: which raw rows make them (file and record), which were "
            + "left out and why, what each number adds up from. Then computes the rows again from those raw rows alone, "
            + "and exits with 1 when they come out otherwise.",
            "shoplake trace gold.revenue_daily --where \"day = '2018-05-04'\"",
            "shoplake trace gold.orders --where \"order_id = 'o-17'\" --all",
            "shoplake trace gold.customers --where \"user_id = 'u-1'\" --csv > rows.csv");
        var table = new Argument<string>("table") { Description = "A table of Silver or Gold, with its schema." };
        var where = new Option<string>("--where")
        {
            Description = "Which rows of it: a condition over its columns.",
            HelpName = "condition",
            Required = true,
        };
        var all = new Option<bool>("--all") { Description = $"Show all raw rows, not the first {RowsShown} of each table." };
        var json = CommonOptions.Json();
        var csv = new Option<bool>("--csv") { Description = "Write the raw rows as CSV; implies --all." };
        verb.Add(table);
        verb.Add(where);
        verb.Add(all);
        verb.Add(json);
        verb.Add(csv);
        var lake = LakeOptions.AddTo(verb);
        CommonOptions.Exclude(verb, json, csv);
        verb.SetAction(parsed =>
        {
            int limit = parsed.GetValue(all) || parsed.GetValue(csv) ? int.MaxValue : RowsShown;
            var configuration = lake.Load(parsed);
            var trace = ExplainFlow.Trace(
                terminal, configuration, parsed.GetRequiredValue(table), parsed.GetRequiredValue(where), limit);
            if (parsed.GetValue(json))
                terminal.Write(JsonText.Of(Summary(trace)));
            else if (parsed.GetValue(csv))
                WriteCsv(terminal, trace);
            else
                Write(terminal, trace, limit);

            return ExitCode(terminal, trace);
        });
        return verb;
    }

    private static void Write(Terminal terminal, Trace trace, int limit)
    {
        terminal.Write($"{trace.Table}: {Count(trace.Rows.Count, "row")}");
        foreach (var row in trace.Rows.Take(RowsShown))
        {
            terminal.Write("");
            terminal.WriteTable(["column", "value", "parts", "adds up"], row.Columns.Zip(row.Values, (column, value) =>
            {
                var number = NumberOf(trace, row, column);
                return new object?[]
                {
                    column, CellText.Of(value), number is null ? null : CellText.Figure(number.Count),
                    number is null ? "" : number.Shown is null ? "not known yet" : number.AddsUp ? "yes" : $"NO: {number.Total}",
                };
            }));
            WriteParts(terminal, trace, row);
        }

        terminal.Write("");
        terminal.Write("The way to Bronze: rows of each table that the rows above hang on, of all it has");
        terminal.WriteTable(["table", "rows", "of", "from"], trace.Steps.Select(step => new object?[]
        {
            step.Table, CellText.Figure(step.Rows), CellText.Figure(step.OfRows), string.Join(", ", step.Inputs),
        }));
        foreach (var bronze in trace.Bronze)
            WriteBronze(terminal, bronze, limit);

        terminal.Write("");
        WriteProof(terminal, trace);
    }

    /// <summary>The greatest parts of each number, with the raw row that each stands for.</summary>
    private static void WriteParts(Terminal terminal, Trace trace, TableRow row)
    {
        var numbers = row.Columns.Select(column => NumberOf(trace, row, column)).OfType<NumberTrace>()
            .Where(number => number.Count > 0).ToList();
        if (numbers.Count == 0)
            return;

        terminal.Write("");
        terminal.WriteTable(["number", "part", "of", "row", "raw row"], numbers.SelectMany(number =>
            number.Parts.Take(PartsShown).Select(part => new object?[]
            {
                number.Column, new Figure(part.Value.ToString(CultureInfo.InvariantCulture)), part.Table,
                string.Join(", ", part.Row.Select(cell => $"{cell.Key}={CellText.Of(cell.Value)}")), Pointer(part.Bronze),
            }).Concat(number.Count <= PartsShown ? [] : new object?[][]
            {
                [number.Column, new Figure("…"), $"{CellText.Count(number.Count - PartsShown)} more", "", ""],
            })));
    }

    private static void WriteBronze(Terminal terminal, TracedBronze bronze, int limit)
    {
        terminal.Write("");
        terminal.Write($"{bronze.Table}: {Count(bronze.Count, "row")}, "
            + string.Join(", ", bronze.Dispositions.Select(pair => $"{CellText.Count(pair.Value)} {pair.Key}")));
        string[] columns = [.. bronze.Rows.SelectMany(row => row.Values)
            .Where(cell => cell.Value is not null).Select(cell => cell.Key).Distinct()];
        terminal.WriteTable(
            ["commit", "file", "record", "disposition", .. columns],
            bronze.Rows.Select(row => (IReadOnlyList<object?>)
            [
                row.Pointer.BatchId, row.Pointer.SourceFile, row.Pointer.SourceRow, row.Disposition,
                .. columns.Select(column => row.Values[column]),
            ]));
        foreach (var row in bronze.Rows.Where(row => row.Reasons.Count > 0))
            terminal.Write($"  left out: {Pointer(row.Pointer)}: {string.Join("; ", row.Reasons)}");

        if (bronze.Count > limit)
            terminal.Write($"  {CellText.Count(bronze.Count - limit)} more; --all shows them.");
    }

    private static void WriteProof(Terminal terminal, Trace trace)
    {
        string rows = Count(trace.Bronze.Sum(bronze => bronze.Count), "raw row");
        if (trace.Proof!.Holds)
            terminal.Write($"Computed again from these {rows} alone: equal in every column.");

        if (trace.Relative.Count > 0)
        {
            terminal.Write($"Left out of that: {string.Join(", ", trace.Relative)}. "
                + "They compare the row with all others of the table.");
        }
    }

    private static int ExitCode(Terminal terminal, Trace trace)
    {
        string[] mistakes =
        [
            .. trace.Proof!.Differences,
            .. trace.Numbers.Where(number => !number.AddsUp)
                .Select(number => $"{number.Column} shows {number.Shown}, its parts add up to {number.Total}"),
        ];
        if (mistakes.Length == 0)
            return 0;

        terminal.Fail($"The traced raw rows do not make these rows of {trace.Table}:\n  {string.Join("\n  ", mistakes)}\nTry: shoplake verify");
        return (int)FailureKind.CheckFailed;
    }

    private static void WriteCsv(Terminal terminal, Trace trace)
    {
        var rows = new CsvRows(terminal.Output);
        rows.Begin(CsvColumns);
        foreach (var row in trace.Bronze.SelectMany(bronze => bronze.Rows))
        {
            rows.Write([
                row.Pointer.Table, row.Pointer.BatchId, row.Pointer.SourceFile, row.Pointer.SourceRow, row.Disposition,
                string.Join("; ", row.Reasons), JsonText.Line(row.Values)]);
        }

        rows.End();
    }

    private static object Summary(Trace trace) => new
    {
        trace.Table,
        Rows = trace.Rows.Select(Object),
        Numbers = trace.Numbers.Select(number => new
        {
            number.Column,
            Row = Object(number.Row),
            number.Shown,
            number.Total,
            number.AddsUp,
            number.Count,
            number.Parts,
        }),
        trace.Steps,
        trace.Bronze,
        Proof = new { trace.Proof!.Holds, trace.Proof.Differences, NotCompared = trace.Relative },
    };

    private static Dictionary<string, object?> Object(TableRow row) =>
        row.Columns.Zip(row.Values).ToDictionary(cell => cell.First, cell => cell.Second);

    private static NumberTrace? NumberOf(Trace trace, TableRow row, string column) => trace.Numbers.FirstOrDefault(number =>
        number.Column == column && number.Row.Columns.All(key => Equals(number.Row[key], row[key])));

    private static string Pointer(BronzePointer? pointer) => pointer is null ? ""
        : FormattableString.Invariant(
            $"{pointer.Table} commit {pointer.BatchId}, {pointer.SourceFile}, record {pointer.SourceRow}");

    private static string Count(long count, string noun) => $"{CellText.Count(count)} {noun}{(count == 1 ? "" : "s")}";
}
