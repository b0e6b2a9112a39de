using System.CommandLine;
using ShopLake.Bronze;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary>
/// <c>verify</c>: the live tables against a rebuild from Bronze, row for row; or Bronze against its ledger.
/// </summary>
internal static class VerifyCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "verify",
            "Rebuilds Silver and Gold from Bronze beside the live tables and compares each table row for row. "
            + "Exits with 1 when a table differs, and shows rows by which it does. With --bronze, reads every file of "
            + "Bronze instead and compares it with the ledger: what changed, is missing or is foreign is named.",
            "shoplake verify", "shoplake verify --bronze", "shoplake verify --against duckdb",
            "shoplake verify --json");
        var bronze = new Option<bool>("--bronze")
        {
            Description = "Check the files of Bronze by their SHA-256, and the chain of the ledger.",
        };
        var against = new Option<string?>("--against")
        {
            Description = "Rebuilds by another engine, so that the two are compared; by default by the same one.",
            HelpName = "engine",
        };
        against.AcceptOnlyFromAmong([.. LakeEngine.Names]);
        verb.Add(against);
        var json = CommonOptions.Json();
        verb.Add(bronze);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed => parsed.GetValue(bronze)
            ? RunBronze(terminal, lake.Load(parsed), parsed.GetValue(json))
            : Run(terminal, lake.Load(parsed), parsed.GetValue(against), parsed.GetValue(json)));
        return verb;
    }

    private static int RunBronze(Terminal terminal, LakeConfiguration configuration, bool asJson)
    {
        BronzeVerification found;
        using (var progress = terminal.StartProgress("Bronze"))
            found = BronzeVerification.Of(configuration.Lake, progress, terminal.Cancellation);

        if (asJson)
        {
            terminal.Write(JsonText.Of(found));
        }
        else
        {
            terminal.WriteTable(
                ["bronze", "commits", "files", "bytes", "rows", "dead letters"],
                found.Tables.Select(table => new object?[]
                {
                    table.Name, CellText.Figure(table.Commits), CellText.Figure(table.Files),
                    CellText.Figure(table.Bytes), CellText.Figure(table.Rows), CellText.Figure(table.DeadLetters),
                }));
        }

        if (found.Findings.Count == 0)
            return 0;

        terminal.Fail("Bronze is not what its ledger says:\n" + string.Join('\n', found.Findings)
            + "\nTry: restore changed and missing files from a copy; what is foreign after that does not belong here.");
        return (int)FailureKind.CheckFailed;
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
            + "\n" + Text(LakeFlow.Parted(terminal, configuration, different)) + $"\nTry: delete {LakeEngine.WarehouseOf(configuration)} and run again: everything is computed anew from Bronze.");
        return (int)FailureKind.CheckFailed;
    }

    private static IEnumerable<string> Rows(VerifiedTable table) =>
        table.OnlyLive.Select(row => $"  {table.Table} only live:    {Text(row)}")
            .Concat(table.OnlyRebuilt.Select(row => $"  {table.Table} only rebuilt: {Text(row)}"))
            .DefaultIfEmpty($"  {table.Table}");

    private static string Text(PartedTable parted) => parted.After is { } commit
        ? $"First on the way from Bronze is {parted.Table}: these rows are what a rebuild at commit {commit} gives, "
            + "and the next run did not bring them on."
        : $"First on the way from Bronze is {parted.Table}: a rebuild gives these rows at none of the "
            + $"{parted.Looked.Count} runs before.";

    private static string Text(IReadOnlyDictionary<string, object?> row) =>
        string.Join(", ", row.Select(cell => $"{cell.Key}={CellText.Of(cell.Value)}"));
}
