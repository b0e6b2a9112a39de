using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.DuckDb;

/// <summary>DuckDB inside the process: the default warehouse, one file in the lake.</summary>
public sealed class DuckDbEngine : IParquetEngine
{
    private const string InMemory = ":memory:";

    private readonly Func<DuckDBConnection> _connect;
    private readonly string _functions;
    private readonly DuckDbAnew? _anew;
    private DuckDBConnection _connection;
    private bool _isOpen;

    /// <summary>DuckDB writes the definition of each table to tell that one of them is there, so they are asked for together.</summary>
    private HashSet<string>? _tables;

    private DuckDbEngine(Func<DuckDBConnection> connect, string functions, DuckDbAnew? anew)
    {
        _connect = connect;
        _functions = functions;
        _anew = anew;
        _connection = connect();
        anew?.Clear();
    }

    public string Name => "duckdb";

    public string Version => (string)Query("SELECT version()", CancellationToken.None).Rows[0][0]!;

    /// <summary>Opens the warehouse for a run.</summary>
    /// <param name="file">The warehouse file, or <c>:memory:</c>.</param>
    /// <param name="functions">Statements that make the vocabulary of the models, settings filled in.</param>
    /// <param name="memoryLimit">In DuckDB's words, for example <c>4GB</c>.</param>
    /// <param name="spillFolder">Where DuckDB may put what does not fit in memory; null where nothing may be written.</param>
    /// <exception cref="ShopLakeException">Another process holds the warehouse.</exception>
    public static DuckDbEngine Open(string file, string functions, string memoryLimit, string? spillFolder)
    {
        return new DuckDbEngine(Connect, functions, file == InMemory ? null : new DuckDbAnew(file));

        DuckDBConnection Connect()
        {
            DuckDBConnection connection = DuckDbSession.Connect(file, readOnly: false);
            try
            {
                Prepare(connection,
                    $"SET memory_limit = {DuckDbText.Literal(memoryLimit)}",
                    "SET preserve_insertion_order = false",
                    // Files of Bronze and Gold are never changed, and each statement would read their metadata again.
                    "SET parquet_metadata_cache = true",
                    $"SET temp_directory = {DuckDbText.Literal(spillFolder ?? "")}",
                    OfThisConnection(functions));
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    public void Begin()
    {
        Reconnect();
        Open();
    }

    /// <summary>
    /// Each table lasts once it is made, for reading what an open transaction has written keeps processors waiting. Of a
    /// warehouse that others read, a file of its own takes the tables, and then the place of the warehouse's file.
    /// </summary>
    public void BeginAnew()
    {
        Reconnect();
        if (_anew is not null)
        {
            _anew.Begin(_connection);
            Prepare(_connection, _functions);
        }
    }

    public void Commit()
    {
        End("COMMIT");
        _anew?.Publish(_connection);
    }

    public void Rollback()
    {
        End("ROLLBACK");
        _anew?.Abandon(_connection);
    }

    public TableDefinition KeptOf(TableDefinition raw) => raw with { Name = $"{raw.Name}_kept" };

    public string ExposeBronze(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation)
    {
        Execute($"CREATE OR REPLACE VIEW {table.FullName} AS {SelectKeepingSmall(table, bronze, after, cancellation)}", cancellation);
        return bronze.SelectAfter(table, after);
    }

    public long Materialize(TableDefinition table, string comment, string select, CancellationToken cancellation)
    {
        bool isAlone = !_isOpen;
        if (isAlone)
        {
            Open();
        }

        Create(table, comment);
        long rows = Execute($"INSERT INTO {table.FullName} SELECT {Columns(table)} FROM (\n{select}\n) AS model", cancellation);
        if (isAlone)
        {
            End("COMMIT");
        }

        return rows;
    }

    /// <summary>Reads columns of many rows at once, and looks none up.</summary>
    public void Index(TableDefinition table, IReadOnlyList<IReadOnlyList<string>> keys, CancellationToken cancellation)
    {
    }

    public long Stage(string name, string select, CancellationToken cancellation)
    {
        Keep(name, select, cancellation);
        return (long)Query($"SELECT count(*) FROM {name}", cancellation).Rows[0][0]!;
    }

    /// <summary>
    /// Through a condition that all rows fulfil. Only where a condition holds on the smaller side of a join does DuckDB make a
    /// Bloom filter of it, by which rows of the larger side fall out before their other columns are read.
    /// </summary>
    public string Staged(string name) => $"({Filtered(name)})";

    /// <summary>
    /// A narrowed input that narrows others is staged first. How few rows are left of it is known only then; without that
    /// DuckDB would hash the table to be narrowed instead.
    /// </summary>
    public void StageModel(
        string name, TableDefinition table, IReadOnlyList<(string Name, string Select)> narrowed, string select,
        CancellationToken cancellation)
    {
        var kept = new List<string>();
        IReadOnlyList<(string Name, string Select)> joined = IEngine.StageSome(
            narrowed,
            (input, behind) => behind.Any(other => IEngine.Times(input, other) > 0),
            (input, rowsOfInput) =>
            {
                Keep(RowsOf(input), rowsOfInput, cancellation);
                Execute($"CREATE OR REPLACE TEMP VIEW {input} AS {Filtered(RowsOf(input))}", cancellation);
                kept.Add(input);
            });
        Keep(name, IEngine.Joined(joined, select), cancellation);
        kept.ForEach(input => Execute($"DROP VIEW {input}; DROP TABLE {RowsOf(input)}", cancellation));
    }

    public bool LooksUpByReading => true;

    /// <summary>Row numbers are found at once, while a key is found by reading its columns whole.</summary>
    public string? Place => "rowid";

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, string? standing,
        CancellationToken cancellation)
    {
        string columns = string.Join(", ", key.Select(DuckDbText.Name));
        string isChanged = key.Count == 0 ? "" : $" WHERE ({columns}) IN (SELECT {columns} FROM {Staged(changes)})";
        string isGone = standing is null ? isChanged : $" WHERE {Place} IN (SELECT {IEngine.PlaceColumn} FROM {Staged(standing)} AS s{isChanged})";
        Execute($"DELETE FROM {table.FullName}{isGone}", cancellation);
        Execute($"INSERT INTO {table.FullName} SELECT {Columns(table)} FROM {rows}{isChanged}", cancellation);
    }

    public void Fill(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        Create(table, comment);
        Insert(table, rows);
    }

    public void Append(TableDefinition table, string comment, IEnumerable<object?[]> rows)
    {
        if (!Exists(table))
        {
            Create(table, comment);
        }

        Insert(table, rows);
    }

    public bool Exists(TableDefinition table) => (_tables ??= DuckDbSession.Tables(_connection)).Contains(table.FullName);

    public void Drop(string name)
    {
        Execute($"DROP TABLE IF EXISTS {name}");
        _tables?.Remove(name);
    }

    public TableDigest Digest(TableDefinition table, CancellationToken cancellation) =>
        Digest(table, table.FullName, cancellation);

    public IReadOnlyList<TableDigest>? OwnDigests(IReadOnlyList<TableDefinition> tables, CancellationToken cancellation) =>
        [.. tables.Select(table => OwnDigest(table, table.FullName, cancellation))];

    public TableDigest DigestParquet(TableDefinition table, IReadOnlyList<string> files, CancellationToken cancellation) =>
        Digest(table, DuckDbText.Parquet(files), cancellation);

    public TableDigest OwnDigestParquet(TableDefinition table, IReadOnlyList<string> files, CancellationToken cancellation) =>
        OwnDigest(table, DuckDbText.Parquet(files), cancellation);

    private TableDigest OwnDigest(TableDefinition table, string rows, CancellationToken cancellation)
    {
        object?[] digest = Query(
            "SELECT count(*), cast(coalesce(sum(h & 4294967295), 0) AS bigint), cast(coalesce(sum(h >> 32), 0) AS bigint) "
            + $"FROM (SELECT hash({Columns(table)}) AS h FROM {rows})", cancellation).Rows[0];
        return new TableDigest((long)digest[0]!, (long)digest[1]!, (long)digest[2]!, 0, 0);
    }

    private TableDigest Digest(TableDefinition table, string rows, CancellationToken cancellation)
    {
        IEnumerable<int> parts = Enumerable.Range(0, 4);
        string words = string.Join(", ", parts.Select(part => $"cast((h >> {32 * part}) & 4294967295 AS bigint) AS w{part}"));
        string sums = string.Join(", ", parts.Select(part => $"cast(coalesce(sum({Turned($"w{part}")}), 0) AS bigint)"));
        object?[] digest = Query(
            $"SELECT count(*), {sums} FROM (SELECT {words} FROM (SELECT md5_number({DuckDbText.CanonicalRow(table.Columns)}) AS h "
            + $"FROM {rows}))",
            cancellation).Rows[0];
        return new TableDigest((long)digest[0]!, (long)digest[1]!, (long)digest[2]!, (long)digest[3]!, (long)digest[4]!);

        // As one number the hash begins with its last byte, so the four of each part are turned around.
        static string Turned(string word) =>
            $"(({word} & 255) << 24) | (({word} & 65280) << 8) | (({word} >> 8) & 65280) | ({word} >> 24)";
    }

    public QueryResult Query(string sql, CancellationToken cancellation) =>
        DuckDbSession.Query(_connection, sql, cancellation);

    public void WriteParquet(TableDefinition table, string? condition, IReadOnlyList<string> order, string file)
    {
        string where = condition is null ? "" : $" WHERE {condition}";
        string orderBy = order.Count == 0 ? "" : " ORDER BY " + string.Join(", ", order.Select(DuckDbText.Name));
        Execute($"COPY (SELECT * FROM {table.FullName}{where}{orderBy}) TO {DuckDbText.Literal(file)} (FORMAT parquet, COMPRESSION zstd)");
    }

    public void Dispose()
    {
        Rollback();
        _connection.Dispose();
    }

    /// <summary>
    /// A lake that is fed every few minutes has many small files, each of which would be opened by every question to Bronze. Their
    /// rows are kept here as well, and only large files are read where they stand.
    /// </summary>
    private string SelectKeepingSmall(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation)
    {
        TableDefinition kept = KeptOf(table);
        if (after == 0 || !Exists(kept))
        {
            after = 0;
            Create(kept, $"The rows of {table.FullName} that stand in small files of Bronze; the truth is there.");
        }

        if (bronze.Files is not { } files)
        {
            return bronze.Select(table);
        }

        Execute($"INSERT INTO {kept.FullName} {files.SelectSmall(table, after)}", cancellation);
        // Rows are counted by the first column of a union; a batch's number is the same in long runs, an id is not.
        string byBatch = string.Join(", ", table.Columns
            .OrderByDescending(column => column.Name == "_batch_id").Select(column => DuckDbText.Name(column.Name)));
        return $"SELECT {Columns(table)} FROM (SELECT {byBatch} FROM {kept.FullName} "
            + $"UNION ALL SELECT {byBatch} FROM ({files.SelectLarge(table)}))";
    }

    /// <summary>
    /// Functions that stand in the file belong to what is published: a plan changes nothing, and a run may yet be refused. Other
    /// functions make every model another one, and then a new file brings its own.
    /// </summary>
    private static string OfThisConnection(string functions) =>
        functions.Replace("CREATE OR REPLACE MACRO", "CREATE OR REPLACE TEMP MACRO", StringComparison.Ordinal);

    private void Keep(string name, string select, CancellationToken cancellation) =>
        Execute($"CREATE OR REPLACE TEMP TABLE {name} AS {select}", cancellation);

    private static string Filtered(string name) => $"SELECT * FROM {name} WHERE rowid >= 0";

    private static string RowsOf(string staged) => $"{staged}_rows";

    private static string Columns(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(column => DuckDbText.Name(column.Name)));

    private static void Prepare(DuckDBConnection connection, params IEnumerable<string> settings)
    {
        IEnumerable<string> schemas = new[] { "bronze", "silver", "gold", "prep", "config", "ops" }
            .Select(schema => $"CREATE SCHEMA IF NOT EXISTS {schema}");
        foreach (string statement in schemas.Concat(settings))
        {
            DuckDbSession.Execute(connection, statement, CancellationToken.None);
        }
    }

    /// <summary>What is written from here on must be logged beside the file's name of today.</summary>
    private void Reconnect()
    {
        _tables = null;
        if (_anew is { IsPublished: true })
        {
            _connection.Dispose();
            _anew.Leave();
            _connection = _connect();
        }
    }

    private void Open()
    {
        Execute("BEGIN TRANSACTION");
        _isOpen = true;
    }

    /// <summary>A commit that fails has ended its transaction, too.</summary>
    private void End(string statement)
    {
        _tables = null;
        if (_isOpen)
        {
            _isOpen = false;
            Execute(statement);
        }
    }

    private void Create(TableDefinition table, string comment)
    {
        string columns = string.Join(", ", table.Columns.Select(column =>
            $"{DuckDbText.Name(column.Name)} {DuckDbText.Type(column.Type)}"));
        Execute($"CREATE OR REPLACE TABLE {table.FullName} ({columns})");
        _tables?.Add(table.FullName);
        IEnumerable<string> comments = table.Columns
            .Where(column => column.Description.Length > 0)
            .Select(column => $"COMMENT ON COLUMN {table.FullName}.{DuckDbText.Name(column.Name)} IS {DuckDbText.Literal(column.Description)};")
            .Prepend(comment.Length > 0 ? $"COMMENT ON TABLE {table.FullName} IS {DuckDbText.Literal(comment)};" : "");
        if (string.Concat(comments) is { Length: > 0 } statements)
        {
            Execute(statements);
        }
    }

    private void Insert(TableDefinition table, IEnumerable<object?[]> rows)
    {
        string values = string.Join(", ", rows.Select(row =>
            $"({string.Join(", ", row.Select(DuckDbText.Literal))})"));
        if (values.Length > 0)
        {
            Execute($"INSERT INTO {table.FullName} VALUES {values}");
        }
    }

    private long Execute(string sql, CancellationToken cancellation = default) =>
        DuckDbSession.Execute(_connection, sql, cancellation);
}
