using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ShopLake.Catalog;
using ShopLake.Run;
using SQLitePCL;

namespace ShopLake.Engines.Sqlite;

/// <summary>Opens SQLite and speaks to it: one place for settings, cancellation, types and errors.</summary>
internal static class SqliteSession
{
    /// <summary>One file each, attached under its name.</summary>
    public static readonly IReadOnlyList<string> Layers = ["bronze", "silver", "gold", "prep", "config", "ops"];

    /// <summary>What type each column has: what SQLite's own types do not tell.</summary>
    public static readonly TableDefinition ColumnTypes = new("config", "columns",
    [
        new("table_name", ColumnType.Text, "schema and table"),
        new("column_name", ColumnType.Text, "column"),
        new("column_type", ColumnType.Text, "text, bigint, amount, double, boolean, timestamp or date"),
    ]);

    /// <summary>Tells each statement to whoever listens, as PostgreSQL's driver does by itself under the name Npgsql.</summary>
    private static readonly ActivitySource Statements = new("ShopLake.Sqlite");

    private const int DoubleQuotedTextInDml = 1013;
    private const int DoubleQuotedTextInDdl = 1014;

    /// <summary>Lasts as long as the statement; null where nobody listens.</summary>
    public static Activity? Announce(string sql) => Statements.StartActivity()?.SetTag("db.query.text", sql);

    /// <summary>A connection that knows the vocabulary and has no layers yet.</summary>
    /// <param name="settingsRow">SELECT of the vocabulary's settings.</param>
    public static SqliteConnection Connect(string settingsRow)
    {
        // As a URI, so that layers can be attached by URIs, too.
        var connection = new SqliteConnection("Data Source=file::memory:;Pooling=False");
        connection.Open();
        raw.sqlite3_db_config(connection.Handle, DoubleQuotedTextInDml, 0, out _);
        raw.sqlite3_db_config(connection.Handle, DoubleQuotedTextInDdl, 0, out _);
        Execute(connection, "PRAGMA case_sensitive_like = ON", CancellationToken.None);
        SqliteVocabulary.Teach(connection, settingsRow);
        return connection;
    }

    /// <summary>
    /// Attaches the layers of a published folder, which nothing changes any more; empty ones where there is none.
    /// </summary>
    public static void AttachPublished(SqliteConnection connection, string? folder)
    {
        foreach (string layer in Layers)
        {
            string file = folder is null
                ? ":memory:"
                : $"file:{Uri.EscapeDataString(FileOf(folder, layer))}?mode=ro&immutable=1";
            Execute(connection, $"ATTACH {SqliteText.Literal(file)} AS {layer}", CancellationToken.None);
        }
    }

    /// <summary>Lets go of the layers that are attached: none, some or all.</summary>
    public static void Detach(SqliteConnection connection)
    {
        foreach (object?[] layer in Query(
            connection, "SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')", NoTypes, CancellationToken.None).Rows)
        {
            Execute(connection, $"DETACH {layer[0]}", CancellationToken.None);
        }
    }

    public static string FileOf(string folder, string layer) => Path.Combine(folder, $"{layer}.sqlite");

    public static bool Exists(SqliteConnection connection, string schema, string table) => Query(connection,
        $"SELECT 1 FROM {schema}.sqlite_schema WHERE type = 'table' AND name = {SqliteText.Literal(table)}",
        NoTypes, CancellationToken.None).Rows.Count > 0;

    /// <summary>The types of all columns, by schema, table and column.</summary>
    public static Dictionary<string, ColumnType> ReadTypes(SqliteConnection connection) =>
        !Exists(connection, ColumnTypes.Schema, ColumnTypes.Name) ? [] : Query(connection,
            $"SELECT table_name || '.' || column_name, column_type FROM {ColumnTypes.FullName}", NoTypes,
            CancellationToken.None).Rows.ToDictionary(
                row => (string)row[0]!, row => Enum.Parse<ColumnType>((string)row[1]!, ignoreCase: true),
                StringComparer.Ordinal);

