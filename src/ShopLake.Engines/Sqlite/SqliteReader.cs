using Microsoft.Data.Sqlite;
using ShopLake.Catalog;
using ShopLake.Run;
using SQLitePCL;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// Reads one published state of a SQLite warehouse by statements that can do nothing else. It never waits for a run,
/// nor keeps one waiting, and sees that state until it is disposed.
/// </summary>
public sealed class SqliteReader : IWarehouseReader
{
    private const string OnlyQuestions = "A query is one SELECT; the warehouse is changed by runs only.";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, ColumnType> _types;

    private SqliteReader(SqliteConnection connection)
    {
        _connection = connection;
        _types = SqliteSession.ReadTypes(connection);
    }

    /// <param name="folder">The state, links resolved.</param>
    /// <param name="settingsRow">The vocabulary's settings.</param>
    public static SqliteReader Open(string folder, string settingsRow)
    {
        SqliteConnection connection = SqliteSession.Connect(settingsRow);
        try
        {
            SqliteSession.AttachPublished(connection, folder);
            var reader = new SqliteReader(connection);
            raw.sqlite3_set_authorizer(connection.Handle, Authorize, null);
            return reader;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation)
    {
        RequireOne(sql);
        try
        {
            SqliteSession.Read(_connection, sql, _types, columns, row, cancellation);
        }
        catch (ShopLakeException refused) when (
            refused.InnerException is SqliteException { SqliteErrorCode: raw.SQLITE_AUTH })
        {
            throw new ShopLakeException(FailureKind.Usage, OnlyQuestions, refused);
        }
    }

    public bool Exists(TableDefinition table) => SqliteSession.Exists(_connection, table.Schema, table.Name);

    public void Dispose() => _connection.Dispose();

    /// <summary>What stands behind a first statement would be left out in silence.</summary>
    private void RequireOne(string sql)
    {
        _ = raw.sqlite3_prepare_v2(_connection.Handle, sql, out sqlite3_stmt first, out string rest);
        first?.Dispose();
        if (rest is not { Length: > 0 })
        {
            return;
        }

        int result = raw.sqlite3_prepare_v2(_connection.Handle, rest, out sqlite3_stmt second);
        bool isEmpty = result == raw.SQLITE_OK && second is null or { IsInvalid: true };
        second?.Dispose();
        if (!isEmpty)
        {
            throw new ShopLakeException(FailureKind.Usage, OnlyQuestions);
        }
    }

    /// <summary>Reading tables and calling functions is all that a question needs.</summary>
    private static int Authorize(
        object? state, int action, string? first, string? second, string? database, string? trigger) =>
        action is raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_FUNCTION or raw.SQLITE_RECURSIVE
            ? raw.SQLITE_OK
            : raw.SQLITE_DENY;
}
