using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>verify</c>: the live tables against a rebuild from Bronze, row for row.</summary>
internal static class VerifyCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "verify",
            "Rebuilds Silver and Gold from Bronze beside the live tables and compares each table row for row. "
            + "Exits with 1 when a table differs, and shows rows by which it does.",
            "shoplake verify", "shoplake verify --against duckdb", "shoplake verify --json");
        var against = new Option<string?>("--against")
        {
            Description = "Rebuilds by another engine, so that the two are compared; by default by the same one.",
            HelpName = "engine",
        };
        against.AcceptOnlyFromAmong([.. LakeEngine.Names]);
        verb.Add(against);
        var json = CommonOptions.Json();
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
            Run(terminal, lake.Load(parsed), parsed.GetValue(against), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, LakeConfiguration configuration, string? against, bool asJson)
    {
        var tables = LakeFlow.Verify(terminal, configuration, against ?? configuration.Engine);
        if (asJson)
        {
            terminal.Write(JsonText.Of(tables));
        }
        else
        {
            terminal.WriteTable(
                ["table", "rows", "digest", "rebuilt"],
                tables.Select(table => new object?[]
                {
                    table.Table, CellText.Figure(table.Live.Rows), table.Live.Short,
                    table.IsEqual ? "equal" : $"{table.Rebuilt.Short}, {CellText.Figure(table.Rebuilt.Rows)} rows",
                }));
        }

        var different = tables.Where(table => !table.IsEqual).ToList();
        if (different.Count == 0)
            return 0;

        terminal.Fail("The live tables are not what a rebuild gives:\n" + string.Join('\n', different.SelectMany(Rows))
            + $"\nTry: delete {LakeEngine.WarehouseOf(configuration)} and run again: everything is computed anew from Bronze.");
        return (int)FailureKind.CheckFailed;
    }

    private static IEnumerable<string> Rows(VerifiedTable table) =>
        table.OnlyLive.Select(row => $"  {table.Table} only live:    {Text(row)}")
            .Concat(table.OnlyRebuilt.Select(row => $"  {table.Table} only rebuilt: {Text(row)}"))
            .DefaultIfEmpty($"  {table.Table}");

    private static string Text(IReadOnlyDictionary<string, object?> row) =>
        string.Join(", ", row.Select(cell => $"{cell.Key}={CellText.Of(cell.Value)}"));
}