    public static long Execute(SqliteConnection connection, string sql, CancellationToken cancellation) =>
        Run(connection, sql, command =>
        {
            long before = raw.sqlite3_total_changes(connection.Handle);
            command.ExecuteNonQuery();
            return raw.sqlite3_total_changes(connection.Handle) - before;
        }, cancellation);

    public static QueryResult Query(
        SqliteConnection connection, string sql, IReadOnlyDictionary<string, ColumnType> types,
        CancellationToken cancellation)
    {
        IReadOnlyList<string> names = [];
        var rows = new List<object?[]>();
        Read(connection, sql, types, columns => names = columns, row => rows.Add([.. row]), cancellation);
        return new QueryResult(names, rows);
    }

    /// <summary>
    /// What the columns of a SELECT are called, and their types where they are columns of tables; it is not run.
    /// </summary>
    public static IReadOnlyList<(string Name, ColumnType? Type)> Columns(
        SqliteConnection connection, string select, IReadOnlyDictionary<string, ColumnType> types)
    {
        int result = raw.sqlite3_prepare_v2(connection.Handle, select, out sqlite3_stmt statement);
        using (statement)
        {
            return result != raw.SQLITE_OK
                ? throw Explained(new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), result))
                : [.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(column =>
                    (raw.sqlite3_column_name(statement, column).utf8_to_string(), TypeOf(statement, column, types)))];
        }
    }

    /// <summary>
    /// Hands rows on one by one, so that a result need not fit in memory. The list is the same for every row.
    /// </summary>
    public static void Read(
        SqliteConnection connection, string sql, IReadOnlyDictionary<string, ColumnType> types,
        Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row, CancellationToken cancellation) =>
        Run(connection, sql, command =>
        {
            using SqliteDataReader reader = command.ExecuteReader();
            columns([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]);
            ColumnType?[] known =
                [.. Enumerable.Range(0, reader.FieldCount).Select(column => TypeOf(reader.Handle!, column, types))];
            object?[] values = new object?[reader.FieldCount];
            while (reader.Read())
            {
                for (int column = 0; column < values.Length; column++)
                {
                    values[column] = reader.IsDBNull(column)
                        ? null
                        : SqliteText.Plain(reader.GetValue(column), known[column]);
                }

                row(values);
            }

            return 0;
        }, cancellation);

    /// <summary>Runs with SQLite's errors put into words of ours, and ends when asked to.</summary>
    public static T Run<T>(
        SqliteConnection connection, string sql, Func<SqliteCommand, T> execute, CancellationToken cancellation)
    {
        using Activity? statement = Announce(sql);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenRegistration registration =
            cancellation.Register(() => raw.sqlite3_interrupt(connection.Handle));
        try
        {
            return execute(command);
        }
        catch (SqliteException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Explained(exception);
        }
    }

    public static ShopLakeException Explained(SqliteException exception) => new(
        exception.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH
            or raw.SQLITE_RANGE or raw.SQLITE_TOOBIG or raw.SQLITE_AUTH or raw.SQLITE_MISUSE or raw.SQLITE_READONLY
            ? FailureKind.Usage
            : FailureKind.OutOfReach,
        exception.Message.Trim()
            + (exception.SqliteErrorCode == raw.SQLITE_FULL ? "\nFree some space and run again; what was published stands." : ""),
        exception);

    private static Dictionary<string, ColumnType> NoTypes { get; } = [];

    /// <summary>The type of the table's column that a column of the result is; null where it was computed.</summary>
    private static ColumnType? TypeOf(sqlite3_stmt statement, int column, IReadOnlyDictionary<string, ColumnType> types)
    {
        string? origin = raw.sqlite3_column_origin_name(statement, column).utf8_to_string();
        return origin is not null && types.TryGetValue(
            $"{raw.sqlite3_column_database_name(statement, column).utf8_to_string()}."
            + $"{raw.sqlite3_column_table_name(statement, column).utf8_to_string()}.{origin}", out ColumnType type)
            ? type
            : null;
    }
}
