using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// Each event once, at its first delivery: the models that do it, against one GROUP BY over the same Bronze rows that gives
/// the same events and counts their redeliveries. Every fourteenth row is a redelivery, at any distance.
/// </summary>
internal sealed class DedupBench : IDisposable
{
    private const string MemoryLimit = "4GB";
    private const double Reach = 1.15;

    private const string Columns = "event_id, session_id, user_id, resolved_user_id, event_type, source_event_type, event_at, "
        + "ingested_at, device_type, lateness_seconds, is_late, is_clock_skewed, source_system, _batch_id, _source_file, "
        + "_source_row";

    private const string GroupBy = """
        SELECT event_id, first.session_id, first.user_id, first.user_id AS resolved_user_id,
            first.event_type, first.event_type AS source_event_type,
            first.event_ts AS event_at, first.ingestion_time AS ingested_at, first.device_type,
            seconds_between(first.event_ts, first.ingestion_time) AS lateness_seconds,
            first.ingestion_time > plus_seconds(first.event_ts, late_after_seconds()) AS is_late,
            first.event_ts > plus_seconds(first.ingestion_time, skew_tolerance_seconds()) AS is_clock_skewed,
            redeliveries, first.source_system, first._batch_id, first._source_file, first._source_row
        FROM (
            SELECT event_id, count(*) - 1 AS redeliveries, arg_min({
                'session_id': session_id, 'user_id': user_id, 'event_type': event_type, 'event_ts': event_ts,
                'ingestion_time': ingestion_time, 'device_type': device_type, 'source_system': source_system,
                '_batch_id': _batch_id, '_source_file': _source_file, '_source_row': _source_row
            }, (_batch_id, _source_file, _source_row)) AS first
            FROM bronze.events_raw
            GROUP BY event_id
        )
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly DuckDBConnection _connection;
    private readonly long _rows;
    private readonly int _rounds;

    public DedupBench(int millions, int rounds)
    {
        _rows = millions * 1_000_000L;
        _rounds = rounds;
        _connection = new DuckDBConnection($"DataSource={Path.Combine(_folder, "warehouse.duckdb")}");
        _connection.Open();
    }

    /// <returns>Both ways give the same events.</returns>
    public bool Run(TextWriter output)
    {
        Prepare();
        ModelLibrary library = ModelLibrary.Load(LakeCatalog.ShippedModels);
        Model[] models = [.. library.Models.Where(model => model.Name is "prep.event_exclusions" or "silver.events")];
        var ours = new List<Cost>();
        var floors = new List<Cost>();
        for (int round = 0; round < _rounds; round++)
        {
            ours.Add(Cost.Of(() => models.ToList().ForEach(model => Create(model.Name, model.Sql))));
            floors.Add(Cost.Of(() => Create("floor.events", GroupBy)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"models {ours[^1].Seconds:F1} s, processors {ours[^1].ProcessorSeconds:F1} s; GROUP BY {floors[^1].Seconds:F1} s, "
                + $"processors {floors[^1].ProcessorSeconds:F1} s"));
        }

        string events = Digest("duplicate_deliveries + conflicting_deliveries", "silver.events");
        bool isEqual = events == Digest("redeliveries", "floor.events");
        Cost our = Cost.Median(ours);
        Cost floor = Cost.Median(floors);
        long peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000;
        output.WriteLine("| rows | GROUP BY s | models s | ratio | reach | CPU ratio | peak MB | events equal |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {_rows:N0} | {floor.Seconds:F1} | {our.Seconds:F1} | {our.Seconds / floor.Seconds:F2} | {Reach:F2} | "
            + $"{our.ProcessorSeconds / floor.ProcessorSeconds:F2} | {peak} | {(isEqual ? "yes" : "NO")} |"));
        return isEqual;
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Bronze, the vocabulary, and the models' other inputs, which hold nothing here.</summary>
    private void Prepare()
    {
        var configuration = new LakeConfiguration { ProjectFolder = _folder, Lake = _folder };
        string file = Path.Combine(_folder, "events.parquet");
        Execute($"SET memory_limit = '{MemoryLimit}'");
        Execute("SET preserve_insertion_order = false");
        Execute($"SET temp_directory = '{Path.Combine(_folder, ".spill")}'");
        Execute(ModelVocabulary.Functions("duckdb", configuration));
        Execute("CREATE SCHEMA bronze; CREATE SCHEMA prep; CREATE SCHEMA silver; CREATE SCHEMA config; CREATE SCHEMA floor");
        Execute($"COPY ({Events()}) TO '{file}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)");
        Execute($"CREATE VIEW bronze.events_raw AS SELECT * FROM read_parquet('{file}')");
        Execute("CREATE TABLE config.vocabulary (field VARCHAR, source_word VARCHAR, word VARCHAR)");
        foreach (object?[] row in ModelVocabulary.VocabularyRows(configuration))
        {
            Execute($"INSERT INTO config.vocabulary VALUES ('{row[0]}', '{row[1]}', '{row[2]}')");
        }

        Execute("CREATE TABLE prep.session_users (session_id VARCHAR, user_id VARCHAR)");
        Execute("CREATE TABLE prep.events_quarantine (rule VARCHAR, reason VARCHAR, record_key VARCHAR, "
            + "amount_minor BIGINT, _batch_id BIGINT, _source_file VARCHAR, _source_row BIGINT)");
    }

    /// <summary>Every fourteenth row repeats an event far before it; some of those with another content.</summary>
    private string Events() => $"""
        SELECT CAST(CAST(md5(CAST(event AS VARCHAR)) AS UUID) AS VARCHAR) AS event_id,
            CASE WHEN event % 3 > 0 THEN 'user-' || (event * 7919 % 500000) END AS user_id,
            'session-' || (event // 12) AS session_id,
            CASE WHEN row % 280 = 13 THEN 'checkout' WHEN event % 10 < 7 THEN 'view'
                WHEN event % 10 < 9 THEN 'add_to_cart' ELSE 'checkout' END AS event_type,
            TIMESTAMP '2024-01-01' + to_seconds(event) AS event_ts,
            CASE WHEN event % 2 = 0 THEN 'web' ELSE 'mobile' END AS device_type,
            'shop' AS source_system,
            TIMESTAMP '2024-01-01' + to_seconds(row + row % 500) AS ingestion_time,
            1 + row // 1000000 AS _batch_id,
            'feeds/events-' || (row // 1000000) || '.jsonl' AS _source_file,
            row % 1000000 + 1 AS _source_row, 'upsert' AS _op, CAST(NULL AS VARCHAR) AS _rescued
        FROM (
            SELECT row, CASE WHEN row % 14 = 13 THEN row // 2 - row // 2 % 14 ELSE row END AS event
            FROM range({_rows}) AS numbers(row)
        )
        """;

    private void Create(string table, string select)
    {
        Execute($"DROP TABLE IF EXISTS {table}");
        Execute($"CREATE TABLE {table} AS\n{select}");
    }

    private string Digest(string redeliveries, string table)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText =
            $"SELECT count(*) || ' ' || sum(CAST(hash({Columns}, {redeliveries}) AS HUGEINT)) FROM {table}";
        return (string)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
