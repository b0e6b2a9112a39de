using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>report</c>: the shop's numbers at a glance.</summary>
internal static class ReportCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "report",
            "Shows the numbers that a shop is looked at by first: orders against revenue, the funnel, customers who came "
            + "back, categories; up to when they speak, and whether all of Gold reconciles. Exits with 1 when it does not.",
            "shoplake report", "shoplake report --asof 2026-03-01T08:00:00Z", "shoplake report --json");
        var asOf = CommonOptions.AsOf();
        var json = CommonOptions.Json();
        verb.Add(asOf);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var configuration = lake.Load(parsed);
            using var reader = LakeFlow.OpenGoldReader(terminal, configuration, parsed.GetValue(asOf));
            var clock = Ask(Report.Sql("as_of"));
            var unbalanced = Ask(Report.Sql("reconciliation"));
            if (parsed.GetValue(json))
                WriteJson(terminal, clock, unbalanced, Ask);
            else
                Write(terminal, configuration.Money, clock, unbalanced, Ask);

            return unbalanced.Rows.Count == 0 ? 0 : (int)FailureKind.CheckFailed;

            QueryResult Ask(string sql) => reader.Query(sql, terminal.Cancellation);
        });
        return verb;
    }

    private static void Write(
        Terminal terminal, MoneyRules money, QueryResult clock, QueryResult unbalanced, Func<string, QueryResult> ask)
    {
        object?[] now = clock.Rows[0];
        terminal.Write(now[0] is null
            ? "No number has a time yet."
            : $"As of {CellText.Of(now[0])}, business day {CellText.Of(now[1])}; money in {money.Currency}");
        ShopNumbers.Write(terminal, money.Decimals, ask);
        if (unbalanced.Rows.Count > 0)
            Report.Write(terminal, "What must agree and does not", unbalanced, moneyDecimals: 0);
        else
            terminal.Write("\nAll of Gold reconciles: gold.reconciliation.");
    }

    /// <summary>One object, an array of rows for each part.</summary>
    private static void WriteJson(
        Terminal terminal, QueryResult clock, QueryResult unbalanced, Func<string, QueryResult> ask)
    {
        string separator = "{";
        WritePart("as_of", clock);
        foreach (var (name, _) in ShopNumbers.Sections)
            WritePart(name, ask(Report.Sql(name)));

        WritePart("unbalanced", unbalanced);
        terminal.Write("}");

        void WritePart(string name, QueryResult part)
        {
            terminal.Output.Write($"{separator}\"{name}\": ");
            var rows = new JsonRows(terminal.Output);
            rows.Begin(part.Columns);
            foreach (object?[] row in part.Rows)
                rows.Write(row);

            rows.End();
            separator = ", ";
        }
    }
}
