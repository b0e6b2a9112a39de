using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>A row that a rule found: its key and why.</summary>
public sealed record Finding(string? RecordKey, string? Reason);

/// <summary>A rule with what it found.</summary>
/// <param name="Examples">Its first findings by key, where they were asked for.</param>
public sealed record RuleResult(
    string Rule, string Table, Severity Severity, long RowsChecked, long RowsFailed, long RowsQuarantined,
    IReadOnlyList<Finding> Examples)
{
    /// <summary>What it found keeps the whole state from being published.</summary>
    public bool Refuses => Severity == Severity.Fail && RowsFailed > 0;
}

/// <summary>Reads what the rules of a computed state found.</summary>
public static class RuleResults
{
    private const int ExamplesPerRule = 3;

    /// <summary>Every rule with its counts. Examples are not among them: a run does not need them, and they read each finding.</summary>
    internal static IReadOnlyList<RuleResult> Read(IEngine engine, CancellationToken cancellation) =>
    [
        .. engine.Query(
            "SELECT rule, table_name, severity, rows_checked, rows_failed, rows_quarantined FROM prep.rule_counts ORDER BY rule",
            cancellation).Rows.Select(row => new RuleResult(
                (string)row[0]!, (string)row[1]!, Enum.Parse<Severity>((string)row[2]!, ignoreCase: true),
                (long)row[3]!, (long)row[4]!, (long)row[5]!, [])),
    ];

    /// <summary>The same rules with their first findings by key.</summary>
    /// <param name="engine">Holds the state that the rules judged.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="cancellation">Stops inside.</param>
    public static IReadOnlyList<RuleResult> WithExamples(
        IEngine engine, IReadOnlyList<RuleResult> rules, CancellationToken cancellation)
    {
        ILookup<(string Rule, string Table), Finding> examples = engine.Query($"""
            WITH findings AS (
                SELECT rule, table_name, record_key, reason FROM prep.rule_failures
                UNION ALL
                SELECT rule, 'bronze.' || bronze_table || '_raw', record_key, reason FROM silver.quarantine
            ),
            numbered AS (
                SELECT rule, table_name, record_key, reason, row_number() OVER (
                    PARTITION BY rule, table_name ORDER BY record_key NULLS FIRST, reason NULLS FIRST) AS n
                FROM findings
            )
            SELECT rule, table_name, record_key, reason
            FROM numbered WHERE n <= {ExamplesPerRule} ORDER BY rule, table_name, n
            """, cancellation).Rows.ToLookup(
                row => ((string)row[0]!, (string)row[1]!), row => new Finding((string?)row[2], (string?)row[3]));
        return [.. rules.Select(rule => rule with { Examples = [.. examples[(rule.Rule, rule.Table)]] })];
    }
}
