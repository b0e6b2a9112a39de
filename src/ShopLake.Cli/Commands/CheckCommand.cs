using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>check</c>: the rules, without publishing anything.</summary>
internal static class CheckCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "check",
            "Judges every rule over all of Bronze and shows what each found, with examples; publishes nothing. "
            + "Exits with 1 when a rule of severity fail found rows.",
            "shoplake check", "shoplake check --all", "shoplake check --json");
        var all = new Option<bool>("--all") { Description = "Also list the rules that found nothing." };
        var json = CommonOptions.Json();
        verb.Add(all);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var rules = LakeFlow.Check(terminal, lake.Load(parsed)).Rules;
            if (parsed.GetValue(json))
                terminal.Write(JsonText.Of(rules));
            else
                Write(terminal, rules, parsed.GetValue(all));

            return ExitCode(terminal, rules);
        });
        return verb;
    }

    /// <summary>Counts of the rules that found rows, then the first of those rows.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<RuleResult> rules, bool withUnbroken)
    {
        var broken = rules.Where(rule => rule.RowsFailed > 0).OrderByDescending(rule => rule.Severity).ToList();
        terminal.WriteTable(
            ["rule", "table", "severity", "checked", "found", "quarantined"],
            (withUnbroken ? rules.OrderByDescending(rule => rule.Severity) : broken.AsEnumerable())
                .Select(rule => new object?[]
                {
                    rule.Rule, rule.Table, rule.Severity.ToString().ToLowerInvariant(),
                    CellText.Figure(rule.RowsChecked), CellText.Figure(rule.RowsFailed),
                    CellText.Figure(rule.RowsQuarantined),
                }));
        terminal.Write($"{rules.Count - broken.Count} of {rules.Count} rules found nothing.");
        foreach (var rule in broken)
        {
            terminal.Write("");
            terminal.Write($"{rule.Rule} on {rule.Table}, for example:");
            foreach (var finding in rule.Examples)
                terminal.Write($"  {finding.RecordKey ?? "(no key)"}: {finding.Reason}");
        }
    }

    /// <summary>A line for each finding, where there are few by nature.</summary>
    public static void WriteWarnings(Terminal terminal, IEnumerable<RuleResult> rules)
    {
        foreach (var rule in rules)
            foreach (var finding in rule.Examples)
                terminal.Write($"Warning ({rule.Rule}): {finding.Reason}");
    }

    /// <summary>1 and a word of why when a rule of severity fail found rows.</summary>
    public static int ExitCode(Terminal terminal, IReadOnlyList<RuleResult> rules)
    {
        var failed = rules.Where(rule => rule is { Severity: Severity.Fail, RowsFailed: > 0 }).ToList();
        if (failed.Count == 0)
            return 0;

        terminal.Fail($"Rules of severity fail found rows: "
            + string.Join(", ", failed.Select(rule => $"{rule.Rule} on {rule.Table} ({CellText.Count(rule.RowsFailed)})"))
            + ". Nothing is published while they do; readers keep the last good state.\nTry: shoplake check");
        return (int)FailureKind.CheckFailed;
    }
}
