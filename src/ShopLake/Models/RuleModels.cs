using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>
/// The models that follow from the checks: a quarantine per raw table, the offenders of all other rules, and the count of
/// each rule. They take part in the graph like any model, so a rule may read whatever its result does not feed.
/// </summary>
internal static class RuleModels
{
    private const string GeneratedFrom = "models/checks";
    private const string FailuresTable = "prep.rule_failures";

    private static readonly ColumnDefinition Rule = new("rule", ColumnType.Text, "rule that the row fails");
    private static readonly ColumnDefinition Reason = new("reason", ColumnType.Text, "why, naming the value");
    private static readonly ColumnDefinition RecordKey = new("record_key", ColumnType.Text, "id of the row");
    private static readonly ColumnDefinition JudgedTable = new("table_name", ColumnType.Text, "table whose rows are judged");
    private static readonly ColumnDefinition RuleSeverity = new("severity", ColumnType.Text, "warn, quarantine or fail");

    public static bool IsGenerated(Model model) => model.File == GeneratedFrom;

    public static IEnumerable<Model> Generate(IReadOnlyList<Check> checks, LakeCatalog catalog, SqlParser parser)
    {
        IReadOnlyList<Check> sorted = [.. checks
            .OrderBy(check => check.Rule, StringComparer.Ordinal)
            .ThenBy(check => check.On, StringComparer.Ordinal)];
        foreach (string table in LakeCatalog.RawTables)
        {
            string raw = catalog.Raw(table).FullName;
            yield return Quarantine(parser, table, raw,
                [.. sorted.Where(check => check.Severity == Severity.Quarantine && check.On == raw)]);
        }

        yield return Failures(parser, [.. sorted.Where(check => check.Severity != Severity.Quarantine)]);
        yield return Counts(parser, sorted);
    }

    private static Model Quarantine(SqlParser parser, string table, string raw, IReadOnlyList<Check> checks)
    {
        ColumnDefinition[] columns =
        [
            Rule, Reason, RecordKey,
            new("amount_minor", ColumnType.Bigint, "money kept out, in minor units"),
            .. LakeCatalog.RawMetadata.Take(3),
        ];
        return Union(parser, $"{table}_quarantine", $"Rows of {raw} that a rule keeps out of Silver, a row for each rule failed.",
            columns, raw, checks, check =>
            $"SELECT '{check.Rule}' AS rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row");
    }

    private static Model Failures(SqlParser parser, IReadOnlyList<Check> checks) =>
        Union(parser, "rule_failures", "Offenders of the rules that warn or fail, a row for each.",
            [Rule, JudgedTable, RuleSeverity, RecordKey, Reason], "config.lake", checks, check =>
            $"SELECT {Labels(check)}, record_key, reason");

    private static Model Counts(SqlParser parser, IReadOnlyList<Check> checks)
    {
        ColumnDefinition[] columns =
        [
            Rule, JudgedTable, RuleSeverity,
            new("rows_checked", ColumnType.Bigint, "rows of the table"),
            new("rows_failed", ColumnType.Bigint, "rows that the rule returned"),
            new("rows_quarantined", ColumnType.Bigint, "rows that it keeps out of Silver"),
        ];
        string[] counts = [.. checks.Select(check =>
        {
            string ofTable = check.Severity == Severity.Quarantine ? "" : $" AND f.table_name = '{check.On}'";
            string failed = $"(SELECT count(*) FROM {Offenders(check)} AS f WHERE f.rule = '{check.Rule}'{ofTable})";
            return $"SELECT {Labels(check)}, (SELECT count(*) FROM {check.On}) AS rows_checked, {failed} AS rows_failed, "
                + $"{(check.Severity == Severity.Quarantine ? failed : "0")} AS rows_quarantined";
        })];
        string sql = counts.Length > 0 ? string.Join("\nUNION ALL\n", counts) : Empty(columns, "config.lake");
        return Generated(parser, "rule_counts", "Each rule with the rows it judged and the rows it found.", columns, sql, null);
    }

    private static string Offenders(Check check) => check.Severity == Severity.Quarantine
        ? $"prep.{check.On["bronze.".Length..^"_raw".Length]}_quarantine"
        : FailuresTable;

    private static string Labels(Check check) =>
        $"'{check.Rule}' AS rule, '{check.On}' AS table_name, '{check.Severity.ToString().ToLowerInvariant()}' AS severity";

    private static Model Union(
        SqlParser parser, string name, string what, ColumnDefinition[] columns, string emptyFrom, IReadOnlyList<Check> checks,
        Func<Check, string> select)
    {
        string sql = checks.Count == 0
            ? Empty(columns, emptyFrom)
            : string.Join("\nUNION ALL\n", checks.Select(check =>
                $"{select(check)} FROM (\n{check.Sql.TrimEnd().TrimEnd(';')}\n) AS offenders"));
        return Generated(parser, name, what, columns, sql, CommonScope(checks));
    }

    /// <summary>All rules of a union are cut by <c>record_key</c>; an input points to the pieces of every rule that reads it.</summary>
    private static Scope? CommonScope(IReadOnlyList<Check> checks) => checks.Count > 0 && checks.All(check => check.Scope is not null)
        ? new Scope([RecordKey.Name], checks
            .SelectMany(check => check.Scope!.Reads)
            .GroupBy(read => read.Key, StringComparer.Ordinal)
            .ToDictionary(
                reads => reads.Key,
                reads => (IReadOnlyList<PieceMapping>)[.. reads.SelectMany(read => read.Value).DistinctBy(Text)],
                StringComparer.Ordinal))
        : null;

    /// <summary>Records compare lists by reference; equal mappings are told by their parts.</summary>
    private static string Text(PieceMapping mapping) => mapping switch
    {
        PieceMapping.Direct direct => string.Join(", ", direct.Expressions),
        _ => mapping.ToString(),
    };

    private static string Empty(ColumnDefinition[] columns, string from) =>
        $"SELECT {string.Join(", ", columns.Select(column => $"NULL AS {column.Name}"))} FROM {from} WHERE 1 = 0";

    private static Model Generated(
        SqlParser parser, string name, string what, ColumnDefinition[] columns, string sql, Scope? scope) => new()
        {
            Name = $"prep.{name}",
            File = GeneratedFrom,
            What = what,
            Grain = [],
            Sql = sql,
            Table = new TableDefinition("prep", name, columns),
            References = parser.References(GeneratedFrom, sql),
            Scope = scope,
        };
}
