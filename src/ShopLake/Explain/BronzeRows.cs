using ShopLake.Catalog;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>Shows wanted rows of Bronze with what became of each.</summary>
internal static class BronzeRows
{
    private const string Staged = "traced_bronze";
    private static readonly string[] Pointer = [.. Scope.Row];

    /// <summary>
    /// For each raw table the model that decides about its rows, and the column whose word may be ignored.
    /// </summary>
    private static readonly Dictionary<string, (string Model, string? Word)> Deciders = new(StringComparer.Ordinal)
    {
        ["users"] = ("prep.user_rows", null),
        ["products"] = ("prep.product_rows", null),
        ["orders"] = ("prep.order_rows", "order_status"),
        ["order_items"] = ("prep.order_item_rows", null),
        ["payments"] = ("prep.payment_rows", "payment_status"),
        ["events"] = ("prep.event_exclusions", null),
    };

    /// <param name="engine">Holds the tables.</param>
    /// <param name="table">A raw table.</param>
    /// <param name="wanted">Which of its rows.</param>
    /// <param name="condition">Of those, which: a condition over its columns; null for all.</param>
    /// <param name="limit">How many rows are shown.</param>
    /// <param name="cancellation">Stops inside.</param>
    public static TracedBronze Read(
        IEngine engine, TableDefinition table, WantedRows wanted, string? condition, int limit, CancellationToken cancellation)
    {
        engine.Stage(Staged, Judged(table, wanted, condition), cancellation);
        var counts = engine.Query(
            $"SELECT disposition, count(*) FROM {Staged} GROUP BY disposition ORDER BY disposition", cancellation).Rows
            .ToDictionary(row => (string)row[0]!, row => (long)row[1]!, StringComparer.Ordinal);
        string[] columns = [.. table.Columns.Select(column => column.Name)];
        string[] own = [.. columns.Except(Pointer)];
        string list = string.Join(", ", Pointer.Concat(own).Select(column => $"\"{column}\""));
        QueryResult first = engine.Query(
            $"SELECT disposition, {list} FROM {Staged} ORDER BY _batch_id, _source_file, _source_row LIMIT {limit}", cancellation);
        ILookup<(long, string, long), string> reasons = Reasons(engine, table, limit, cancellation);
        return new TracedBronze(table.FullName, counts,
        [
            .. first.Rows.Select(row => new TracedBronzeRow(
                new BronzePointer(table.FullName, (long)row[1]!, (string)row[2]!, (long)row[3]!), (string)row[0]!,
                [.. reasons[((long)row[1]!, (string)row[2]!, (long)row[3]!)]],
                own.Zip(row.Skip(4)).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))),
        ]);
    }

    private static string Judged(TableDefinition table, WantedRows wanted, string? condition)
    {
        string name = table.Name[..^"_raw".Length];
        (string decider, string? word) = Deciders[name];
        string otherwise = name == "events" ? "'used'"
            : word is null ? "'duplicate'"
            : $"CASE WHEN r.{word} IN (SELECT v.source_word FROM config.vocabulary AS v WHERE v.field = '{word}' AND v.word = 'ignore') "
                + "THEN 'ignored' ELSE 'duplicate' END";
        return $"""
            SELECT r.*, CASE WHEN q._source_row IS NOT NULL THEN 'quarantined'
                WHEN d.disposition IS NOT NULL THEN d.disposition ELSE {otherwise} END AS disposition
            FROM ({wanted.Rows}) AS r
            LEFT JOIN (SELECT DISTINCT _batch_id, _source_file, _source_row FROM prep.{name}_quarantine) AS q ON {Same("q", "r")}
            LEFT JOIN {decider} AS d ON {Same("d", "r")}
            {(condition is null ? "" : $"WHERE {condition}")}
            """;
    }

    private static ILookup<(long, string, long), string> Reasons(
        IEngine engine, TableDefinition table, int limit, CancellationToken cancellation) => engine.Query($"""
            SELECT q._batch_id, q._source_file, q._source_row, q.rule, q.reason
            FROM prep.{table.Name[..^"_raw".Length]}_quarantine AS q
            INNER JOIN (SELECT * FROM {Staged} ORDER BY _batch_id, _source_file, _source_row LIMIT {limit}) AS r ON {Same("q", "r")}
            ORDER BY q.rule
            """, cancellation).Rows.ToLookup(
                row => ((long)row[0]!, (string)row[1]!, (long)row[2]!), row => $"{row[3]}: {row[4]}");

    private static string Same(string one, string other) =>
        string.Join(" AND ", Pointer.Select(column => $"{one}.{column} = {other}.{column}"));
}
