using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using ShopLake.Run;

namespace ShopLake.Engines.Postgres;

/// <summary>Connects to PostgreSQL and speaks to it: one place for settings, cancellation and errors.</summary>
internal static class PostgresSession
{
    private const int OldestMajorVersion = 15;
    private const int ConnectAttempts = 3;
    private const int RecoveryAttempts = 60;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// What every session needs: plain dates, no surprises from the server's configuration, and a server that notices by
    /// itself when this process is gone, so that a killed run does not hold its lock.
    /// </summary>
    private const string Settings = """
        SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET jit = off; SET work_mem = '128MB';
        SET maintenance_work_mem = '256MB'; SET statement_timeout = 0; SET lock_timeout = 0;
        SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;
        SET client_connection_check_interval = '2s'; SET client_min_messages = warning
        """;

    /// <exception cref="ShopLakeException">It cannot be reached or used.</exception>
    public static NpgsqlConnection Connect(NpgsqlConnectionStringBuilder target)
    {
        NpgsqlConnection connection = Opened(target);
        try
        {
            RequireUsable(connection);
            Execute(connection, Settings, CancellationToken.None);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static string VersionOf(NpgsqlConnection connection) => $"PostgreSQL {connection.PostgreSqlVersion}";

    public static long Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation) =>
        Run(connection, sql, command => (long)command.ExecuteNonQuery(), cancellation);

    public static QueryResult Query(NpgsqlConnection connection, string sql, CancellationToken cancellation) =>
        Run(connection, sql, command =>
        {
            using NpgsqlDataReader reader = command.ExecuteReader();
            var rows = new List<object?[]>();
            while (reader.Read())
            {
                rows.Add(Row(reader));
            }

            return new QueryResult(Names(reader), rows);
        }, cancellation);

    public static IReadOnlyList<string> Names(NpgsqlDataReader reader) =>
        [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    /// <summary>The row that the reader stands on, in the types of <see cref="QueryResult"/>.</summary>
    public static object?[] Row(NpgsqlDataReader reader)
    {
        var values = new object?[reader.FieldCount];
        for (int column = 0; column < values.Length; column++)
        {
            values[column] = reader.IsDBNull(column) ? null : ValueOf(reader, column);
        }

        return values;
    }

    /// <summary>
    /// Sends one statement as it is. Other calls take a text apart at its semicolons, which somebody else's must not be.
    /// </summary>
    public static void ExecuteWhole(NpgsqlConnection connection, string statement, CancellationToken cancellation) =>
        ExecuteAtOnce(connection, [statement], cancellation);

    /// <summary>Sends statements as they are and waits once, for the last of them.</summary>
    /// <returns>The rows of each: read, written or changed.</returns>
    public static IReadOnlyList<long> ExecuteAtOnce(
        NpgsqlConnection connection, IReadOnlyList<string> statements, CancellationToken cancellation) =>
        Explained(string.Join(";\n", statements), () =>
        {
            using NpgsqlBatch batch = connection.CreateBatch();
            foreach (string statement in statements)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            }

            using CancellationTokenRegistration registration = cancellation.Register(batch.Cancel);
            batch.ExecuteNonQuery();
            return batch.BatchCommands.Cast<NpgsqlBatchCommand>()
                .Select(command => checked((long)command.Rows)).ToArray();
        }, cancellation);

    public static T Run<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlCommand, T> execute, CancellationToken cancellation) =>
        Explained(sql, () =>
        {
            using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = sql;
            using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
            return execute(command);
        }, cancellation);

