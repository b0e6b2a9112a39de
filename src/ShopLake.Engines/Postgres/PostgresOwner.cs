using Npgsql;

namespace ShopLake.Engines.Postgres;

/// <summary>
/// Which lake a warehouse belongs to, as the comment of its schema <c>ops</c> says. A file in a lake goes where the lake goes; a
/// database is only named by it, and rows of one lake added to those of another would be numbers of no shop at all.
/// </summary>
internal static class PostgresOwner
{
    private const string Words = "The record of ShopLake's runs, lake ";

    /// <exception cref="ShopLakeException">The warehouse is another lake's, or its schemas hold tables that ShopLake did not make.</exception>
    public static void Require(NpgsqlConnection connection, PostgresPlaces places, string lake)
    {
        if (Foreign(connection, places) is { } table)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"The database {connection.Database} holds {table}, which ShopLake did not make, in a schema whose tables its runs fill. "
                + "Name another database, or rename that schema: ALTER SCHEMA … RENAME TO …");
        }

        if (Standing(connection, places) is { } owner && owner != lake)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"The database {connection.Database} holds the warehouse of another lake, or of this one before its Bronze was "
                + $"made anew. Name another database, or drop the schemas {string.Join(", ", places.Schemas)} in it and run again.");
        }
    }

    /// <summary>Says whose warehouse it is, once the lake has a first commit to be told by.</summary>
    public static void Claim(NpgsqlConnection connection, PostgresPlaces places, string lake)
    {
        if (lake.Length > 0 && Standing(connection, places) is null)
        {
            PostgresSession.Execute(connection,
                $"COMMENT ON SCHEMA {PostgresText.Name(places.Prefix + "ops")} IS {PostgresText.Literal(Words + lake)}",
                CancellationToken.None);
        }
    }

    /// <summary>A table of somebody else where a warehouse was never begun: a run would empty it.</summary>
    private static string? Foreign(NpgsqlConnection connection, PostgresPlaces places) => (string?)PostgresSession.Query(connection, $"""
        SELECT min(n.nspname || '.' || c.relname)
        FROM pg_class AS c INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname IN ({string.Join(", ", places.Schemas.Select(PostgresText.Literal))}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            AND NOT EXISTS (
                SELECT 1 FROM pg_namespace
                WHERE nspname = {PostgresText.Literal(places.FunctionSchema)}
                    AND starts_with(obj_description(oid, 'pg_namespace'), {PostgresText.Literal(PostgresSchemas.AboutFunctions)}))
        """, CancellationToken.None).Rows[0][0];

    private static string? Standing(NpgsqlConnection connection, PostgresPlaces places) => PostgresSession.Query(connection,
        $"SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = {PostgresText.Literal(places.Prefix + "ops")}",
        CancellationToken.None).Rows is [[string comment]] && comment.StartsWith(Words, StringComparison.Ordinal)
            ? comment[Words.Length..]
            : null;
}
