using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Cli;

/// <summary>The last run that computed something, published or not.</summary>
internal sealed record LastRun(string RunId, DateTime StartedAt, DateTime EndedAt, string Outcome, long LedgerSequence);

internal sealed record TableStatus(string Name, long Rows, long ChangedByLastRun);

/// <summary>What the warehouse says about itself.</summary>
/// <param name="AsOfAt">The data clock; null while no row moved it.</param>
internal sealed record WarehouseStatus(
    long Generation, long LedgerSequence, DateTime PublishedAt, DateTime? AsOfAt, DateOnly? AsOfDay,
    LastRun LastRun, IReadOnlyList<TableStatus> Tables)
{
    private const string State = """
        SELECT p.generation, p.ledger_sequence, p.published_at, a.as_of_at, a.as_of_day
        FROM ops.published AS p CROSS JOIN gold.as_of AS a
        """;

    private const string LatestRun = """
        SELECT run_id, started_at, ended_at, outcome, ledger_sequence
        FROM ops.runs ORDER BY started_at DESC LIMIT 1
        """;

    private const string TablesOfLatestPublishedRun = """
        SELECT table_name, rows_total, rows_changed
        FROM ops.run_tables
        WHERE run_id = (SELECT run_id FROM ops.runs WHERE outcome = 'published' ORDER BY started_at DESC LIMIT 1)
            AND (table_name LIKE 'silver.%' OR table_name LIKE 'gold.%')
        ORDER BY table_name LIKE 'gold.%', table_name
        """;

    /// <summary>Null, with a word of it, before the first publication and while a run holds the warehouse.</summary>
    public static WarehouseStatus? Read(Terminal terminal, LakeConfiguration configuration)
    {
        using var reader = LakeFlow.TryOpenReader(terminal, configuration);
        if (reader is null)
            return null;

        object?[] state = reader.Query(State, terminal.Cancellation).Rows[0];
        object?[] run = reader.Query(LatestRun, terminal.Cancellation).Rows[0];
        var tables = reader.Query(TablesOfLatestPublishedRun, terminal.Cancellation).Rows;
        return new WarehouseStatus(
            (long)state[0]!, (long)state[1]!, (DateTime)state[2]!, (DateTime?)state[3], (DateOnly?)state[4],
            new LastRun((string)run[0]!, (DateTime)run[1]!, (DateTime)run[2]!, (string)run[3]!, (long)run[4]!),
            [.. tables.Select(row => new TableStatus((string)row[0]!, (long)row[1]!, (long)row[2]!))]);
    }
}
