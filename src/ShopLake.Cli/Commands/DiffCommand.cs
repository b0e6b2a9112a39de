using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Explain;

namespace ShopLake.Cli.Commands;

/// <summary><c>diff</c>: which numbers changed between two points of the past, and through which raw rows.</summary>
internal static class DiffCommand
{
    private const int RowsShown = 10;

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "diff",
            "Compares Gold as it was known at two points: which rows changed, from what to what. With a table, also the raw "
            + "rows that came between the points and on which each change hangs.",
            "shoplake diff 12 15", "shoplake diff 2026-03-01 2026-03-08 gold.revenue_daily",
            "shoplake diff 12 15 gold.customers --all --json");
        var before = new Argument<string>("before") { Description = "The earlier commit or instant." };
        var after = new Argument<string>("after") { Description = "The later one." };
        var table = new Argument<string?>("table")
        {
            Description = "A table of Silver or Gold, to see its rows with what caused them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = $"Show all rows, not the first {RowsShown} of each table." };
        var json = CommonOptions.Json();
        verb.Add(before);
        verb.Add(after);
        verb.Add(table);
        verb.Add(all);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int limit = parsed.GetValue(all) ? int.MaxValue : RowsShown;
            var named = parsed.GetValue(table);
            ExplainFlow.Compare(
                terminal, lake.Load(parsed), parsed.GetRequiredValue(before), parsed.GetRequiredValue(after), (difference, gold) =>
                {
                    TableDifference[] found =
                    [
                        .. (named is null ? gold : [named]).Select(name => difference.Of(name, limit))
                            .Where(compared => compared.Count > 0 || compared.LeftOut.Count > 0),
                    ];
                    CausesOf causes = named is null ? _ => [] : row => difference.Causes(named, row, limit);
                    if (parsed.GetValue(json))
                        terminal.Write(JsonText.Of(found.Select(table => Summary(table, causes))));
                    else
                        Write(terminal, found, causes, withCauses: named is not null);
                });
            return 0;
        });
        return verb;
    }

    /// <summary>Asked when a row is shown, since it takes a while for each.</summary>
    private delegate IReadOnlyList<TracedBronze> CausesOf(RowDifference row);

    private static void Write(Terminal terminal, TableDifference[] found, CausesOf causes, bool withCauses)
    {
        if (found.Length == 0)
        {
            terminal.Write("No number changed.");
            return;
        }

        terminal.WriteTable(["table", "changed", "added", "removed"], found.Select(table => new object?[]
        {
            table.Table, CellText.Figure(table.Changed), CellText.Figure(table.Added), CellText.Figure(table.Removed),
        }));
        foreach (var table in found)
        {
            terminal.Write("");
            terminal.Write(table.Table);
            foreach (var row in table.Rows)
                WriteRow(terminal, row, causes(row));

            if (table.Count > table.Rows.Count)
                terminal.Write($"  {CellText.Count(table.Count - table.Rows.Count)} more; --all shows them.");

            if (table.LeftOut.Count > 0)
            {
                terminal.Write($"  Not compared: {string.Join(", ", table.LeftOut)}, which place a row among all others "
                    + "and move when others do.");
            }
        }

        if (!withCauses)
            terminal.Log($"Try: the same with a table, for example {found[0].Table}, to see which raw rows caused it.");
    }

    private static void WriteRow(Terminal terminal, RowDifference row, IReadOnlyList<TracedBronze> causes)
    {
        string key = string.Join(", ", row.Key.Columns.Zip(row.Key.Values, (column, value) => $"{column} {CellText.Of(value)}"));
        string cells = row.Change switch
        {
            RowChange.Changed => string.Join(", ", row.Cells.Select(cell =>
                $"{cell.Column} {Shown(cell.Before)} → {Shown(cell.After)}")),
            RowChange.Added => "added: " + string.Join(", ", row.Cells.Select(cell => $"{cell.Column} {Shown(cell.After)}")),
            _ => "removed: " + string.Join(", ", row.Cells.Select(cell => $"{cell.Column} {Shown(cell.Before)}")),
        };
        terminal.Write($"  {(key.Length > 0 ? key + ": " : "")}{cells}");
        foreach (var cause in causes.SelectMany(table => table.Rows))
        {
            terminal.Write(FormattableString.Invariant(
                $"    {cause.Pointer.Table} commit {cause.Pointer.BatchId}, {cause.Pointer.SourceFile}, record {cause.Pointer.SourceRow} ({cause.Disposition}): ")
                + string.Join(", ", cause.Values.Where(cell => cell.Value is not null && !cell.Key.StartsWith('_'))
                    .Select(cell => $"{cell.Key} {CellText.Of(cell.Value)}")));
        }

        foreach (var table in causes.Where(table => table.Count > table.Rows.Count))
            terminal.Write($"    {CellText.Count(table.Count - table.Rows.Count)} more of {table.Table}; --all shows them.");
    }

    private static string Shown(object? value) => value is null ? "NULL" : CellText.Of(value);

    private static object Summary(TableDifference table, CausesOf causes) => new
    {
        table.Table,
        table.Changed,
        table.Added,
        table.Removed,
        table.LeftOut,
        Rows = table.Rows.Select(row => new
        {
            Key = row.Key.Columns.Zip(row.Key.Values).ToDictionary(cell => cell.First, cell => cell.Second),
            row.Change,
            row.Cells,
            Causes = causes(row),
        }),
    };
}
