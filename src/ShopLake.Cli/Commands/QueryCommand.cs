using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;

namespace ShopLake.Cli.Commands;

/// <summary><c>query</c>: one SELECT, read-only.</summary>
internal static class QueryCommand
{
    private const int RowsShown = 200;

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "query", "Asks the warehouse by SQL. It can read every table, change nothing and reach no file.",
            "shoplake query \"SELECT * FROM gold.revenue_daily ORDER BY day\"",
            "shoplake query \"SHOW ALL TABLES\" --json",
            "shoplake query \"SELECT * FROM gold.customers\" --csv > customers.csv",
            "shoplake query \"SELECT * FROM gold.revenue_daily\" --asof 2026-03-01T08:00:00Z");
        var sql = new Argument<string>("sql")
        {
            Description = "One SELECT in the engine's SQL; on DuckDB also DESCRIBE, SHOW, SUMMARIZE.",
        };
        var json = CommonOptions.Json();
        var csv = new Option<bool>("--csv") { Description = "Write the rows as CSV." };
        var asOf = CommonOptions.AsOf();
        verb.Add(sql);
        verb.Add(asOf);
        verb.Add(json);
        verb.Add(csv);
        var lake = LakeOptions.AddTo(verb);
        CommonOptions.Exclude(verb, json, csv);
        verb.SetAction(parsed =>
        {
            IRowWriter writer = parsed.GetValue(json) ? new JsonRows(terminal.Output)
                : parsed.GetValue(csv) ? new CsvRows(terminal.Output)
                : new TableRows(terminal, RowsShown);
            return Run(terminal, lake.Load(parsed), parsed.GetRequiredValue(sql), parsed.GetValue(asOf), writer);
        });
        return verb;
    }

    private static int Run(
        Terminal terminal, LakeConfiguration configuration, string sql, string? asOf, IRowWriter writer)
    {
        using var reader = asOf is null
            ? LakeEngine.OpenReader(configuration, sql)
            : LakeEngine.OpenAsOfReader(configuration, LakeFlow.BuildAsOf(terminal, configuration, asOf));
        reader.Read(sql, writer.Begin, writer.Write, terminal.Cancellation);
        writer.End();
        return 0;
    }
}
