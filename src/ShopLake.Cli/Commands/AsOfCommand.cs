using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;

namespace ShopLake.Cli.Commands;

/// <summary><c>asof</c>: Silver and Gold as they were known at a point of the past.</summary>
internal static class AsOfCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "asof",
            "Builds Silver and Gold as they were known at a commit of the ledger or at an instant, from the raw rows "
            + "that had arrived by then and with today's models, and keeps them for `query --asof`.",
            "shoplake asof 12", "shoplake asof 2026-03-01T08:00:00Z", "shoplake asof 12 --json");
        var point = new Argument<string>("point")
        {
            Description = "A ledger sequence, or an instant (UTC where no offset stands).",
        };
        var json = CommonOptions.Json();
        verb.Add(point);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed => Run(terminal, lake.Load(parsed), parsed.GetRequiredValue(point), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, LakeConfiguration configuration, string point, bool asJson)
    {
        long sequence = LakeFlow.BuildAsOf(terminal, configuration, point);
        using var reader = LakeEngine.OpenAsOfReader(configuration, sequence);
        var clock = reader.Query(Report.Sql("as_of"), terminal.Cancellation).Rows[0];
        if (asJson)
        {
            terminal.Write(JsonText.Of(new { LedgerSequence = sequence, AsOfAt = clock[0], AsOfDay = clock[1] }));
            return 0;
        }

        terminal.Write(
            $"State at commit {sequence}: as of {CellText.Of(clock[0])}, business day {CellText.Of(clock[1])}.");
        terminal.WriteNext($"Try: shoplake query \"SELECT * FROM gold.revenue_daily ORDER BY day\" --asof {sequence}");
        return 0;
    }
}
