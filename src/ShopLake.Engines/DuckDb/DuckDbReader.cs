using System.Text.Json;
using DuckDB.NET.Data;
using ShopLake.Run;

namespace ShopLake.Engines.DuckDb;

/// <summary>
/// Reads a DuckDB warehouse. While a run holds the file, Gold is read from its published Parquet instead, so that
/// nobody waits for a run.
/// </summary>
public sealed class DuckDbReader : IWarehouseReader
{
    private readonly DuckDBConnection _connection;

    private DuckDbReader(DuckDBConnection connection, string? limitation)
    {
        _connection = connection;
        Limitation = limitation;
    }

    public string? Limitation { get; }

    /// <param name="warehouse">The warehouse file.</param>
    /// <param name="bronzeFolder">Holds the files that the views of Bronze read.</param>
    /// <param name="goldFolder">The published Parquet of Gold, or null where there is none.</param>
    /// <param name="memoryLimit">In DuckDB's words.</param>
    /// <exception cref="ShopLakeException">Neither the warehouse nor Gold can be opened.</exception>
    public static DuckDbReader Open(string warehouse, string bronzeFolder, string? goldFolder, string memoryLimit)
    {
        try
        {
            return Lock(DuckDbSession.Connect(warehouse, readOnly: true), bronzeFolder, memoryLimit, null);
        }
        catch (ShopLakeException failure) when (failure.Kind == FailureKind.OutOfReach && goldFolder is not null)
        {
            var connection = DuckDbSession.Connect(":memory:", readOnly: false);
            ShowGold(connection, goldFolder);
            return Lock(connection, goldFolder, memoryLimit,
                "The warehouse is held by a run, so only gold.* can be read, as it was last published.");
        }
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation)
    {
        RequireSelect(sql);
        DuckDbSession.Read(_connection, sql, columns, row, cancellation);
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>From here on no statement can reach another file or lift these settings.</summary>
    private static DuckDbReader Lock(
        DuckDBConnection connection, string readableFolder, string memoryLimit, string? limitation)
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

        return new DuckDbReader(connection, limitation);
    }

    private static void ShowGold(DuckDBConnection connection, string goldFolder)
    {
        DuckDbSession.Execute(connection, "CREATE SCHEMA gold", CancellationToken.None);
        foreach (string file in Directory.EnumerateFiles(goldFolder, "*.parquet"))
        {
            string view = $"gold.{DuckDbText.Name(Path.GetFileNameWithoutExtension(file))}";
            DuckDbSession.Execute(connection,
                $"CREATE VIEW {view} AS SELECT * FROM read_parquet({DuckDbText.Literal(file)})",
                CancellationToken.None);
        }
    }

    /// <summary>COPY could write where Bronze may be read, so only what DuckDB's parser calls a SELECT may run.</summary>
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
