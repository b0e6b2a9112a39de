using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// Each event once, at its first delivery: the models that do it, against GROUP BYs over the same Bronze rows that give
/// the same events and count their redeliveries. Every fourteenth row is a redelivery, at any distance.
/// </summary>
internal sealed class DedupBench : IDisposable
{
    private const double Reach = 1.15;

    private const string Columns = "event_id, session_id, user_id, resolved_user_id, event_type, source_event_type, "
        + "event_at, ingested_at, device_type, lateness_seconds, is_late, is_clock_skewed, source_system, _batch_id, "
        + "_source_file, _source_row";

    /// <summary>The natural way: the first row of each group. Its groups cannot be spilled.</summary>
    private const string FirstOfGroup = """
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

    /// <summary>The way for more events than memory holds: groups of numbers only, joined back.</summary>
    private const string JoinedBack = """
        SELECT r.event_id, r.session_id, r.user_id, r.user_id AS resolved_user_id,
            r.event_type, r.event_type AS source_event_type,
            r.event_ts AS event_at, r.ingestion_time AS ingested_at, r.device_type,
            seconds_between(r.event_ts, r.ingestion_time) AS lateness_seconds,
            r.ingestion_time > plus_seconds(r.event_ts, late_after_seconds()) AS is_late,
            r.event_ts > plus_seconds(r.ingestion_time, skew_tolerance_seconds()) AS is_clock_skewed,
            redeliveries, r.source_system, r._batch_id, r._source_file, r._source_row
        FROM bronze.events_raw AS r
        JOIN (
            SELECT event_id, count(*) - 1 AS redeliveries, min(_batch_id * 1000000000 + _source_row) AS first
            FROM bronze.events_raw
            GROUP BY event_id
        ) AS f ON f.event_id = r.event_id AND f.first = r._batch_id * 1000000000 + r._source_row
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly DuckDBConnection _connection;
    private readonly long _rows;
    private readonly int _rounds;
    private readonly string _memoryLimit;

    /// <param name="millions">Rows of Bronze.</param>
    /// <param name="rounds">How often both ways run, interleaved.</param>
    /// <param name="memoryLimit">What DuckDB may hold before it spills.</param>
    public DedupBench(int millions, int rounds, string memoryLimit)
    {
        _memoryLimit = memoryLimit;
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
        Way[] ways =
        [
            new("models", () => models.ToList().ForEach(model => Create(model.Name, model.Sql)),
                "silver.events", "duplicate_deliveries + conflicting_deliveries"),
            new("GROUP BY, first row", () => Create("floor.events", FirstOfGroup), "floor.events", "redeliveries"),
            new("GROUP BY, joined back", () => Create("floor.events", JoinedBack), "floor.events", "redeliveries"),
        ];
        for (int round = 0; round < _rounds; round++)
        {
            foreach (Way way in ways.Where(way => way.IsPossible))
            {
                Measure(way, output);
            }
        }

        Report(ways, output);
        return ways.Where(way => way.IsPossible).Select(way => way.Events).Distinct().Count() == 1;
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Measure(Way way, TextWriter output)
    {
        try
        {
            way.Costs.Add(Cost.Of(way.Create));
            way.Events = Digest(way.Redeliveries, way.Table);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{way.Name}: {way.Costs[^1].Seconds:F1} s, processors {way.Costs[^1].ProcessorSeconds:F1} s"));
        }
        catch (DuckDBException exception) when (exception.Message.Contains("Out of Memory", StringComparison.Ordinal))
        {
            way.IsPossible = false;
            output.WriteLine($"{way.Name}: not within {_memoryLimit}");
        }
    }

    private void Report(Way[] ways, TextWriter output)
    {
        Cost models = Cost.Median(ways[0].Costs);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_rows:N0} rows, memory {_memoryLimit}, {Environment.ProcessorCount} processors, medians of {_rounds}"));
        output.WriteLine("| against | its s | models s | ratio | reach | CPU ratio | events equal |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (Way floor in ways[1..])
        {
            Cost? cost = floor.IsPossible ? Cost.Median(floor.Costs) : null;
            output.WriteLine(cost is null
                ? $"| {floor.Name} | out of memory | {models.Seconds:F1} | | | | |"
                : string.Create(CultureInfo.InvariantCulture, $"| {floor.Name} | {cost.Seconds:F1} | "
                    + $"{models.Seconds:F1} | "
                    + $"{models.Seconds / cost.Seconds:F2} | {Reach:F2} | "
                    + $"{models.ProcessorSeconds / cost.ProcessorSeconds:F2} | "
                    + $"{(floor.Events == ways[0].Events ? "yes" : "NO")} |"));
        }
    }

    /// <summary>Bronze, the vocabulary, and the models' other inputs, which hold nothing here.</summary>
    private void Prepare()
    {
        var configuration = new LakeConfiguration { ProjectFolder = _folder, Lake = _folder };
        string file = Path.Combine(_folder, "events.parquet");
        Execute($"SET memory_limit = '{_memoryLimit}'");
        Execute("SET preserve_insertion_order = false");
        Execute($"SET temp_directory = '{Path.Combine(_folder, ".spill")}'");
        Execute(ModelVocabulary.Functions("duckdb", configuration));
        foreach (string schema in new[] { "bronze", "prep", "silver", "config", "floor" })
        {
            Execute($"CREATE SCHEMA {schema}");
        }

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

    /// <param name="Create">Makes the table of events.</param>
    /// <param name="Redeliveries">SQL of the number of an event's later deliveries.</param>
    private sealed record Way(string Name, Action Create, string Table, string Redeliveries)
    {
        public List<Cost> Costs { get; } = [];

        /// <summary>Digest of its events; empty before the first round.</summary>
        public string Events { get; set; } = "";

        /// <summary>It fits in memory.</summary>
        public bool IsPossible { get; set; } = true;
    }
}
