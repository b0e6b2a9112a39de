using Npgsql;
using ShopLake.Run;

namespace ShopLake.Engines.Postgres;

/// <summary>One run at a time in a warehouse, whatever machine it comes from.</summary>
internal static class PostgresLock
{
    /// <summary>Longer than the server needs to notice that a killed run's process is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(250);

    /// <summary>Takes the lock for as long as the connection lives.</summary>
    /// <exception cref="ShopLakeException">Another run holds it and goes on.</exception>
    public static void Take(NpgsqlConnection connection, string prefix)
    {
        string key = $"hashtextextended({PostgresText.Literal("shoplake " + prefix)}, 0)";
        DateTime end = DateTime.UtcNow + Patience;
        while (!(bool)Ask($"SELECT pg_try_advisory_lock({key})")!)
        {
            if (DateTime.UtcNow > end)
            {
                throw new ShopLakeException(FailureKind.OutOfReach,
                    $"Another run is at work in the database {connection.Database}{Holder(key)}; wait for it to end and try again.");
            }

            Thread.Sleep(BetweenAttempts);
        }

        object? Ask(string sql) => PostgresSession.Query(connection, sql, CancellationToken.None).Rows[0][0];

        string Holder(string lockKey)
        {
            QueryResult holders = PostgresSession.Query(connection, $"""
                SELECT format(' (server process %s, since %s UTC)', a.pid, date_trunc('second', a.backend_start))
                FROM pg_locks AS l INNER JOIN pg_stat_activity AS a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                    AND (l.classid::bigint << 32) | l.objid::bigint = {lockKey}
                """, CancellationToken.None);
            return holders.Rows.Count == 0 ? "" : (string)holders.Rows[0][0]!;
        }
    }
}
