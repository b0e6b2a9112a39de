namespace ShopLake.Run;

/// <summary>Writes what a run did into <c>ops</c>.</summary>
internal static class RunRecord
{
    /// <summary>The raw table of a quarantined row, as rules name it.</summary>
    private const string TableName = "'bronze.' || bronze_table || '_raw'";

    public static void Write(IEngine engine, RunReport report, DateTime startedAt)
    {
        DateTime endedAt = startedAt + report.Elapsed;
        engine.Append(OpsTables.Runs, "Every run that computed something.",
            [[report.RunId, startedAt, endedAt, report.Outcome.ToString().ToLowerInvariant(), report.LedgerSequence]]);
        if (report.Build is not { } build)
        {
            return;
        }

        bool isQuarantineAnother = report.Outcome == RunOutcome.Published && !StandsAsItWas(engine, build);
        Dictionary<(string Rule, string Table), long> released = isQuarantineAnother ? Released(engine) : [];
        engine.Append(OpsTables.RuleResults, "What each rule found in each run.", build.Rules.Concat(report.FeedRules).Select(rule => new object?[]
        {
            report.RunId, rule.Rule, rule.RowsFailed, rule.RowsQuarantined, released.GetValueOrDefault((rule.Rule, rule.Table)), endedAt,
        }));
        if (report.Outcome == RunOutcome.Published)
        {
            engine.Append(OpsTables.RunTables, "Rows of each table after each published run.",
                build.Tables.Select(table => new object?[] { report.RunId, table.Name, table.Rows, table.Changed }));
        }

        if (isQuarantineAnother)
        {
            engine.Materialize(OpsTables.LastQuarantine, "The quarantine as the last published run left it.",
                $"SELECT rule, {TableName} AS table_name, _batch_id, _source_file, _source_row FROM silver.quarantine",
                CancellationToken.None);
        }
    }

    /// <summary>Whether an update left the quarantine untouched, so that what is kept of it is today's.</summary>
    private static bool StandsAsItWas(IEngine engine, BuildResult build) =>
        build.Tables.Any(table => table is { Name: "silver.quarantine", Changed: 0, IsAnew: false }) && IsKept(engine);

    private static bool IsKept(IEngine engine) =>
        Verification.FaultOf(engine, OpsTables.LastQuarantine, CancellationToken.None) is null;

    /// <summary>
    /// Rows of the previous quarantine that are no longer in it, by rule and raw table; none where an earlier program kept it
    /// without the table.
    /// </summary>
    private static Dictionary<(string Rule, string Table), long> Released(IEngine engine) =>
        !IsKept(engine)
        ? []
        : engine.Query($"""
            SELECT b.rule, b.table_name, count(*)
            FROM {OpsTables.LastQuarantine.FullName} AS b
            WHERE NOT EXISTS (
                SELECT 1 FROM silver.quarantine AS q
                WHERE q.rule = b.rule AND q._batch_id = b._batch_id
                    AND q._source_file = b._source_file AND q._source_row = b._source_row)
            GROUP BY b.rule, b.table_name
            """, CancellationToken.None)
            .Rows.ToDictionary(row => ((string)row[0]!, (string)row[1]!), row => (long)row[2]!);
}
