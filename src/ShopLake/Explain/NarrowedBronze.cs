using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>
/// Bronze as if only some of its rows had ever come. They are copied to files of their own, gone when disposed: the
/// models read Bronze many times, and the wanted rows may stand in another database than the one that reads them.
/// </summary>
internal sealed class NarrowedBronze : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-trace-").FullName;

    /// <param name="engine">Holds the wanted rows.</param>
    /// <param name="bronze">Bronze in which they are.</param>
    /// <param name="tracer">Which rows; of raw tables that it does not know, none.</param>
    /// <param name="lastBatch">The last commit of which rows are kept.</param>
    /// <param name="memoryLimit">Of what copies them.</param>
    /// <param name="cancellation">Stops inside.</param>
    /// <exception cref="ShopLakeException">Rows of Bronze cannot be read, or not be copied.</exception>
    public NarrowedBronze(
        IEngine engine, BronzeState bronze, Tracer tracer, long lastBatch, string memoryLimit, CancellationToken cancellation)
    {
        HashSet<string> kept = [.. tracer.BronzeTables.Select(table => table.FullName)];
        try
        {
            using DuckDBConnection connection = DuckDbMemory.Open(memoryLimit, Path.Combine(_folder, "spill"));
            foreach (TableDefinition table in tracer.BronzeTables)
            {
                DuckDbMemory.Reading(() => DuckDbMemory.Execute(connection,
                    $"COPY (SELECT raw.* FROM ({bronze.Select(table)}) AS raw "
                    + $"{Wanted(connection, engine, tracer[table.FullName], lastBatch, cancellation)}) TO {Literal.Of(FileOf(table))} (FORMAT parquet)",
                    cancellation), cancellation);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        State = new BronzeState(lastBatch, Select, (table, _) => Select(table));

        string Select(TableDefinition table) => kept.Contains(table.FullName)
            ? $"SELECT * FROM read_parquet({Literal.Of(FileOf(table))}, hive_partitioning = false)"
            : $"SELECT * FROM ({bronze.Select(table)}) AS raw WHERE 1 = 0";
    }

    public BronzeState State { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Wanted(
        DuckDBConnection connection, IEngine engine, WantedRows wanted, long lastBatch, CancellationToken cancellation)
    {
        if (wanted.IsWhole)
        {
            return $"WHERE _batch_id <= {lastBatch}";
        }

        DuckDbMemory.Execute(connection, "CREATE OR REPLACE TABLE wanted (_batch_id BIGINT, _source_file VARCHAR, _source_row BIGINT)", cancellation);
        using (DuckDBAppender rows = connection.CreateAppender("wanted"))
        {
            foreach (object?[] row in engine.Query(
                $"SELECT piece_0, piece_1, piece_2 FROM {wanted.Name} WHERE piece_0 <= {lastBatch}", cancellation).Rows)
            {
                rows.CreateRow().AppendValue((long)row[0]!).AppendValue((string)row[1]!).AppendValue((long)row[2]!).EndRow();
            }
        }

        return "SEMI JOIN wanted USING (_batch_id, _source_file, _source_row)";
    }

    private string FileOf(TableDefinition table) => Path.Combine(_folder, $"{table.Name}.parquet");
}
