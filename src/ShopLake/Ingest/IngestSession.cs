using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>A DuckDB in memory that writes Parquet for one source.</summary>
internal sealed class IngestSession : IDisposable
{
    private readonly DuckDBConnection _connection;
    private readonly TypingFunctions _typing;
    private readonly string _spillFolder;
    private readonly List<IDisposable> _owned = [];

    public IngestSession(LakeConfiguration configuration, SourceZone zone)
    {
        _spillFolder = Path.Combine(configuration.Lake, $"{BronzeLayout.SpillPrefix}{Guid.NewGuid():N}");
        _connection = DuckDbMemory.Open(configuration.Limits.MemoryLimit, _spillFolder);
        Execute("SET TimeZone = 'UTC'", CancellationToken.None);
        Execute("SET preserve_insertion_order = false", CancellationToken.None);
        _typing = new TypingFunctions(_connection, zone);
    }

    /// <summary>Makes the records of a feed readable as a table function.</summary>
    public RecordTable AddTable(string name, SourceFields fields, Limits limits)
    {
        var table = new RecordTable(_connection, name, fields, limits, Environment.ProcessorCount);
        _owned.Add(table);
        return table;
    }

    /// <summary>
    /// Before a user's SQL runs: it reads and writes nothing outside these folders and changes no setting.
    /// </summary>
    public void LockDown(IEnumerable<string> folders)
    {
        Execute($"SET allowed_directories = {Sql.List(folders)}", CancellationToken.None);
        Execute("SET enable_external_access = false", CancellationToken.None);
        Execute("SET lock_configuration = true", CancellationToken.None);
    }

    /// <returns>Rows that the statement wrote.</returns>
    public long Execute(string sql, CancellationToken cancellation) => DuckDbMemory.Execute(_connection, sql, cancellation);

    /// <returns>Rows of texts; NULL is null.</returns>
    public IReadOnlyList<string?[]> Query(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column)
                ? null
                : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture))]);
        }

        return rows;
    }

    /// <summary>
    /// Writes a SELECT as Parquet, as Bronze keeps it. The encodings of version 2 make files a quarter smaller, and
    /// record numbers nearly free. Each thread holds a row group in memory, so that wide rows end it early.
    /// </summary>
    public long Copy(string select, string file, CancellationToken cancellation) => Execute(
        $"COPY (\n{select}\n) TO {Sql.Literal(file)} (FORMAT parquet, "
        + "PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES '64MB', USE_TMP_FILE false)",
        cancellation);

    public void Dispose()
    {
        _connection.Dispose();
        _typing.Dispose();
        _owned.ForEach(owned => owned.Dispose());
        if (Directory.Exists(_spillFolder))
        {
            Directory.Delete(_spillFolder, recursive: true);
        }
    }
}
