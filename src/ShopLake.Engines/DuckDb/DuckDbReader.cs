using System.Text.Json;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Engines.DuckDb;

/// <summary>Reads a DuckDB warehouse, or the Parquet of Gold, by statements that can do nothing else.</summary>
public sealed class DuckDbReader : IWarehouseReader
{
    private readonly DuckDBConnection _connection;

    private DuckDbReader(DuckDBConnection connection) => _connection = connection;

    /// <param name="warehouse">The warehouse file.</param>
    /// <param name="lake">Its folder; the views of Bronze read the files in it.</param>
    /// <param name="memoryLimit">In DuckDB's words.</param>
    /// <exception cref="ShopLakeException">A run holds the file.</exception>
    public static DuckDbReader Open(string warehouse, string lake, string memoryLimit)
    {
        var connection = DuckDbSession.Connect(warehouse, readOnly: true);
        DuckDbSession.Execute(connection, BronzeReader.SetLake(lake), CancellationToken.None);
        return Lock(connection, Path.Combine(lake, "bronze"), memoryLimit);
    }

    /// <summary>Shows one generation of Gold; no run is waited for or kept waiting.</summary>
    /// <param name="goldFolder">The generation, links resolved.</param>
    /// <param name="functions">The vocabulary of the models, settings filled in.</param>
    /// <param name="memoryLimit">In DuckDB's words.</param>
    public static DuckDbReader OpenGold(string goldFolder, string functions, string memoryLimit)
    {
        var connection = DuckDbSession.Connect(":memory:", readOnly: false);
        DuckDbSession.Execute(connection, functions, CancellationToken.None);
        ShowGold(connection, goldFolder);
        return Lock(connection, goldFolder, memoryLimit);
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation)
    {
        RequireSelect(sql);
        DuckDbSession.Read(_connection, sql, columns, row, cancellation);
    }

    public bool Exists(TableDefinition table) => DuckDbSession.Tables(_connection).Contains(table.FullName);

    public void Dispose() => _connection.Dispose();

    /// <summary>From here on no statement can reach another file or lift these settings.</summary>
    private static DuckDbReader Lock(DuckDBConnection connection, string readableFolder, string memoryLimit)
    {
        foreach (string setting in new[]
        {
            $"memory_limit = {DuckDbText.Literal(memoryLimit)}",
            $"allowed_directories = [{DuckDbText.Literal(readableFolder)}]",
            "enable_external_access = false",
            "lock_configuration = true",
        })
        {
            DuckDbSession.Execute(connection, $"SET {setting}", CancellationToken.None);
        }

        return new DuckDbReader(connection);
    }

    private static void ShowGold(DuckDBConnection connection, string goldFolder)
    {
        DuckDbSession.Execute(connection, "CREATE SCHEMA gold", CancellationToken.None);
        foreach (string table in Directory.EnumerateDirectories(goldFolder).Select(folder => Path.GetFileName(folder)))
        {
            try
            {
                DuckDbSession.Execute(connection,
                    $"CREATE VIEW gold.{DuckDbText.Name(table)} AS SELECT * FROM {DuckDbText.Parquet(GoldFolder.FilesOf(goldFolder, table))}",
                    CancellationToken.None);
            }
            catch (ShopLakeException damaged)
            {
                throw new ShopLakeException(FailureKind.OutOfReach,
                    $"{Path.Combine(goldFolder, table)} is damaged: {damaged.Message.Split('\n')[0]}\nTry: delete {Path.GetDirectoryName(goldFolder)} and run "
                    + "again: the files of Gold are written anew.", damaged);
            }
        }
    }

    /// <summary>COPY could write where Bronze may be read, so only what the parser calls a SELECT may run.</summary>
    private void RequireSelect(string sql)
    {
        var parsed = DuckDbSession.Query(_connection,
            $"SELECT CAST(json_serialize_sql(CAST({DuckDbText.Literal(sql)} AS VARCHAR)) AS VARCHAR)",
            CancellationToken.None);
        using var tree = JsonDocument.Parse((string)parsed.Rows[0][0]!, new JsonDocumentOptions { MaxDepth = 1024 });
        bool isOneSelect = tree.RootElement.GetProperty("error").GetBoolean()
            ? tree.RootElement.GetProperty("error_type").GetString() == "parser"
            : tree.RootElement.GetProperty("statements").GetArrayLength() == 1;
        if (!isOneSelect)
        {
            throw new ShopLakeException(FailureKind.Usage,
                "A query is one SELECT (or DESCRIBE, SHOW, SUMMARIZE); the warehouse is changed by runs only.");
        }
    }
}
