using DuckDB.NET.Data;
using ShopLake.Bronze;

namespace ShopLake.Engines.DuckDb;

/// <summary>
/// The file beside a warehouse's in which a run makes every table anew. Nobody reads it before it has the warehouse's name,
/// so that nothing about it need be logged; what an interrupted run left of it is deleted when the warehouse is opened next.
/// </summary>
/// <param name="warehouse">The warehouse's file.</param>
internal sealed class DuckDbAnew(string warehouse)
{
    private const string Catalog = "anew";

    private readonly string _file = warehouse + ".anew";
    private readonly DurableStorage _storage = new();
    private string? _standing;

    /// <summary>The connection's tables are those of the file that took the warehouse's place.</summary>
    public bool IsPublished { get; private set; }

    /// <summary>From here on names without a catalog mean the new file's; the record of runs is carried over.</summary>
    public void Begin(DuckDBConnection connection)
    {
        string standing = (string)Query(connection, "SELECT current_database()")[0][0]!;
        Execute(connection, $"ATTACH {DuckDbText.Literal(_file)} AS {Catalog} (RECOVERY_MODE no_wal_writes)");
        _standing = standing;
        Execute(connection, $"USE {Catalog}; CREATE SCHEMA ops");
        string ofOps = $"WHERE database_name = {DuckDbText.Literal(standing)} AND schema_name = 'ops'";
        foreach (object?[] table in Query(connection, $"SELECT sql, table_name FROM duckdb_tables() {ofOps}"))
        {
            string name = $"ops.{DuckDbText.Name((string)table[1]!)}";
            Execute(connection, (string)table[0]!);
            Execute(connection, $"INSERT INTO {name} FROM {DuckDbText.Name(standing)}.{name}");
        }

        foreach (object?[] comment in Query(connection, $"""
            SELECT 'TABLE', table_name, NULL, comment FROM duckdb_tables() {ofOps} AND comment IS NOT NULL
            UNION ALL
            SELECT 'COLUMN', table_name, column_name, comment FROM duckdb_columns() {ofOps} AND comment IS NOT NULL
            """))
        {
            string column = comment[2] is string name ? $".{DuckDbText.Name(name)}" : "";
            Execute(connection, $"COMMENT ON {comment[0]} ops.{DuckDbText.Name((string)comment[1]!)}{column} "
                + $"IS {DuckDbText.Literal(comment[3])}");
        }
    }

    /// <summary>Does nothing where no file was begun.</summary>
    public void Publish(DuckDBConnection connection)
    {
        if (_standing is null || IsPublished)
        {
            return;
        }

        // A log that stays beside the old file would be taken for the new one's.
        Execute(connection, $"CHECKPOINT {DuckDbText.Name(_standing)}; CHECKPOINT {Catalog}");
        _storage.Rename(_file, warehouse);
        _storage.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(warehouse))!);
        IsPublished = true;
    }

    /// <summary>Does nothing where no file was begun.</summary>
    public void Abandon(DuckDBConnection connection)
    {
        if (_standing is null || IsPublished)
        {
            return;
        }

        string standing = _standing;
        _standing = null;
        try
        {
            Execute(connection, $"USE {DuckDbText.Name(standing)}; DETACH {Catalog}");
        }
        finally
        {
            // On a disk that is full DuckDB lets go of nothing, and it is this file that fills it.
            Clear();
        }
    }

    /// <summary>The connection is to the warehouse's file by its name again.</summary>
    public void Leave()
    {
        _standing = null;
        IsPublished = false;
    }

    /// <summary>Deletes what an interrupted run left; called by who holds the warehouse.</summary>
    public void Clear()
    {
        File.Delete(_file);
        File.Delete(_file + ".wal");
    }

    private static void Execute(DuckDBConnection connection, string sql) =>
        DuckDbSession.Execute(connection, sql, CancellationToken.None);

    private static IReadOnlyList<object?[]> Query(DuckDBConnection connection, string sql) =>
        DuckDbSession.Query(connection, sql, CancellationToken.None).Rows;
}
