using System.Data.Common;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.DuckDb;

/// <summary>Opens DuckDB and speaks to it: one place for settings, cancellation and errors.</summary>
internal static class DuckDbSession
{
    /// <summary>What DuckDB says of a file of its own that is no longer whole.</summary>
    private static readonly string[] Damages =
        ["not a valid DuckDB database file", "Corrupt database file", "Could not read enough bytes", "does not match the stored checksum"];

    /// <summary>
    /// Connects with automatic extensions off, so that nothing is ever fetched. New files get the format that DuckDB reads since
    /// 1.3: a key is found among texts in half the time of the format that it would choose.
    /// </summary>
    /// <exception cref="ShopLakeException">The file is missing, is none of DuckDB or another process uses it.</exception>
    public static DuckDBConnection Connect(string file, bool readOnly)
    {
        // Quotes what a path may hold and a list of settings may not.
        var settings = new DbConnectionStringBuilder
        {
            ["DataSource"] = file,
            ["ACCESS_MODE"] = readOnly ? "READ_ONLY" : "AUTOMATIC",
            ["autoinstall_known_extensions"] = "false",
            ["autoload_known_extensions"] = "false",
            ["storage_compatibility_version"] = "v1.3.0",
        };
        var connection = new DuckDBConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (DuckDBException exception)
        {
            connection.Dispose();
            throw new ShopLakeException(
                FailureKind.OutOfReach, $"The warehouse {file} cannot be opened: {Explained(exception)}", exception);
        }
    }

    /// <summary>What DuckDB says, without its advice for its own program, and what to do.</summary>
    private static string Explained(DuckDBException exception)
    {
        string message = exception.Message.Split(["\n", " However, ", " See also "], StringSplitOptions.None)[0].Trim();
        return message.Contains("Could not set lock", StringComparison.Ordinal)
            ? $"{message} Another process is using it; wait for that one to end and try again."
            : Damages.Any(damage => message.Contains(damage, StringComparison.Ordinal))
                ? $"{message} Delete it and run: shoplake run, which computes it again from Bronze."
                : message;
    }

    public static long Execute(DuckDBConnection connection, string sql, CancellationToken cancellation) =>
        Run(connection, sql, command => (long)command.ExecuteNonQuery(), cancellation);

    public static QueryResult Query(DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = [];
        var rows = new List<object?[]>();
        Read(connection, sql, columns => names = columns, row => rows.Add([.. row]), cancellation);
        return new QueryResult(names, rows);
    }

    /// <summary>The tables that are there, each as schema and name.</summary>
    public static HashSet<string> Tables(DuckDBConnection connection) =>
    [
        .. Query(connection, "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database()",
            CancellationToken.None).Rows.Select(row => (string)row[0]!),
    ];

    /// <summary>Hands rows on one by one, so that a result need not fit in memory.</summary>
    public static void Read(
        DuckDBConnection connection, string sql, Action<IReadOnlyList<string>> columns,
        Action<IReadOnlyList<object?>> row, CancellationToken cancellation) =>
        Run(connection, sql, command =>
        {
            command.UseStreamingMode = true;
            using DbDataReader reader = command.ExecuteReader();
            columns([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]);
            long rows = 0;
            for (; reader.Read(); rows++)
            {
                var values = new object?[reader.FieldCount];
                for (int column = 0; column < values.Length; column++)
                {
                    values[column] = reader.IsDBNull(column) ? null : ValueOf(reader, column);
                }

                row(values);
            }

            return rows;
        }, cancellation);

    private static T Run<T>(
        DuckDBConnection connection, string sql, Func<DuckDBCommand, T> execute, CancellationToken cancellation)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        try
        {
            return execute(command);
        }
        catch (DuckDBException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Failed(exception);
        }
    }

    /// <summary>A statement may be wrong, or the machine lack what it needs: a full disk is nobody's SQL.</summary>
    private static ShopLakeException Failed(DuckDBException exception)
    {
        string message = exception.Message.Trim();
        (string Sign, string Cure)[] lacks =
        [
            ("No space left on device", "The disk is full. Free some space and run again; what was published stands."),
            ("checkpointing failed", "The warehouse could not be written; the disk may be full. Free some space and run again; what was published stands."),
            ("Out of Memory Error", "Set a greater limits.memory_limit in shoplake.yaml."),
            .. Damages.Select(damage => (damage, "Delete the warehouse and run: shoplake run, which computes it again from Bronze.")),
        ];
        string? cure = lacks.FirstOrDefault(lack => message.Contains(lack.Sign, StringComparison.Ordinal)).Cure;
        return cure is null
            ? new ShopLakeException(FailureKind.Usage, message, exception)
            : new ShopLakeException(FailureKind.OutOfReach, $"{message}\n{cure}", exception);
    }

    private static object ValueOf(DbDataReader reader, int column)
    {
        try
        {
            return Plain(reader.GetValue(column));
        }
        catch (Exception exception) when (exception is not DuckDBException)
        {
            throw UnshownValue.Of(reader.GetName(column), exception);
        }
    }

    private static object Plain(object value) => value switch
    {
        Stream blob => Bytes(blob),
        sbyte or short or int or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        BigInteger big when big >= long.MinValue && big <= long.MaxValue => (long)big,
        float single => (double)single,
        DateTime instant => DateTime.SpecifyKind(instant, DateTimeKind.Utc),
        _ => value,
    };

    /// <summary>The stream shows DuckDB's memory, which is gone with the next rows.</summary>
    private static byte[] Bytes(Stream blob)
    {
        byte[] bytes = new byte[blob.Length];
        blob.ReadExactly(bytes);
        return bytes;
    }
}
