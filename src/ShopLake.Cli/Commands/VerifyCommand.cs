using System.CommandLine;
using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
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
            "Rebuilds Silver and Gold from Bronze beside the live tables and compares each table row for row, the steps "
            + "between them and the files of Gold too. "
            + "Exits with 1 when a table differs, and shows rows by which it does. With --sample, computes only a share "
            + "of each table again, from the live tables that it reads and from Bronze: for lakes that are too large to "
            + "be rebuilt every night. With --bronze, reads every file of Bronze instead and compares it with the ledger: "
            + "what changed, is missing or is foreign is named.",
            "shoplake verify", "shoplake verify --sample 1%", "shoplake verify --bronze",
            "shoplake verify --against duckdb", "shoplake verify --json");
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
        var sample = Sample();
        var seed = new Option<int?>("--seed")
        {
            Description = "Which pieces --sample takes: the same seed takes the same ones; by default others each time.",
            HelpName = "number",
        };
        var json = CommonOptions.Json();
        foreach (Option option in new Option[] { sample, seed, against, bronze, json })
            verb.Add(option);

        verb.Validators.Add(result =>
        {
            if (result.GetValue(seed) is not null && result.GetValue(sample) is null)
                result.AddError("--seed belongs to --sample.");
        });
        CommonOptions.Exclude(verb, sample, bronze);
        CommonOptions.Exclude(verb, sample, against);
        CommonOptions.Exclude(verb, bronze, against);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed => parsed.GetValue(bronze) ? RunBronze(terminal, lake.Load(parsed), parsed.GetValue(json))
            : parsed.GetValue(sample) is { } share ? RunSample(
                terminal, lake.Load(parsed), new SampleChoice(ShareOf(share)!.Value, parsed.GetValue(seed) ?? Random.Shared.Next()),
                parsed.GetValue(json))
            : Run(terminal, lake.Load(parsed), parsed.GetValue(against), parsed.GetValue(json)));
        return verb;
    }

    private static Option<string?> Sample()
    {
        var sample = new Option<string?>("--sample")
        {
            Description = "Compute so many percent of each table's pieces again (orders, days, customers, …).",
            HelpName = "percent",
        };
        sample.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && ShareOf(token.Value) is null)
                result.AddError($"--sample {token.Value} is not a percentage above 0 and up to 100, such as 1% or 0.5%.");
        });
        return sample;
    }

    private static double? ShareOf(string percent) =>
        double.TryParse(percent.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
        && value is > 0 and <= 100 ? value / 100 : null;

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
        string engine = against ?? configuration.Engine;
        var compared = LakeFlow.Verify(terminal, configuration, engine);
        var different = compared.Where(table => !table.IsEqual).ToList();
        var shown = compared.Where(table => !table.IsEqual || Model.IsPublicTable(table.Table));
        PartedTable? parted = null;
        if (!asJson)
        {
            terminal.WriteTable(
                ["table", "rows", "digest", "rebuilt"],
                shown.Select(table => new object?[]
                {
                    table.Table, CellText.Figure(table.Live.Rows), table.Live.Short,
                    table.IsEqual ? "equal" : $"{table.Rebuilt.Short}, {CellText.Figure(table.Rebuilt.Rows)} rows",
                }));
        }

        // Looking for the commit takes rebuilds: whatever ends that, the differences have been told.
        try
        {
            if (different.Count > 0)
                terminal.Fail(string.Join('\n', different.SelectMany(table => Rows(table, configuration.Engine, engine)).Prepend(Heading(configuration.Engine, engine))));

            if (!different.All(IsFile) && engine == configuration.Engine)
                parted = LakeFlow.Parted(terminal, configuration, different);
        }
        finally
        {
            if (asJson)
                terminal.Write(JsonText.Of(new { Tables = shown, Parted = parted }));
        }

        if (different.Count > 0)
        {
            terminal.Log(parted is not null
                ? $"{Text(parted)}\nTry: {Cure(parted)}delete {LakeEngine.WarehouseOf(configuration)} and run again: everything is computed anew from Bronze."
                : different.All(IsFile)
                    ? $"Only files of Gold were changed.\nTry: delete {Path.Combine(configuration.Lake, ".gold")} and run again: they are written anew."
                    : OfEngines(configuration, engine, different));
            return (int)FailureKind.CheckFailed;
        }

        if (!asJson)
            terminal.Write($"\n{Verdict(compared, configuration.Engine, engine)}");

        return 0;
    }

    private static string Heading(string live, string rebuilt) => live == rebuilt
        ? "The live tables are not what a rebuild gives:"
        : $"The tables of {live} are not what {rebuilt} makes of the same Bronze:";

    /// <summary>Two engines differ where a model means other things to them, or where one's tables are not what itself gives.</summary>
    private static string OfEngines(LakeConfiguration configuration, string other, IReadOnlyList<VerifiedTable> different)
    {
        Model[] models = [.. LakeFlow.Library(configuration).Models.Where(model => different.Any(table => table.Table == model.Name))];
        return $"In order from Bronze, they differ in {string.Join(", ", models.Select(model => $"{model.Name} ({model.File})"))}.\n"
            + $"Try: shoplake verify, which compares with a rebuild by {configuration.Engine} itself. Where that is equal, the SQL of "
            + $"{models[0].File}, or of a step that it reads, gives other rows on {configuration.Engine} than on {other}: write it so that "
            + "both read it alike.";
    }

    /// <summary>Names what was compared and nothing else.</summary>
    private static string Verdict(IReadOnlyList<VerifiedTable> compared, string live, string rebuilt)
    {
        (int Count, string What)[] kinds =
        [
            (compared.Count(table => Model.IsPublicTable(table.Table)), "tables of Silver and Gold"),
            (compared.Count(table => table.Table.StartsWith("prep.", StringComparison.Ordinal)), "steps between the layers"),
            (compared.Count(table => table.Table.StartsWith("bronze.", StringComparison.Ordinal)), "tables of rows of Bronze that the engine keeps"),
        ];
        string tables = string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"all {kind.Count} {kind.What}"));
        int files = compared.Count(IsFile);
        return $"{char.ToUpperInvariant(tables[0])}{tables[1..]} are what a rebuild {(live == rebuilt ? "" : $"by {rebuilt} ")}gives"
            + (files > 0 ? $", and the files of the {files} tables of Gold hold the same." : ".");
    }

    private static bool IsFile(VerifiedTable table) => table.Table.Contains('/');

    private static int RunSample(
        Terminal terminal, LakeConfiguration configuration, SampleChoice sample, bool asJson)
    {
        var tables = LakeFlow.VerifySample(terminal, configuration, sample);
        if (asJson)
        {
            terminal.Write(JsonText.Of(new { sample.Share, sample.Seed, Tables = tables }));
        }
        else
        {
            terminal.WriteTable(
                ["table", "rows", "computed again", "share", "digest", "came out"],
                tables.Select(table => new object?[]
                {
                    table.Table, CellText.Figure(table.Rows), CellText.Figure(table.Sampled),
                    table.Rows == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * table.Sampled / table.Rows:F1} %"),
                    table.Digest.Short, table.IsEqual ? "equal" : table.Fault ?? $"{CellText.Count(table.Differing)} rows differ",
                }));
            terminal.Write(string.Create(CultureInfo.InvariantCulture,
                $"\nThe pieces of seed {sample.Seed}; --seed {sample.Seed} takes the same ones again."));
        }

        var different = tables.Where(table => !table.IsEqual).ToList();
        if (different.Count == 0)
            return 0;

        terminal.Fail("Live tables are not what their inputs give:\n" + string.Join('\n', different.SelectMany(Rows))
            + $"\nFirst on the way from Bronze is {different[0].Table}: what reads it may differ because of it."
            + "\nTry: shoplake verify, which compares all rows and finds the commit after which they parted.");
        return (int)FailureKind.CheckFailed;
    }

    private static IEnumerable<string> Rows(VerifiedTable table, string live, string rebuilt) =>
        Rows(table.Table, live == rebuilt ? "live" : $"on {live}", table.OnlyLive)
            .Concat(Rows(table.Table, live == rebuilt ? "rebuilt" : $"on {rebuilt}", table.OnlyRebuilt))
            .DefaultIfEmpty($"  {table.Table} {table.Fault ?? "holds other rows"}");

    private static IEnumerable<string> Rows(SampledTable table) =>
        Rows(table.Table, "live", table.OnlyLive).Concat(Rows(table.Table, "computed again", table.OnlyComputed))
            .DefaultIfEmpty($"  {table.Table} {table.Fault}");

    private static IEnumerable<string> Rows(
        string table, string side, IReadOnlyList<IReadOnlyDictionary<string, object?>> rows) =>
        rows.Select(row => $"  {table} only {side}: {Text(row)}");

    private static string Text(PartedTable parted) => $"First on the way from Bronze is {parted.Table}" + parted switch
    {
        { After: { } commit } => $": of these rows it holds what a rebuild at commit {commit} gives, and parted from it behind that.",
        { Looked.Count: > 0 } => $": a rebuild gives what it holds of these rows at none of the {parted.Looked.Count} runs before.",
        _ => ".",
    };

    private static string Cure(PartedTable parted) => parted.OwnScope is not { } file ? "" :
        $"see whether `scope` and `reads` of {file} name all that its rows hang on; once they are corrected, a run computes it whole. "
        + "Where they do, ";

    private static string Text(IReadOnlyDictionary<string, object?> row) =>
        string.Join(", ", row.Select(cell => $"{cell.Key}={CellText.Of(cell.Value)}"));
}
