using System.Data;
using System.Globalization;
using Npgsql;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.Postgres;

/// <summary>
/// PostgreSQL, the shared warehouse. A run is one transaction in which tables are emptied by DELETE, so that readers go on
/// seeing the published rows without waiting and views and grants on the tables stay.
/// </summary>
public sealed class PostgresEngine : IEngine
{
    private readonly NpgsqlConnection _connection;
    private readonly PostgresPlaces _places;
    private readonly bool _isScratch;
    private readonly Dictionary<string, Reshaped> _reshaped = new(StringComparer.Ordinal);
    private readonly List<string> _dropped = [];
    private bool _isOpen;

    private PostgresEngine(NpgsqlConnection connection, string prefix, bool isScratch)
    {
        _connection = connection;
        _places = new PostgresPlaces(prefix);
        _isScratch = isScratch;
    }

    public string Name => "postgres";

    public string Version => PostgresSession.VersionOf(_connection);

    /// <summary>Opens a warehouse for a run, alone: a second one waits for a moment and then says so.</summary>
    /// <param name="functions">The vocabulary of the models, settings filled in.</param>
    /// <param name="lake">What tells the lake from others; empty before its first commit.</param>
    /// <param name="prefix">Stands before the names of its schemas; empty for the live one.</param>
    /// <exception cref="ShopLakeException">The server is out of reach, or another run holds the warehouse.</exception>
    internal static PostgresEngine Open(NpgsqlConnectionStringBuilder target, string functions, string lake, string prefix)
    {
        var engine = new PostgresEngine(PostgresSession.Connect(target), prefix, isScratch: false);
        return engine.Prepared(() =>
        {
            PostgresLock.Take(engine._connection, prefix);
            PostgresOwner.Require(engine._connection, engine._places, lake);
            PostgresSchemas.Prepare(engine._connection, engine._places, functions);
            PostgresOwner.Claim(engine._connection, engine._places, lake);
        });
    }

    /// <summary>
    /// An empty warehouse inside a transaction that is never committed: nobody sees it, and nothing of it can be left behind.
    /// </summary>
    internal static PostgresEngine OpenScratch(NpgsqlConnectionStringBuilder target, string functions)
    {
        NpgsqlConnection connection = PostgresSession.Connect(target);
        string prefix = string.Create(CultureInfo.InvariantCulture, $"scratch_{connection.ProcessID}_");
        var engine = new PostgresEngine(connection, prefix, isScratch: true);
        return engine.Prepared(() =>
        {
            engine.Execute("BEGIN");
            PostgresSchemas.Prepare(connection, engine._places, functions);
            engine.Execute("SAVEPOINT emptiness");
        });
    }

    public void Begin()
    {
        if (!_isScratch)
        {
            Execute("BEGIN");
        }

        _isOpen = true;
    }

    public void Commit()
    {
        foreach (Reshaped table in _reshaped.Values)
        {
            PostgresReshape.BringIn(_connection, _places, table);
        }

        _places.ForgetMoves();
        _reshaped.Clear();
        foreach (string name in _dropped)
        {
            PostgresReshape.DropTable(_connection, _places.OldOf(name));
        }

        _dropped.Clear();
        if (!_isScratch)
        {
            Execute("COMMIT");
        }

        _isOpen = false;
    }

    public void Rollback()
    {
        try
        {
            if (_isOpen && _connection.State == ConnectionState.Open)
            {
                Execute(_isScratch ? "ROLLBACK TO SAVEPOINT emptiness" : "ROLLBACK");
            }
        }
        catch (ShopLakeException lost) when (lost.IsTransient)
        {
            // A transaction whose connection is lost is forgotten by the server.
        }

        _places.ForgetMoves();
        _reshaped.Clear();
        _dropped.Clear();
        _isOpen = false;
    }

    public TableDefinition KeptOf(TableDefinition raw) => raw;

    public string ExposeBronze(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation)
    {
        if (after == 0)
        {
            Empty(table, "Rows as they came, from the files of Bronze.");
        }

        CopyIn(table, bronze.Rows(table, after, cancellation), cancellation);
        return string.Create(CultureInfo.InvariantCulture,
            $"SELECT {Columns(table)} FROM {table.FullName} WHERE _batch_id > {after}");
    }

    /// <summary>
    /// A table that is not there yet is made by its query, which PostgreSQL may then compute on several processors; rows that
    /// are inserted it computes on one.
    /// </summary>
    public long Materialize(TableDefinition table, string comment, string select, CancellationToken cancellation)
    {
        string place = _places.Of(table);
        bool isNew = PostgresSchemas.ColumnsOf(_connection, place).Count == 0;
        if (!isNew)
        {
            place = Empty(table, comment);
        }

        string statement = isNew
            ? $"CREATE TABLE {place} AS SELECT {string.Join(", ", table.Columns.Select(PostgresText.Typed))}"
            : $"INSERT INTO {place} ({Columns(table)}) SELECT {Columns(table)}";
        long rows = ExecuteAtOnce(
            [.. WithoutNestedLoops([$"{statement} FROM (\n{_places.In(select)}\n) AS model"])], cancellation)[1];
        if (isNew)
        {
            PostgresSchemas.Comment(_connection, table, place, comment);
        }

        return rows;
    }

    public void Index(TableDefinition table, IReadOnlyList<IReadOnlyList<string>> keys, CancellationToken cancellation)
    {
        if (_reshaped.TryGetValue(table.FullName, out Reshaped? reshaped))
        {
            _reshaped[table.FullName] = reshaped with { Keys = keys };
        }

        PostgresSchemas.Index(_connection, table, _places.Of(table), keys, cancellation);
    }

