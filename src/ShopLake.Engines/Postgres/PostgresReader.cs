using System.Data;
using Npgsql;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.Postgres;

/// <summary>
/// Answers questions from one snapshot in a transaction that may not write. A question is opened as a cursor, which is only
/// possible for a SELECT that changes nothing, and its rows are fetched as they are asked for.
/// </summary>
public sealed class PostgresReader : IWarehouseReader
{
    private const int RowsAtOnce = 10_000;

    private readonly NpgsqlConnection _connection;
    private readonly PostgresPlaces _places;

    private PostgresReader(NpgsqlConnection connection, string prefix)
    {
        _connection = connection;
        _places = new PostgresPlaces(prefix);
    }

    /// <param name="lake">What tells the lake from others; empty before its first commit.</param>
    /// <param name="prefix">Stands before the names of the warehouse's schemas; empty for the live one.</param>
    /// <exception cref="ShopLakeException">The server is out of reach, or nothing was published there.</exception>
    internal static PostgresReader Open(NpgsqlConnectionStringBuilder target, string lake, string prefix)
    {
        var reader = new PostgresReader(PostgresSession.Connect(target), prefix);
        try
        {
            PostgresOwner.Require(reader._connection, reader._places, lake);
            reader.Execute($"SET search_path = {PostgresText.Name(reader._places.FunctionSchema)}");
            reader.BeginSnapshot();
            return reader.Exists(OpsTables.Published) ? reader : throw new ShopLakeException(FailureKind.OutOfReach,
                $"Nothing was published to the database {reader._connection.Database} yet.\nTry: shoplake run, which builds it.");
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation)
    {
        try
        {
            PostgresSession.ExecuteWhole(
                _connection, $"DECLARE question NO SCROLL CURSOR FOR\n{_places.In(sql)}", cancellation);
            bool isFirst = true;
            while (Fetch(columns, row, isFirst, cancellation) == RowsAtOnce)
            {
                isFirst = false;
            }

            Execute("CLOSE question", cancellation);
        }
        catch (ShopLakeException) when (_connection.State == ConnectionState.Open)
        {
            Execute("ROLLBACK", CancellationToken.None);
            BeginSnapshot();
            throw;
        }
    }

    /// <summary>Asked of the catalogue, which also those may read who may read nothing but Gold.</summary>
    public bool Exists(TableDefinition table) => PostgresSession.Query(_connection, $"""
        SELECT 1 FROM pg_class AS c INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = {PostgresText.Literal(_places.Prefix + table.Schema)} AND c.relname = {PostgresText.Literal(table.Name)}
        """, CancellationToken.None).Rows.Count > 0;

    public void Dispose()
    {
        _places.Dispose();
        _connection.Dispose();
    }

    private int Fetch(
        Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row, bool isFirst, CancellationToken cancellation) =>
        PostgresSession.Run(_connection, $"FETCH FORWARD {RowsAtOnce} FROM question", command =>
        {
            using NpgsqlDataReader reader = command.ExecuteReader();
            if (isFirst)
            {
                columns(PostgresSession.Names(reader));
            }

            int rows = 0;
            for (; reader.Read(); rows++)
            {
                row(PostgresSession.Row(reader));
            }

            return rows;
        }, cancellation);

    private void BeginSnapshot() => Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

    private void Execute(string sql, CancellationToken cancellation = default) =>
        PostgresSession.Execute(_connection, sql, cancellation);
}
