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

    /// <summary>The generation of Gold that is shown alone; null where a warehouse is.</summary>
    private readonly string? _gold;

    private DuckDbReader(DuckDBConnection connection, string? gold)
    {
        _connection = connection;
        _gold = gold;
    }

    /// <param name="warehouse">The warehouse file.</param>
    /// <param name="lake">Its folder; the views of Bronze read the files in it.</param>
    /// <param name="memoryLimit">In DuckDB's words.</param>
    /// <exception cref="ShopLakeException">A run holds the file.</exception>
    public static DuckDbReader Open(string warehouse, string lake, string memoryLimit)
    {
        var connection = DuckDbSession.Connect(warehouse, readOnly: true);
        DuckDbSession.Execute(connection, BronzeReader.SetLake(lake), CancellationToken.None);
        Lock(connection, Path.Combine(lake, "bronze"), memoryLimit);
        return new DuckDbReader(connection, gold: null);
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
        Lock(connection, goldFolder, memoryLimit);
        return new DuckDbReader(connection, goldFolder);
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation)
    {
        RequireSelect(sql);
        try
        {
            DuckDbSession.Read(_connection, sql, columns, row, cancellation);
        }
        catch (ShopLakeException failure) when (_gold is not null && failure.Message.Contains(_gold, StringComparison.Ordinal))
        {
            // When Gold is opened only the first file of each table is.
            throw Damaged("A file of Gold", failure);
        }
    }

    public bool Exists(TableDefinition table) => DuckDbSession.Tables(_connection).Contains(table.FullName);

    public void Dispose() => _connection.Dispose();

    /// <summary>From here on no statement can reach another file or lift these settings.</summary>
    private static void Lock(DuckDBConnection connection, string readableFolder, string memoryLimit)
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
                throw Damaged(Path.Combine(goldFolder, table), damaged);
            }
        }
    }

    private static ShopLakeException Damaged(string what, ShopLakeException cause) => new(FailureKind.OutOfReach,
        $"{what} is damaged: {cause.Message.Split('\n')[0]}\n"
        + "Delete .gold in the lake and run: shoplake run, which writes those files anew.", cause);

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
