using Microsoft.Data.Sqlite;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// SQLite inside the process: one file a layer. A run works on copies that nobody sees, without a journal, and
/// publishes all of them by one swap of a link; so a state is whole for every reader, whatever ends the run, and a
/// published file never changes: readers need no locks and no functions. (SQLite's own transactions over several files
/// are not whole after a crash in WAL mode, and its rollback journals make readers and runs wait for each other.)
/// </summary>
public sealed class SqliteEngine : IEngine
{
    /// <summary>For files that nobody reads, and that are thrown away where anything fails.</summary>
    internal static readonly string[] Unwatched =
        ["page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"];

    private readonly SqliteConnection _connection;
    private readonly Generations _generations;
    private readonly IDisposable? _hold;
    private Dictionary<string, ColumnType> _types = [];
    private long? _begun;
    private bool _isBroken;

    private SqliteEngine(SqliteConnection connection, Generations generations, IDisposable? hold)
    {
        _connection = connection;
        _generations = generations;
        _hold = hold;
    }

    public string Name => "sqlite";

    public string Version => (string)Query("SELECT sqlite_version()", CancellationToken.None).Rows[0][0]!;

    /// <summary>Opens a warehouse.</summary>
    /// <param name="generations">Where its states are.</param>
    /// <param name="settingsRow">The vocabulary's settings: <c>models/engines/sqlite.sql</c>, filled in.</param>
    /// <param name="hold">Disposed with the engine: what keeps other runs out.</param>
    public static SqliteEngine Open(Generations generations, string settingsRow, IDisposable? hold)
    {
        SqliteEngine engine = new(SqliteSession.Connect(settingsRow), generations, hold);
        try
        {
            engine.ShowPublished();
            engine.Execute("PRAGMA temp.cache_size = -65536");
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public void Begin()
    {
        long next = (_generations.Current ?? 0) + 1;
        string folder = _generations.Begin(next);
        SqliteSession.Detach(_connection);
        _begun = next;
        _isBroken = false;
        foreach (string layer in SqliteSession.Layers)
        {
            string file = SqliteSession.FileOf(folder, layer);
            if (_generations.CurrentFolder is { } published)
            {
                File.Copy(SqliteSession.FileOf(published, layer), file);
            }

            Execute($"ATTACH {SqliteText.Literal(file)} AS {layer}");
            foreach (string setting in Unwatched)
            {
                Execute($"PRAGMA {layer}.{setting}");
            }
        }

        Execute("BEGIN");
        _types = SqliteSession.ReadTypes(_connection);
        if (!Exists(SqliteSession.ColumnTypes))
        {
            Fill(SqliteSession.ColumnTypes, "The type of each column, where SQLite's own does not tell it.", []);
        }
    }

    public void Commit()
    {
        if (_isBroken)
        {
            throw new InvalidOperationException("A statement of this run has failed; it can only be rolled back.");
        }

        long generation = _begun!.Value;
        Execute("COMMIT");
        SqliteSession.Detach(_connection);
        _begun = null;
        _generations.Finish(generation);
        _generations.Publish(generation);
        ShowPublished();
    }

    public void Rollback()
    {
        if (_begun is not { } generation)
        {
            return;
        }

        // The files are thrown away; this only lets go of them.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Execute("ROLLBACK");
        }

        SqliteSession.Detach(_connection);
        _begun = null;
        _generations.Abandon(generation);
        ShowPublished();
    }

    public TableDefinition KeptOf(TableDefinition raw) => raw;

    public string ExposeBronze(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation)
    {
        if (after == 0)
        {
            Create(table, "As delivered; the truth is Bronze's Parquet.");
        }

        Insert(table, bronze.Rows(table, after, cancellation), cancellation);
        return $"SELECT {Columns(table)} FROM {table.FullName} WHERE _batch_id > {after}";
    }

    public long Materialize(TableDefinition table, string comment, string select, CancellationToken cancellation)
    {
        Create(table, comment);
        return Execute(
            $"INSERT INTO {table.FullName} ({Columns(table)}) SELECT {Columns(table)} FROM (\n{select}\n) AS model",
            cancellation);
    }

    public void Index(TableDefinition table, IReadOnlyList<IReadOnlyList<string>> keys, CancellationToken cancellation)
    {
        foreach (IReadOnlyList<string> key in keys)
        {
            string name = SqliteText.Name($"{table.Name} by {string.Join(", ", key)}");
            Execute($"CREATE INDEX IF NOT EXISTS {table.Schema}.{name} ON {SqliteText.Name(table.Name)} "
                + $"({string.Join(", ", key.Select(SqliteText.Name))})", cancellation);
        }

        Execute($"ANALYZE {table.FullName}", cancellation);
    }

    public long Stage(string name, string select, CancellationToken cancellation) =>
        StageKeys(name, [], select, cancellation);

    public long StageKeys(string name, IReadOnlyList<string> key, string select, CancellationToken cancellation)
    {
        foreach ((string column, ColumnType? type) in SqliteSession.Columns(_connection, select, _types))
        {
            _types.Remove($"temp.{name}.{column}");
            if (type is { } known)
            {
                _types[$"temp.{name}.{column}"] = known;
            }
        }

        Execute($"DROP TABLE IF EXISTS temp.{name}", cancellation);
        Execute($"CREATE TEMP TABLE {name} AS {select}", cancellation);
        if (key.Count > 0)
        {
            Execute($"CREATE INDEX temp.{SqliteText.Name($"{name} by key")} ON {name} "
                + $"({string.Join(", ", key.Select(SqliteText.Name))})", cancellation);
        }

        // Without it the planner takes a few pieces for a million, and reads the whole table that they are looked up in.
        Execute($"ANALYZE temp.{name}", cancellation);
        return (long)Query($"SELECT count(*) FROM {name}", cancellation).Rows[0][0]!;
    }

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, string? standing,
        CancellationToken cancellation)
    {
        string columns = string.Join(", ", key.Select(SqliteText.Name));
        string isChanged = key.Count == 0 ? "" : $" WHERE ({columns}) IN (SELECT {columns} FROM {changes})";
        Execute($"DELETE FROM {table.FullName}{isChanged}", cancellation);
        Execute(
            $"INSERT INTO {table.FullName} ({Columns(table)}) SELECT {Columns(table)} FROM {rows}{isChanged}",
            cancellation);
    }

