using System.Security.Cryptography;
using System.Text;
using Npgsql;
using ShopLake.Catalog;

namespace ShopLake.Engines.Postgres;

/// <summary>Makes the schemas, functions, tables, indexes and comments of a warehouse.</summary>
internal static class PostgresSchemas
{
    /// <summary>How the comment of the functions' schema begins, by which schemas that ShopLake has made are known.</summary>
    internal const string AboutFunctions = "The vocabulary of ShopLake's models, ";

    /// <summary>
    /// Makes what is missing and lets names without a schema mean the vocabulary. Functions are made anew only when their
    /// text is another one: each making costs rows in the server's catalogue.
    /// </summary>
    public static void Prepare(NpgsqlConnection connection, PostgresPlaces places, string functions)
    {
        string schemas = string.Join(", ", places.Schemas.Select(PostgresText.Literal));
        var standing = PostgresSession.Query(connection,
            $"SELECT nspname, obj_description(oid) FROM pg_namespace WHERE nspname IN ({schemas})", CancellationToken.None)
            .Rows.ToDictionary(row => (string)row[0]!, row => row[1] as string, StringComparer.Ordinal);
        foreach (string schema in places.Schemas.Where(schema => !standing.ContainsKey(schema)))
        {
            Execute($"CREATE SCHEMA {PostgresText.Name(schema)}");
        }

        string words = PostgresText.Name(places.FunctionSchema);
        Execute($"SET search_path = {words}");
        string about = AboutFunctions + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(functions)));
        if (standing.GetValueOrDefault(places.FunctionSchema) != about)
        {
            Execute($"{functions}\n; COMMENT ON SCHEMA {words} IS {PostgresText.Literal(about)}");
        }

        void Execute(string sql) => PostgresSession.Execute(connection, sql, CancellationToken.None);
    }

    /// <summary>Columns of a table with their types; none when there is no such table.</summary>
    public static IReadOnlyDictionary<string, string> ColumnsOf(NpgsqlConnection connection, string place) =>
        PostgresSession.Query(connection, $"""
            SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = to_regclass({PostgresText.Literal(place)}) AND attnum > 0 AND NOT attisdropped
            """, CancellationToken.None)
        .Rows.ToDictionary(row => (string)row[0]!, row => (string)row[1]!, StringComparer.Ordinal);

    public static bool HasColumnsOf(TableDefinition table, IReadOnlyDictionary<string, string> standing) =>
        standing.Count == table.Columns.Count
        && table.Columns.All(column => standing.GetValueOrDefault(column.Name) == PostgresText.StoredType(column.Type));

    public static void Create(NpgsqlConnection connection, TableDefinition table, string place)
    {
        string columns = string.Join(", ", table.Columns.Select(column =>
            $"{PostgresText.Name(column.Name)} {PostgresText.Type(column.Type)}"));
        PostgresSession.Execute(connection, $"CREATE TABLE {place} ({columns})", CancellationToken.None);
    }

    /// <summary>Lets tools that show tables to people show what they and their columns are.</summary>
    public static void Comment(NpgsqlConnection connection, TableDefinition table, string place, string comment)
    {
        IEnumerable<string> comments = table.Columns
            .Select(column => $"COMMENT ON COLUMN {place}.{PostgresText.Name(column.Name)} IS {PostgresText.Literal(column.Description)}")
            .Prepend($"COMMENT ON TABLE {place} IS {PostgresText.Literal(comment)}");
        PostgresSession.Execute(connection, string.Join(";\n", comments), CancellationToken.None);
    }

    /// <summary>Makes the indexes that are missing, and lets the planner know what the table holds.</summary>
    public static void Index(
        NpgsqlConnection connection, TableDefinition table, string place, IReadOnlyList<IReadOnlyList<string>> keys,
        CancellationToken cancellation) => PostgresSession.ExecuteAtOnce(
            connection,
            [
                .. keys.Select(key => $"CREATE INDEX IF NOT EXISTS {PostgresText.Name(PostgresText.IndexName(table, key))} "
                    + $"ON {place} ({string.Join(", ", key.Select(PostgresText.Name))})"),
                $"ANALYZE {place}",
            ],
            cancellation);
}
