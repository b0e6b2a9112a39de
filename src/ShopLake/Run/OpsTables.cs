using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>The record of runs. It tells when things happened, so it stands outside <c>verify</c>.</summary>
public static class OpsTables
{
    /// <summary>What readers see now: one row.</summary>
    public static readonly TableDefinition Published = new("ops", "published",
    [
        new("generation", ColumnType.Bigint, "number of the published state"),
        new("ledger_sequence", ColumnType.Bigint, "last commit that it has seen"),
        new("record_hash", ColumnType.Text, "SHA-256 of the ledger's record of that commit"),
        new("shape", ColumnType.Text, "SHA-256 of the columns of the raw tables"),
        new("everything", ColumnType.Text, "SHA-256 of all that the models were made of: files, words, settings, program"),
        new("published_at", ColumnType.Timestamp, "when it appeared"),
    ]);

    public static readonly TableDefinition ModelStates = new("ops", "model_states",
    [
        new("model", ColumnType.Text, "the model"),
        new("fingerprint", ColumnType.Text, "SHA-256 of its text, the vocabulary and the settings it was computed by"),
        new("table_columns", ColumnType.Text, "SHA-256 of the columns of its table"),
        new("rows_total", ColumnType.Bigint, "rows that its table holds"),
    ]);

    public static readonly TableDefinition Runs = new("ops", "runs",
    [
        new("run_id", ColumnType.Text, "time-ordered id of the run"),
        new("started_at", ColumnType.Timestamp, "start"),
        new("ended_at", ColumnType.Timestamp, "end"),
        new("outcome", ColumnType.Text, "published or refused; a run with nothing new is not recorded"),
        new("ledger_sequence", ColumnType.Bigint, "last commit that the run saw"),
    ]);

    public static readonly TableDefinition RunTables = new("ops", "run_tables",
    [
        new("run_id", ColumnType.Text, "the run"),
        new("table_name", ColumnType.Text, "table of a model: of Silver or Gold, or a step between"),
        new("rows_total", ColumnType.Bigint, "rows that it holds"),
        new("rows_changed", ColumnType.Bigint, "rows removed and added by the run"),
    ]);

    public static readonly TableDefinition RuleResults = new("ops", "rule_results",
    [
        new("run_id", ColumnType.Text, "the run"),
        new("rule", ColumnType.Text, "the rule"),
        new("failed", ColumnType.Bigint, "rows that it found"),
        new("quarantined", ColumnType.Bigint, "rows that it keeps out of Silver"),
        new("released", ColumnType.Bigint, "rows that it kept out before this run and no longer does"),
        new("ran_at", ColumnType.Timestamp, "when"),
    ]);

    /// <summary>The quarantine as the last published run left it: what a later run has released is told from it.</summary>
    public static readonly TableDefinition LastQuarantine = new("ops", "last_quarantine",
    [
        new("rule", ColumnType.Text, "the rule"),
        new("table_name", ColumnType.Text, "raw table of the row"),
        new("_batch_id", ColumnType.Bigint, "commit that brought the row"),
        new("_source_file", ColumnType.Text, "its file"),
        new("_source_row", ColumnType.Bigint, "its record number"),
    ]);
}
