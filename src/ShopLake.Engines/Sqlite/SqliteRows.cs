using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ShopLake.Catalog;
using SQLitePCL;

namespace ShopLake.Engines.Sqlite;

/// <summary>Puts rows that the program has into a table, by one statement that is bound anew for each.</summary>
internal static class SqliteRows
{
    /// <exception cref="ShopLakeException">A value does not fit its column.</exception>
    public static void Insert(
        SqliteConnection connection, TableDefinition table, IEnumerable<object?[]> rows, CancellationToken cancellation)
    {
        sqlite3 database = connection.Handle!;
        string values = string.Join(", ", table.Columns.Select(_ => "?"));
        string insert = $"INSERT INTO {table.FullName} VALUES ({values})";
        using Activity? announced = SqliteSession.Announce(insert);
        Check(database, raw.sqlite3_prepare_v2(database, insert, out sqlite3_stmt statement));
        using (statement)
        {
            foreach (object?[] row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int column = 0; column < row.Length; column++)
                {
                    Check(database, Bind(statement, column + 1, SqliteText.Stored(row[column])));
                }

                Check(database, raw.sqlite3_step(statement));
                Check(database, raw.sqlite3_reset(statement));
            }
        }
    }

    private static int Bind(sqlite3_stmt statement, int parameter, object? value) => value switch
    {
        long number => raw.sqlite3_bind_int64(statement, parameter, number),
        double real => raw.sqlite3_bind_double(statement, parameter, real),
        string text => raw.sqlite3_bind_text(statement, parameter, text),
        _ => raw.sqlite3_bind_null(statement, parameter),
    };

    private static void Check(sqlite3 database, int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            throw SqliteSession.Explained(new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), result));
        }
    }
}
