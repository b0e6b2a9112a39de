using System.Text;
using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>
/// The models that follow from the checks: a quarantine per raw table, the offenders of all other rules, and the count of
/// each rule. They take part in the graph like any model, so a rule may read whatever its result does not feed.
/// </summary>
internal static partial class RuleModels
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
        return
        [
            .. LakeCatalog.RawTables.SelectMany(table => Quarantine(parser, table, catalog.Raw(table).FullName, sorted)),
            .. Failures(parser, sorted),
            Counts(parser, sorted),
        ];
    }

    private static IEnumerable<Model> Quarantine(SqlParser parser, string table, string raw, IReadOnlyList<Check> checks)
    {
        ColumnDefinition[] columns =
        [
            Rule, Reason, RecordKey,
            new("amount_minor", ColumnType.Bigint, "money kept out, in minor units"),
            .. LakeCatalog.RawMetadata.Take(3),
        ];
        return Union(parser, $"{table}_quarantine", $"Rows of {raw} that a rule keeps out of Silver, a row for each rule failed.",
            columns, raw, Scope.Row, [.. checks.Where(check => check.Severity == Severity.Quarantine && check.On == raw)], check =>
            $"SELECT '{check.Rule}' AS rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row")
            .Select(model => model with { Trace = new TraceHints { RowOf = raw } });
    }

    private static IEnumerable<Model> Failures(SqlParser parser, IReadOnlyList<Check> checks) =>
        Union(parser, "rule_failures", "Offenders of the rules that warn or fail, a row for each.",
            [Rule, JudgedTable, RuleSeverity, RecordKey, Reason], ModelGraph.LakeState, [JudgedTable.Name, RecordKey.Name],
            [.. checks.Where(check => check.Severity != Severity.Quarantine).Select(CutByTable)], check =>
            $"SELECT {Labels(check)}, coalesce(record_key, '') AS record_key, reason");

    /// <summary>
    /// A key of one table is none of another, so that what no change touches is not even read. The shipped rules find no row
    /// without a key; what those of a shop find has the empty text as one.
    /// </summary>
    private static Check CutByTable(Check check) => check.Scope is not { } scope ? check : check with
    {
        Scope = scope.Mapped(mapping => mapping is PieceMapping.Direct direct
            ? direct with { Expressions = [$"'{check.On}'", .. direct.Expressions.Select(key => check.IsOwn ? $"coalesce({key}, '')" : key)] }
            : mapping) with
        { Key = [JudgedTable.Name, RecordKey.Name] },
    };

    private static Model Counts(SqlParser parser, IReadOnlyList<Check> checks)
    {
        ColumnDefinition[] columns =
        [
            Rule, JudgedTable, RuleSeverity,
            new("rows_checked", ColumnType.Bigint, "rows of the table"),
            new("rows_failed", ColumnType.Bigint, "rows that the rule returned"),
            new("rows_quarantined", ColumnType.Bigint, "rows that it keeps out of Silver"),
        ];
        const string name = "rule_counts";
        const string what = "Each rule with the rows it judged and the rows it found.";
        TraceHints trace = Sums(TablesOf(checks), QuarantinedBy(checks));
        if (checks.Count == 0)
        {
            return Generated(parser, name, what, columns, Empty(columns, ModelGraph.LakeState), scope: null) with { Trace = trace };
        }

        Model counts = Generated(parser, name, what, columns, CountsSql(checks), ByTable(checks)) with { Trace = trace };
        return counts with
        {
            ReachedBy = inputs => inputs.Contains(FailuresTable) ? counts : Cut(counts, [.. checks.Where(IsOnReached(checks, inputs))]),
        };
    }

    private static string[] TablesOf(IReadOnlyList<Check> checks) => [.. checks.Select(check => check.On).Distinct(StringComparer.Ordinal)];

    private static string[] QuarantinedBy(IReadOnlyList<Check> checks) => [.. checks.Where(check => check.Severity == Severity.Quarantine)
        .Select(check => check.On).Distinct(StringComparer.Ordinal)];

    /// <summary>All rules of a table of which rows or quarantined rows changed, since the rules of a table are counted together.</summary>
    private static Func<Check, bool> IsOnReached(IReadOnlyList<Check> checks, IReadOnlyCollection<string> inputs)
    {
        HashSet<string> reached =
        [
            .. TablesOf(checks).Where(inputs.Contains),
            .. QuarantinedBy(checks).Where(table => inputs.Contains(QuarantineOf(table))),
        ];
        return check => reached.Contains(check.On);
    }

    /// <summary>The counts of some rules only, so that tables that no change reaches are not even planned to be counted.</summary>
    private static Model Cut(Model counts, IReadOnlyList<Check> checks)
    {
        string sql = CountsSql(checks);
        return counts with
        {
            Sql = sql,
            References = [.. CountedTable().Matches(sql).Select(match => new TableReference(match.Value, match.Index, HasAlias: false))],
            Scope = ByTable(checks),
        };
    }

    private static string CountsSql(IReadOnlyList<Check> checks) => $"""
        WITH rules (rule, table_name, severity) AS (
            VALUES {string.Join(", ", checks.Select(check => $"('{check.Rule}', '{check.On}', '{WordOf(check.Severity)}')"))}
        ),
        checked AS (
        {Rows(TablesOf(checks).Select(table => $"SELECT '{table}' AS table_name, count(*) AS row_count FROM {table}"))}
        ),
        failed AS (
        {Rows(QuarantinedBy(checks)
            .Select(table => $"SELECT rule, '{table}' AS table_name, count(*) AS row_count FROM {QuarantineOf(table)} GROUP BY rule")
            .Append($"SELECT rule, table_name, count(*) AS row_count FROM {FailuresTable} GROUP BY rule, table_name"))}
        )
        SELECT
            r.rule, r.table_name, r.severity, c.row_count AS rows_checked, coalesce(f.row_count, 0) AS rows_failed,
            CASE WHEN r.severity = 'quarantine' THEN coalesce(f.row_count, 0) ELSE 0 END AS rows_quarantined
        FROM rules AS r
        INNER JOIN checked AS c ON c.table_name = r.table_name
        LEFT JOIN failed AS f ON f.rule = r.rule AND f.table_name = r.table_name
        """;

    /// <summary>The rules of one table are counted by what stands in it and in what was found there.</summary>
    private static Scope ByTable(IReadOnlyList<Check> checks) => new(
        [JudgedTable.Name],
        TablesOf(checks).Select(table => (Input: table, Table: table))
            .Concat(QuarantinedBy(checks).Select(table => (Input: QuarantineOf(table), Table: table)))
            .Select(read => (read.Input, Piece: $"'{read.Table}'"))
            .Append((Input: FailuresTable, Piece: JudgedTable.Name))
            .GroupBy(read => read.Input, read => (PieceMapping)new PieceMapping.Direct([read.Piece]), StringComparer.Ordinal)
            .ToDictionary(reads => reads.Key, reads => (IReadOnlyList<PieceMapping>)[.. reads], StringComparer.Ordinal));

    private static TraceHints Sums(IEnumerable<string> tables, IEnumerable<string> quarantines)
    {
        SumOf[] quarantined = [.. quarantines.Select(table =>
            new SumOf(1, "1", QuarantineOf(table), $"i.rule = t.rule AND t.table_name = '{table}' AND t.severity = 'quarantine'", null))];
        return new TraceHints
        {
            Sums = new Dictionary<string, IReadOnlyList<SumOf>>
            {
                ["rows_checked"] = [.. tables.Select(table => new SumOf(1, "1", table, $"t.table_name = '{table}'", null))],
                ["rows_failed"] =
                    [.. quarantined, new SumOf(1, "1", FailuresTable, "i.rule = t.rule AND i.table_name = t.table_name", null)],
                ["rows_quarantined"] = quarantined,
            },
        };
    }

    /// <summary>The rows of a raw table that rules keep out of Silver.</summary>
    public static string QuarantineOf(string raw) => $"prep.{raw["bronze.".Length..^"_raw".Length]}_quarantine";

    private static string Labels(Check check) =>
        $"'{check.Rule}' AS rule, '{check.On}' AS table_name, '{WordOf(check.Severity)}' AS severity";

    private static string WordOf(Severity severity) => severity.ToString().ToLowerInvariant();

    /// <summary>The findings of several rules in one table. Where some of them can be cut into pieces and some cannot, each kind
    /// has a table of its own below it, so that the one is not computed whole because of the other.</summary>
    private static IEnumerable<Model> Union(
        SqlParser parser, string name, string what, ColumnDefinition[] columns, string emptyFrom, IReadOnlyList<string> key,
        IReadOnlyList<Check> checks, Func<Check, string> select)
    {
        Check[] cut = [.. checks.Where(check => check.Scope is not null)];
        Check[] whole = [.. checks.Where(check => check.Scope is null)];
        if (checks.Count == 0)
        {
            return [Generated(parser, name, what, columns, Empty(columns, emptyFrom), null)];
        }

        if (whole.Length == 0 || cut.Length == 0)
        {
            return [Findings(name, checks)];
        }

        Model[] parts = [Findings($"{name}_by_piece", cut), Findings($"{name}_whole", whole)];
        string list = string.Join(", ", columns.Select(column => column.Name));
        var ofKey = new PieceMapping.Direct(key);
        return
        [
            .. parts,
            Generated(parser, name, what, columns, Rows(parts.Select(part => $"SELECT {list} FROM {part.Name}")),
                new Scope(key, parts.ToDictionary(part => part.Name, _ => (IReadOnlyList<PieceMapping>)[ofKey]))),
        ];

        Model Findings(string table, IReadOnlyList<Check> rules) => Listed(table, what, columns, key, rules, select) with
        {
            ReachedBy = inputs => Findings(table, [.. rules.Where(JudgesWhatDependsOn(rules, inputs))]),
        };
    }

    /// <summary>All rules of a table of which one reads such an input, since a row's findings are computed together.</summary>
    private static Func<Check, bool> JudgesWhatDependsOn(IReadOnlyList<Check> rules, IReadOnlyCollection<string> inputs)
    {
        HashSet<string> judged = [.. rules.Where(rule => rule.Mentions.Keys.Any(inputs.Contains)).Select(rule => rule.On)];
        return rule => judged.Contains(rule.On);
    }

    /// <summary>Rules were parsed one by one, and what each reads stands in the list where its text stands.</summary>
    private static Model Listed(
        string name, string what, ColumnDefinition[] columns, IReadOnlyList<string> key, IReadOnlyList<Check> rules,
        Func<Check, string> select)
    {
        var sql = new StringBuilder();
        var references = new List<TableReference>();
        foreach (Check rule in rules)
        {
            sql.Append(sql.Length == 0 ? "" : "\nUNION ALL\n").Append(select(rule)).Append(" FROM (\n");
            references.AddRange(rule.References.Select(reference => reference with { Offset = reference.Offset + sql.Length }));
            sql.Append(rule.Sql.TrimEnd()).Append("\n) AS offenders");
        }

        return Generated(name, what, columns, sql.ToString(), references, CommonMentions(rules), CommonScope(key, rules));
    }

    private static Dictionary<string, IReadOnlySet<string>?> CommonMentions(IReadOnlyList<Check> checks) => checks
        .SelectMany(check => check.Mentions)
        .GroupBy(mention => mention.Key, StringComparer.Ordinal)
        .ToDictionary(
            mentions => mentions.Key,
            IReadOnlySet<string>? (mentions) => mentions.Any(mention => mention.Value is null)
                ? null
                : mentions.SelectMany(mention => mention.Value!).ToHashSet(StringComparer.OrdinalIgnoreCase),
            StringComparer.Ordinal);

    /// <summary>An input points to the pieces of every rule that reads it, and by other inputs to those of the same rule only.</summary>
    private static Scope? CommonScope(IReadOnlyList<string> key, IReadOnlyList<Check> checks) =>
        checks.Any(check => check.Scope is null) ? null : new Scope(key, checks
            .SelectMany(check => check.Scope!.Onward().Reads)
            .GroupBy(read => read.Key, StringComparer.Ordinal)
            .ToDictionary(
                reads => reads.Key,
                reads => (IReadOnlyList<PieceMapping>)[.. reads.SelectMany(read => read.Value).DistinctBy(mapping => mapping.ToString())],
                StringComparer.Ordinal));

    private static string Rows(IEnumerable<string> selects) => string.Join("\nUNION ALL\n", selects);

    private static string Empty(ColumnDefinition[] columns, string from) =>
        $"SELECT {string.Join(", ", columns.Select(column => $"NULL AS {column.Name}"))} FROM {from} WHERE 1 = 0";

    private static Model Generated(
        SqlParser parser, string name, string what, ColumnDefinition[] columns, string sql, Scope? scope)
    {
        ParsedSql parsed = parser.Parse(GeneratedFrom, sql);
        return Generated(name, what, columns, sql, parsed.References, parsed.Mentions, scope);
    }

    private static Model Generated(
        string name, string what, ColumnDefinition[] columns, string sql, IReadOnlyList<TableReference> references,
        IReadOnlyDictionary<string, IReadOnlySet<string>?> mentions, Scope? scope) => new()
        {
            Name = $"prep.{name}",
            File = GeneratedFrom,
            What = what,
            Grain = [],
            Sql = sql,
            Table = new TableDefinition("prep", name, columns),
            References = references,
            Mentions = mentions,
            Scope = scope,
        };

    [GeneratedRegex(@"(?<=\bFROM )\w+\.\w+")]
    private static partial Regex CountedTable();
}
