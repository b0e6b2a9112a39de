using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>status</c>: what is in the lake and up to when it speaks.</summary>
internal static class StatusCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "status", "Tells what is in the lake: commits, rows, dead letters, drift, the last run, the data clock.",
            "shoplake status", "shoplake status --json");
        var json = CommonOptions.Json();
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var status = Read(terminal, lake.Load(parsed));
            if (parsed.GetValue(json))
                terminal.Write(JsonText.Of(status));
            else
                Write(terminal, status);

            return 0;
        });
        return verb;
    }

    private static LakeStatus Read(Terminal terminal, LakeConfiguration configuration)
    {
        var ledger = Ledger.Open(configuration.Lake);
        var bronze = LakeCatalog.RawTables.Select(table =>
        {
            var records = ledger.Records.Where(record => record.Table == table).ToList();
            return new RawTableStatus(
                $"{table}_raw", records.Count, records.Sum(record => record.Rows),
                records.Sum(record => record.Rejected), records.LastOrDefault()?.CommittedAt);
        });
        var drift = ledger.Records.SelectMany(record => record.Drift.Select(note =>
            new DriftNote(record.Sequence, record.Source, note)));
        return new LakeStatus(
            configuration.Lake, ledger.LastSequence, ledger.Records is [.., var last] ? last.CommittedAt : null,
            [.. bronze], [.. drift], FeedRules.Judge(configuration, ledger, DateTime.UtcNow),
            WarehouseStatus.Read(terminal, configuration));
    }

    private static void Write(Terminal terminal, LakeStatus status)
    {
        terminal.Write($"Lake       {status.Lake}");
        terminal.WriteNext(status.CommittedAt is { } at
            ? $"Bronze     commit {status.LedgerSequence}, at {CellText.Of(at)}"
            : "Bronze     empty; shoplake run reads the feeds");
        if (status.Warehouse is { } warehouse)
        {
            string behind = Behind(status.LedgerSequence - warehouse.LedgerSequence);
            var run = warehouse.LastRun;
            terminal.WriteNext($"Published  generation {warehouse.Generation}, up to commit {warehouse.LedgerSequence}"
                + $"{behind}, at {CellText.Of(warehouse.PublishedAt)}");
            terminal.Write(
                $"As of      {CellText.Of(warehouse.AsOfAt)}, business day {CellText.Of(warehouse.AsOfDay)}");
            terminal.Write($"Last run   {run.Outcome}, ended at {CellText.Of(run.EndedAt)}");
        }
        else
        {
            terminal.WriteNext("Published  nothing to see; shoplake run builds Silver and Gold");
        }

        terminal.Write("");
        terminal.WriteTable(
            ["bronze", "commits", "rows", "dead letters", "last commit"],
            status.Bronze.Select(table => new object?[]
            {
                table.Name, CellText.Figure(table.Commits), CellText.Figure(table.Rows),
                CellText.Figure(table.DeadLetters), table.CommittedAt,
            }));
        if (status.Warehouse is { Tables.Count: > 0 } built)
        {
            terminal.Write("");
            terminal.WriteTable(
                ["table", "rows", "changed by last run"],
                built.Tables.Select(table => new object?[]
                {
                    table.Name, CellText.Figure(table.Rows), CellText.Figure(table.ChangedByLastRun),
                }));
        }

        foreach (var note in status.Drift)
            terminal.Write($"Drift in commit {note.LedgerSequence} of {note.Source}: {note.Note}");

        CheckCommand.WriteWarnings(terminal, status.FeedRules);
    }

    private static string Behind(long commits) =>
        commits == 0 ? "" : $" ({CellText.Count(commits)} behind; shoplake run catches up)";

    private sealed record LakeStatus(
        string Lake, long LedgerSequence, DateTime? CommittedAt, IReadOnlyList<RawTableStatus> Bronze,
        IReadOnlyList<DriftNote> Drift, IReadOnlyList<RuleResult> FeedRules, WarehouseStatus? Warehouse);

    private sealed record RawTableStatus(string Name, int Commits, long Rows, long DeadLetters, DateTime? CommittedAt);

    private sealed record DriftNote(long LedgerSequence, string Source, string Note);
}
