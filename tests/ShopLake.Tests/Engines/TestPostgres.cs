using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace ShopLake.Tests.Engines;

/// <summary>The PostgreSQL that tests share: the one that is named for them, else one that they start, when the first asks for it.</summary>
internal static class TestPostgres
{
    private const string Variable = "SHOPLAKE_TEST_POSTGRES";

    private static readonly ConcurrentDictionary<string, Lazy<string>> Databases = new(StringComparer.Ordinal);

    private static readonly Lazy<PostgresCluster> Own = new(() => PostgresCluster.Start(isDurable: false));

    private static string Server => Named ?? Own.Value.ConnectionString;

    private static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>Skips the test where there is no server; in continuous integration nothing may be skipped.</summary>
    public static void Require()
    {
        if (Named is null)
        {
            RequirePrograms();
        }
    }

    /// <summary>The same for tests that kill servers, which they do to their own only.</summary>
    public static void RequirePrograms()
    {
        if (PostgresCluster.Programs is null)
        {
            const string cure = "PostgreSQL is not installed. Try: apt-get install postgresql, and tests start a server of their "
                + $"own; or export {Variable}='Host=…;Username=…;Password=…' of a role that may create databases and roles.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, cure);
            Assert.Fail(cure);
        }
    }

    /// <summary>Connection string of a database for a lake, the same one for each call.</summary>
    /// <param name="lake">The lake's folder.</param>
    /// <param name="options">Of CREATE DATABASE.</param>
    public static string DatabaseOf(string lake, string options = "")
    {
        Require();
        return Databases.GetOrAdd(lake, _ => new Lazy<string>(() =>
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"shoplake_test_{Guid.NewGuid():N}");
            Execute(Server, $"CREATE DATABASE {name} TEMPLATE template0 {(options.Length > 0 ? options : "LOCALE 'C' ENCODING 'UTF8'")}");
            return new NpgsqlConnectionStringBuilder(Server) { Database = name, Pooling = false }.ConnectionString;
        })).Value;
    }

    /// <summary>Drops the database of a lake that is gone.</summary>
    public static void Forget(string lake)
    {
        if (Databases.TryRemove(lake, out Lazy<string>? database))
        {
            Execute(Server, $"DROP DATABASE {new NpgsqlConnectionStringBuilder(database.Value).Database} WITH (FORCE)");
        }
    }

    public static object? Execute(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
