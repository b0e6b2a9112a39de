using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>report</c>: the shop's numbers at a glance.</summary>
internal static class ReportCommand
{
    private const string Clock = "SELECT as_of_at, as_of_day FROM gold.as_of";
    private const string Unbalanced = "reconciliation";

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
            var unbalanced = reader.Query(Report.Sql(Unbalanced), terminal.Cancellation);
            if (parsed.GetValue(json))
                WriteJson(terminal, reader);
            else
                Write(terminal, configuration.Money, reader, unbalanced);

            return unbalanced.Rows.Count == 0 ? 0 : (int)FailureKind.CheckFailed;
        });
        return verb;
    }

    private static void Write(Terminal terminal, MoneyRules money, IWarehouseReader reader, QueryResult unbalanced)
    {
        object?[] clock = reader.Query(Clock, terminal.Cancellation).Rows[0];
        terminal.Write(clock[0] is null
            ? "No number has a time yet."
            : $"As of {CellText.Of(clock[0])}, business day {CellText.Of(clock[1])}; money in {money.Currency}");
        ShopNumbers.Write(terminal, money.Decimals, sql => reader.Query(sql, terminal.Cancellation));
        if (unbalanced.Rows.Count > 0)
            Report.Write(terminal, "What must agree and does not", unbalanced, moneyDecimals: 0);
        else
            terminal.Write("\nAll of Gold reconciles: gold.reconciliation.");
    }

    /// <summary>One object, an array of rows for each part.</summary>
    private static void WriteJson(Terminal terminal, IWarehouseReader reader)
    {
        var parts = ShopNumbers.Sections.Select(section => section.Name).Append(Unbalanced)
            .Select(name => (Name: name == Unbalanced ? "unbalanced" : name, Sql: Report.Sql(name)))
            .Prepend((Name: "as_of", Sql: Clock));
        string separator = "{";
        foreach (var (name, sql) in parts)
        {
            terminal.Output.Write($"{separator}\"{name}\": ");
            var rows = new JsonRows(terminal.Output);
            reader.Read(sql, rows.Begin, rows.Write, terminal.Cancellation);
            rows.End();
            separator = ", ";
        }

        terminal.Write("}");
    }
}