    public void Fill(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        Create(table, comment);
        Insert(table, rows, CancellationToken.None);
    }

    public void Append(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        if (!Exists(table))
        {
            Create(table, comment);
        }

        Insert(table, rows, CancellationToken.None);
    }

    public bool Exists(TableDefinition table) => SqliteSession.Exists(_connection, table.Schema, table.Name);

    public void Drop(string name)
    {
        Execute($"DROP TABLE IF EXISTS {name}");
        ForgetTypes(name);
    }

    public QueryResult Query(string sql, CancellationToken cancellation) =>
        SqliteSession.Query(_connection, sql, _types, cancellation);

    public TableDigest Digest(TableDefinition table, CancellationToken cancellation)
    {
        var digest = new TableDigest.Sum();
        SqliteSession.Read(
            _connection, $"SELECT {Columns(table)} FROM {table.FullName}", _types, _ => { }, digest.Add, cancellation);
        return digest.Result;
    }

    public void Dispose()
    {
        Rollback();
        _connection.Dispose();
        _hold?.Dispose();
    }

    private static string Columns(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(column => SqliteText.Name(column.Name)));

    private void ShowPublished()
    {
        SqliteSession.AttachPublished(_connection, _generations.CurrentFolder);
        _types = SqliteSession.ReadTypes(_connection);
    }

    /// <summary>
    /// Makes the table anew. What it and its columns are stands as comments in the text that <c>.schema</c> shows.
    /// </summary>
    private void Create(TableDefinition table, string comment)
    {
        IEnumerable<string> columns = table.Columns.Select((column, index) =>
            $"    {SqliteText.Name(column.Name)} {SqliteText.Type(column.Type)}"
            + (index + 1 < table.Columns.Count ? "," : "") + Comment(column.Description));
        Execute($"DROP TABLE IF EXISTS {table.FullName}");
        Execute($"CREATE TABLE {table.FullName} ({Comment(comment)}\n{string.Join('\n', columns)}\n) STRICT");
        KeepTypes(table);
    }

    private void KeepTypes(TableDefinition table)
    {
        foreach (ColumnDefinition column in table.Columns)
        {
            _types[$"{table.FullName}.{column.Name}"] = column.Type;
        }

        ForgetTypes(table.FullName);
        Insert(SqliteSession.ColumnTypes, table.Columns.Select(column => new object?[]
        {
            table.FullName, column.Name, column.Type.ToString().ToLowerInvariant(),
        }), CancellationToken.None);
    }

    private void ForgetTypes(string table) =>
        Execute($"DELETE FROM {SqliteSession.ColumnTypes.FullName} WHERE table_name = {SqliteText.Literal(table)}");

    private static string Comment(string text) => text.Length == 0 ? "" : $" -- {text.ReplaceLineEndings(" ")}";

    private void Insert(TableDefinition table, IEnumerable<object?[]> rows, CancellationToken cancellation)
    {
        try
        {
            SqliteRows.Insert(_connection, table, rows, cancellation);
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    /// <summary>
    /// Without a journal a statement that fails half-way leaves its half, so nothing of that run may be published.
    /// </summary>
    private long Execute(string sql, CancellationToken cancellation = default)
    {
        try
        {
            return SqliteSession.Execute(_connection, sql, cancellation);
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }
}
