using Microsoft.Data.Sqlite;
using Npgsql;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.Postgres;
using ShopLake.Engines.Sqlite;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Engines;

namespace ShopLake.Bench;

/// <summary>Warehouses of one engine that come and go, and plain connections to them.</summary>
internal abstract class BenchWarehouses : IDisposable
{
    /// <summary>The process whose processor time counts as well; null where the engine is inside this one.</summary>
    public virtual int? Server => null;

    public static BenchWarehouses Of(string engine, string folder) => engine switch
    {
        "postgres" => new PostgresWarehouses(folder),
        "sqlite" => new SqliteWarehouses(folder),
        _ => throw new ArgumentException($"'{engine}' is neither postgres nor sqlite.", nameof(engine)),
    };

    /// <returns>The shop with a warehouse that is not there yet.</returns>
    public abstract LakeConfiguration New(LakeConfiguration shop, string name);

    /// <returns>The shop with a warehouse that holds what another one does.</returns>
    public abstract LakeConfiguration Copy(LakeConfiguration shop, string name);

    public abstract void Remove(LakeConfiguration shop);

    /// <summary>A plain connection that knows the functions of the models and has the settings of a run.</summary>
    public abstract BenchConnection Connect(LakeConfiguration shop);

    public virtual void Dispose()
    {
    }

    protected static string FolderOf(string folder, string name) =>
        Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}

/// <summary>Statements by hand.</summary>
internal abstract class BenchConnection : IDisposable
{
    public abstract void Execute(string sql);

    /// <summary>Rows by the engine's quickest way in.</summary>
    public abstract void Insert(TableDefinition table, IEnumerable<object?[]> rows);

    public abstract QueryResult Query(string sql);

    /// <summary>What someone would write who wants the model's table.</summary>
    public abstract string Create(Model model);

    public abstract string Index(string table, IReadOnlyList<string> key, int number);

    public abstract void Dispose();
}

/// <summary>Databases in a server of the benchmark's own, which does not wait for disks.</summary>
internal sealed class PostgresWarehouses(string folder) : BenchWarehouses
{
    private readonly PostgresCluster _cluster = PostgresCluster.Start(isDurable: false);

    public override int? Server => _cluster.ProcessId;

    public override LakeConfiguration New(LakeConfiguration shop, string name) => Named(shop, name, "");

    public override LakeConfiguration Copy(LakeConfiguration shop, string name) =>
        Named(shop, name, $" TEMPLATE {new NpgsqlConnectionStringBuilder(shop.Url).Database}");

    public override void Remove(LakeConfiguration shop) =>
        Administer($"DROP DATABASE {new NpgsqlConnectionStringBuilder(shop.Url).Database} WITH (FORCE)");

    public override BenchConnection Connect(LakeConfiguration shop) => new PostgresConnection(shop);

    public override void Dispose()
    {
        _cluster.Dispose();
        base.Dispose();
    }

    private LakeConfiguration Named(LakeConfiguration shop, string name, string options)
    {
        Administer($"CREATE DATABASE {name}{options}");
        return shop with
        {
            Engine = "postgres",
            Url = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = name }.ConnectionString,
            Lake = FolderOf(folder, name),
        };
    }

    private void Administer(string sql)
    {
        using var connection = new NpgsqlConnection(_cluster.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private sealed class PostgresConnection : BenchConnection
    {
        private readonly NpgsqlConnection _connection;

        public PostgresConnection(LakeConfiguration shop)
        {
            _connection = PostgresSession.Connect(PostgresTarget.Of(shop));
            Execute("SET search_path = shoplake");
        }

        public override void Execute(string sql) => PostgresSession.Execute(_connection, sql, CancellationToken.None);

        public override void Insert(TableDefinition table, IEnumerable<object?[]> rows) => PostgresCopy.In(
            _connection, $"COPY {table.FullName} ({Columns(table)}) FROM STDIN (FORMAT BINARY)",
            [.. table.Columns.Select(column => column.Type)], rows, CancellationToken.None);

        public override QueryResult Query(string sql) =>
            PostgresSession.Query(_connection, sql, CancellationToken.None);

        public override string Create(Model model) =>
            $"CREATE TABLE {model.Name} AS SELECT {Columns(model.Table)} FROM (\n{model.Sql}\n) AS model";

        public override string Index(string table, IReadOnlyList<string> key, int number) =>
            $"CREATE INDEX ON {table} ({string.Join(", ", key.Select(PostgresText.Name))})";

        public override void Dispose() => _connection.Dispose();

        private static string Columns(TableDefinition table) =>
            string.Join(", ", table.Columns.Select(column => PostgresText.Name(column.Name)));
    }
}

/// <summary>Files of SQLite in folders.</summary>
internal sealed class SqliteWarehouses(string folder) : BenchWarehouses
{
    public override LakeConfiguration New(LakeConfiguration shop, string name) =>
        shop with { Engine = "sqlite", Lake = FolderOf(folder, name) };

    public override LakeConfiguration Copy(LakeConfiguration shop, string name)
    {
        LakeConfiguration copy = New(shop, name);
        var published = new Generations(shop.Lake, "sqlite");
        var generations = new Generations(copy.Lake, "sqlite");
        string files = generations.Begin(published.Current!.Value);
        foreach (string file in Directory.EnumerateFiles(published.CurrentFolder!))
        {
            File.Copy(file, Path.Combine(files, Path.GetFileName(file)));
        }

        generations.Finish(published.Current.Value);
        generations.Publish(published.Current.Value);
        return copy;
    }

    public override void Remove(LakeConfiguration shop) => Directory.Delete(shop.Lake, recursive: true);

    public override BenchConnection Connect(LakeConfiguration shop) => new PlainConnection(shop);

    private sealed class PlainConnection : BenchConnection
    {
        private readonly SqliteConnection _connection;

        /// <summary>Writes into the published files in place, which is what one would do by hand.</summary>
        public PlainConnection(LakeConfiguration shop)
        {
            _connection = SqliteSession.Connect(ModelVocabulary.Functions("sqlite", shop));
            string files = new Generations(shop.Lake, "sqlite").CurrentFolder!;
            foreach (string layer in SqliteSession.Layers)
            {
                Execute($"ATTACH {SqliteText.Literal(SqliteSession.FileOf(files, layer))} AS {layer}");
                foreach (string setting in SqliteEngine.Unwatched)
                {
                    Execute($"PRAGMA {layer}.{setting}");
                }
            }

            Execute("PRAGMA temp.cache_size = -65536");
        }

        public override void Execute(string sql) => SqliteSession.Execute(_connection, sql, CancellationToken.None);

        public override void Insert(TableDefinition table, IEnumerable<object?[]> rows) =>
            SqliteRows.Insert(_connection, table, rows, CancellationToken.None);

        public override QueryResult Query(string sql) =>
            SqliteSession.Query(_connection, sql, SqliteSession.ReadTypes(_connection), CancellationToken.None);

        /// <summary>The table stands ready and empty, so that its types are known to who compares it.</summary>
        public override string Create(Model model)
        {
            string columns = string.Join(", ", model.Table.Columns.Select(column => SqliteText.Name(column.Name)));
            return $"INSERT INTO {model.Name} ({columns}) SELECT {columns} FROM (\n{model.Sql}\n) AS model";
        }

        public override string Index(string table, IReadOnlyList<string> key, int number)
        {
            string[] name = table.Split('.');
            return $"CREATE INDEX {name[0]}.{name[1]}_{number} ON {name[1]} ({string.Join(", ", key.Select(SqliteText.Name))})";
        }

        public override void Dispose() => _connection.Dispose();
    }
}