    public long Stage(string name, string select, CancellationToken cancellation) =>
        ExecuteAtOnce([.. Staging(name, select)], cancellation)[^2];

    /// <summary>Looks the narrowed inputs up by their indexes, and then computes from tables whose size is known.</summary>
    public void StageModel(
        string name, TableDefinition table, IReadOnlyList<(string Name, string Select)> narrowed, string select,
        CancellationToken cancellation) =>
        ExecuteAtOnce(
            [
                .. narrowed.SelectMany(input => Staging(input.Name, input.Select)),
                .. WithoutNestedLoops(Staging(name, select)),
            ],
            cancellation);

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, string? standing,
        CancellationToken cancellation)
    {
        string columns = string.Join(", ", key.Select(PostgresText.Name));
        string isChanged = key.Count == 0 ? "" : $" WHERE ({columns}) IN (SELECT {columns} FROM {changes})";
        ExecuteAtOnce(
            [
                $"DELETE FROM {_places.Of(table)}{isChanged}",
                $"INSERT INTO {_places.Of(table)} ({Columns(table)}) SELECT {Columns(table)} FROM {rows}{isChanged}",
            ],
            cancellation);
    }

    public void Fill(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        Empty(table, comment);
        CopyIn(table, rows, CancellationToken.None);
        Execute($"ANALYZE {_places.Of(table)}");
    }

    public void Append(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        if (!Exists(table))
        {
            Empty(table, comment);
        }

        CopyIn(table, rows, CancellationToken.None);
    }

    public bool Exists(TableDefinition table) => !_dropped.Contains(table.FullName)
        && PostgresSchemas.ColumnsOf(_connection, _places.Of(table)).Count > 0;

    /// <summary>Dropping locks readers out, so it waits for the end of the run.</summary>
    public void Drop(string name)
    {
        if (!_dropped.Contains(name))
        {
            _dropped.Add(name);
        }
    }

    public QueryResult Query(string sql, CancellationToken cancellation) =>
        PostgresSession.Query(_connection, _places.In(sql), cancellation);

    public TableDigest Digest(TableDefinition table, CancellationToken cancellation)
    {
        string row = string.Join(" || '|' || ", table.Columns.Select(PostgresText.Canonical));
        string parts = string.Join(", ", Enumerable.Range(0, 4).Select(part =>
            $"cast(coalesce(sum(('x' || substr(h, {(8 * part) + 1}, 8))::bit(32)::bigint), 0) AS bigint)"));

        // OFFSET 0 keeps the planner from computing the hash anew for each part.
        object?[] digest = PostgresSession.Query(
            _connection, $"SELECT count(*), {parts} FROM (SELECT md5({row}) AS h FROM {_places.Of(table)} OFFSET 0) AS r", cancellation).Rows[0];
        return new TableDigest((long)digest[0]!, (long)digest[1]!, (long)digest[2]!, (long)digest[3]!, (long)digest[4]!);
    }

    public void Dispose()
    {
        _places.Dispose();
        _connection.Dispose();
    }

    private PostgresEngine Prepared(Action prepare)
    {
        try
        {
            prepare();
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes the table anew and empty, without a reader noticing before the run is published.</summary>
    /// <returns>Where it stands.</returns>
    private string Empty(TableDefinition table, string comment)
    {
        string place = _places.Of(table);
        IReadOnlyDictionary<string, string> standing = PostgresSchemas.ColumnsOf(_connection, place);
        if (PostgresSchemas.HasColumnsOf(table, standing))
        {
            Execute($"DELETE FROM {place}");
        }
        else if (standing.Count == 0)
        {
            PostgresSchemas.Create(_connection, table, place);
        }
        else
        {
            Execute($"CREATE SCHEMA IF NOT EXISTS {PostgresText.Name(_places.Move(table))}");
            place = _places.Of(table);
            PostgresSchemas.Create(_connection, table, place);
            _reshaped[table.FullName] = new Reshaped(table, comment, []);
            return place;
        }

        PostgresSchemas.Comment(_connection, table, place, comment);
        return place;
    }

    private void CopyIn(TableDefinition table, IEnumerable<object?[]> rows, CancellationToken cancellation) =>
        PostgresCopy.In(_connection, $"COPY {_places.Of(table)} ({Columns(table)}) FROM STDIN (FORMAT BINARY)",
            [.. table.Columns.Select(column => column.Type)], rows, cancellation);

    /// <summary>
    /// A model reads what it is given whole. The planner thinks few rows are left where a join finds out what is not there, and
    /// would then go through one input for each row of another; so it is told to join by hashing or sorting.
    /// </summary>
    private static IEnumerable<string> WithoutNestedLoops(IEnumerable<string> statements) =>
        statements.Prepend("SET enable_nestloop = off").Append("SET enable_nestloop = on");

    /// <summary>Keeps rows under a name; the second one before the end of these tells how many.</summary>
    private IEnumerable<string> Staging(string name, string select) =>
        [$"DROP TABLE IF EXISTS pg_temp.{name}", $"CREATE TEMP TABLE {name} AS {_places.In(select)}", $"ANALYZE {name}"];

    private static string Columns(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(column => PostgresText.Name(column.Name)));

    private long Execute(string sql, CancellationToken cancellation = default) =>
        PostgresSession.Execute(_connection, sql, cancellation);

    private IReadOnlyList<long> ExecuteAtOnce(IReadOnlyList<string> statements, CancellationToken cancellation) =>
        PostgresSession.ExecuteAtOnce(_connection, statements, cancellation);
}