    /// <summary>Does something with the server and says in ShopLake's words what went wrong.</summary>
    public static T Explained<T>(string sql, Func<T> act, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return act();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new ShopLakeException(FailureKind.OutOfReach,
                "Somebody cancelled a statement of this run on the server; nothing was published. Run again.", exception);
        }
        catch (PostgresException exception)
        {
            throw Refused(exception, sql);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or SocketException or TimeoutException)
        {
            throw Lost(exception);
        }
    }

    /// <summary>A server that starts or recovers is waited for; one that does not answer is asked a few times.</summary>
    private static NpgsqlConnection Opened(NpgsqlConnectionStringBuilder target)
    {
        for (int attempt = 1; ; attempt++)
        {
            var connection = new NpgsqlConnection(target.ConnectionString);
            try
            {
                connection.Open();
                return connection;
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
            {
                connection.Dispose();
                bool isStarting = (exception as PostgresException)?.SqlState == PostgresErrorCodes.CannotConnectNow;
                bool isSilent = exception is not PostgresException;
                if (attempt >= (isStarting ? RecoveryAttempts : isSilent ? ConnectAttempts : 1))
                {
                    throw new ShopLakeException(FailureKind.OutOfReach,
                        $"PostgreSQL at {target.Host}:{target.Port}, database {(string.IsNullOrEmpty(target.Database) ? target.Username : target.Database)}, "
                        + $"cannot be reached as {target.Username}: {exception.Message}\nTry: look at {PostgresTarget.Variable} or url, and whether the server runs.",
                        exception)
                    { IsTransient = isStarting || isSilent };
                }

                Thread.Sleep(BetweenAttempts);
            }
        }
    }

    private static void RequireUsable(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major < OldestMajorVersion)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"This is PostgreSQL {connection.PostgreSqlVersion}; the models need {OldestMajorVersion} or later.");
        }

        if (connection.PostgresParameters["server_encoding"] is not "UTF8" and var encoding)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"The database {connection.Database} keeps text as {encoding}, which cannot hold every name of a customer. "
                + "Try: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0");
        }
    }

    private static ShopLakeException Refused(PostgresException exception, string sql)
    {
        bool isLost = exception.SqlState.StartsWith("08", StringComparison.Ordinal)
            || exception.SqlState.StartsWith("57P", StringComparison.Ordinal);
        if (isLost)
        {
            return Lost(exception);
        }

        bool isServer = exception.SqlState[..2] is "53" or "58" or "40" or "28" or "XX" || exception.SqlState == PostgresErrorCodes.InsufficientPrivilege;
        return new ShopLakeException(isServer ? FailureKind.OutOfReach : FailureKind.Usage, Described(exception, sql), exception)
        {
            IsTransient = exception.SqlState.StartsWith("40", StringComparison.Ordinal),
        };
    }

    private static ShopLakeException Lost(Exception exception) => new(FailureKind.OutOfReach,
        $"The connection to PostgreSQL was lost: {exception.Message}\nWhat was not published is as if it had never been begun. "
        + "Try: run again when the server is back.", exception)
    { IsTransient = true };

    /// <summary>The server's words, with the line they are about.</summary>
    private static string Described(PostgresException exception, string sent)
    {
        string sql = exception.BatchCommand?.CommandText ?? sent;
        string more = string.Concat(new[] { exception.Detail, exception.Hint }
            .Where(text => !string.IsNullOrEmpty(text)).Select(text => $" {text}"));
        string cure = exception.SqlState == PostgresErrorCodes.InsufficientPrivilege
            ? "\nTry: grant the role what docs/postgres.md names under \"Least rights\"."
            : "";
        string message = $"{exception.MessageText}.{more} ({exception.SqlState}){cure}";
        if (exception.Position < 1 || exception.Position > sql.Length)
        {
            return message;
        }

        int offset = exception.Position - 1;
        int line = sql.AsSpan(0, offset).Count('\n') + 1;
        int start = sql.LastIndexOf('\n', Math.Max(0, offset - 1)) + 1;
        int end = sql.IndexOf('\n', offset) is var found and >= 0 ? found : sql.Length;
        return string.Create(CultureInfo.InvariantCulture,
            $"{message}\nLINE {line}: {sql[start..end].TrimEnd()}");
    }

    private static object ValueOf(NpgsqlDataReader reader, int column)
    {
        try
        {
            return Plain(reader.GetValue(column));
        }
        catch (Exception exception) when (exception is InvalidCastException or ArgumentException or ArithmeticException or FormatException)
        {
            throw UnshownValue.Of(reader.GetName(column), exception);
        }
    }

    private static object Plain(object value) => value switch
    {
        short or int => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float single => (double)single,
        decimal { Scale: 0 } whole when whole >= long.MinValue && whole <= long.MaxValue => (long)whole,
        DateTime instant => DateTime.SpecifyKind(instant, DateTimeKind.Utc),
        long or double or bool or string or decimal or DateOnly or TimeOnly or Array => value,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
