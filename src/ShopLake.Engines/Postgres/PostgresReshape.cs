using Npgsql;
using ShopLake.Catalog;

namespace ShopLake.Engines.Postgres;

/// <summary>A table that stands beside its old self because it has other columns.</summary>
internal sealed record Reshaped(TableDefinition Table, string Comment, IReadOnlyList<IReadOnlyList<string>> Keys);

/// <summary>
/// What cannot be done without locking readers out for a moment: other columns, and dropping. It is done at the very end of a
/// run, by changing the table that stands, so that views and grants on it stay; rows are deleted and not truncated, so that a
/// reader with an older snapshot goes on seeing them.
/// </summary>
internal static class PostgresReshape
{
    private const int LockAttempts = 60;

    /// <summary>While this waits, new readers queue behind it; so it waits shortly, steps aside, and comes again.</summary>
    private const string LockWait = "500ms";
    private static readonly TimeSpan StepAside = TimeSpan.FromMilliseconds(500);

    /// <summary>Gives the standing table the columns and rows of the one beside it.</summary>
    public static void BringIn(NpgsqlConnection connection, PostgresPlaces places, Reshaped reshaped)
    {
        TableDefinition table = reshaped.Table;
        string old = places.OldOf(table.FullName);
        string next = places.Of(table);
        IReadOnlyDictionary<string, string> standing = PostgresSchemas.ColumnsOf(connection, old);
        var kept = table.Columns
            .Where(column => standing.GetValueOrDefault(column.Name) == PostgresText.StoredType(column.Type))
            .Select(column => column.Name)
            .ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> changes =
        [
            .. standing.Keys.Where(name => !kept.Contains(name)).Select(name => $"DROP COLUMN {PostgresText.Name(name)}"),
            .. table.Columns.Where(column => !kept.Contains(column.Name))
                .Select(column => $"ADD COLUMN {PostgresText.Name(column.Name)} {PostgresText.Type(column.Type)}"),
        ];
        string columns = string.Join(", ", table.Columns.Select(column => PostgresText.Name(column.Name)));
        Lock(connection, old);
        Execute(connection, $"DELETE FROM {old}");
        Execute(connection, $"ALTER TABLE {old} {string.Join(", ", changes)}");
        Execute(connection, $"INSERT INTO {old} ({columns}) SELECT {columns} FROM {next}");
        Execute(connection, $"DROP TABLE {next}");
        PostgresSchemas.Comment(connection, table, old, reshaped.Comment);
        PostgresSchemas.Index(connection, table, old, reshaped.Keys, CancellationToken.None);
    }

    public static void DropTable(NpgsqlConnection connection, string place)
    {
        if (PostgresSchemas.ColumnsOf(connection, place).Count > 0)
        {
            Lock(connection, place);
            Execute(connection, $"DROP TABLE {place}");
        }
    }

    private static void Lock(NpgsqlConnection connection, string place)
    {
        for (int attempt = 1; ; attempt++)
        {
            Execute(connection, $"SAVEPOINT unlocked; SET LOCAL lock_timeout = '{LockWait}'");
            try
            {
                PostgresSession.Execute(connection, $"LOCK TABLE {place} IN ACCESS EXCLUSIVE MODE", CancellationToken.None);
                Execute(connection, "SET LOCAL lock_timeout = 0; RELEASE SAVEPOINT unlocked");
                return;
            }
            catch (ShopLakeException exception)
                when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                Execute(connection, "ROLLBACK TO SAVEPOINT unlocked");
                if (attempt == LockAttempts)
                {
                    throw new ShopLakeException(FailureKind.OutOfReach,
                        $"{place} gets other columns, and somebody has been reading it all the time. Nothing was published. "
                        + "Try: run again when the long question is over (pg_stat_activity shows it).", exception);
                }

                Thread.Sleep(StepAside);
            }
        }
    }

    private static void Execute(NpgsqlConnection connection, string sql) =>
        PostgresSession.Execute(connection, sql, CancellationToken.None);
}
