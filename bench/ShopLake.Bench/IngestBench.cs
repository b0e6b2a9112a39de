using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.Bench;

/// <summary>Bronze against DuckDB alone. A path counts only if both hold the same rows.</summary>
internal sealed class IngestBench : IDisposable
{
    private const int BytesPerRow = 92;
    private const int SmallFiles = 10_000;
    private const string Columns = "payment_id, order_id, payment_status, payment_amount, payment_ts";

    // The columns that every Bronze row has besides its own; a record number only where DuckDB has one.
    private const string Metadata = "'bench' AS source_system, TIMESTAMP '2024-01-01' AS ingestion_time, "
        + "1 AS _batch_id, 'payments' AS _source_file, 'upsert' AS _op, CAST(NULL AS VARCHAR) AS _rescued";

    private const string ColumnTypes = "{payment_id: 'VARCHAR', order_id: 'VARCHAR', payment_status: 'VARCHAR', "
        + "payment_amount: 'DECIMAL(18,4)', payment_ts: 'TIMESTAMP'}";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly LakeCatalog _catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");
    private readonly int _rows;
    private readonly int _rounds;

    public IngestBench(int megabytes, int rounds)
    {
        _rows = (int)(megabytes * 1_000_000L / BytesPerRow);
        _rounds = rounds;
        _connection.Open();
        Execute("SET preserve_insertion_order = false");
    }

    /// <returns>Every path gives the floor's rows.</returns>
    public bool Run(TextWriter output)
    {
        BenchPath[] paths = Prepare();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_rows:N0} rows, {Environment.ProcessorCount} processors, medians of {_rounds}"));
        output.WriteLine("| path | floor s | ingest s | ratio | reach | CPU ratio | peak MB | rows equal |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        bool isEqual = true;
        foreach (BenchPath path in paths)
        {
            Measured measured = Measure(path);
            isEqual &= measured.IsEqual;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {path.Name} | {measured.Floor.Seconds:F2} | {measured.Ingest.Seconds:F2} | {measured.Ratio:F2} | "
                + $"{path.Reach:F2} | {measured.ProcessorRatio:F2} | {measured.PeakMegabytes} | "
                + $"{(measured.IsEqual ? "yes" : "NO")} |"));
        }

        return isEqual;
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private BenchPath[] Prepare()
    {
        Execute($"""
            CREATE VIEW payments AS SELECT CAST(CAST(md5(CAST(i AS VARCHAR)) AS UUID) AS VARCHAR) AS payment_id,
                'order-' || (i * 7919 % 4000000) AS order_id,
                CASE WHEN i % 9 = 0 THEN 'FAILED' ELSE 'SUCCESS' END AS payment_status,
                CAST((i * 31) % 100000 / 100.0 AS DECIMAL(18,4)) AS payment_amount,
                TIMESTAMP '2020-01-01' + to_seconds(i * 10) AS payment_ts
            FROM range({_rows}) AS numbers(i)
            """);
        string csv = Path.Combine(_folder, "payments.csv");
        string bad = Path.Combine(_folder, "bad.csv");
        string jsonl = Path.Combine(_folder, "payments.jsonl");
        string parquet = Path.Combine(_folder, "payments.parquet");
        string small = Directory.CreateDirectory(Path.Combine(_folder, "small")).FullName;
        string one = Path.Combine(_folder, "one.csv");
        Execute($"COPY (FROM payments) TO '{csv}' (HEADER)");
        Execute($"COPY (FROM payments) TO '{jsonl}' (FORMAT json)");
        Execute($"COPY (FROM payments) TO '{parquet}' (FORMAT parquet)");
        Spoil(csv, bad, each: 100);
        Cut(csv, one, small);
        return
        [
            new("CSV, clean", Source("payments.csv", SourceFormat.Csv), Csv(csv), "1", 1.15),
            new("CSV, 1 % bad", Source("bad.csv", SourceFormat.Csv), Csv(csv), "1", 1.25),
            new("JSON lines", Source("payments.jsonl", SourceFormat.Jsonl),
                $"read_json('{jsonl}', format = 'newline_delimited', columns = {ColumnTypes})", "1", 1.20),
            new("Parquet", Source("payments.parquet", SourceFormat.Parquet),
                $"read_parquet('{parquet}')", "file_row_number + 1", 1.15),
            new("10,000 small files", Source("small/*.csv", SourceFormat.Csv), Csv(one), "1", 3),
        ];
    }

    private static string Csv(string file) =>
        $"read_csv('{file}', header = true, auto_detect = false, columns = {ColumnTypes})";

    private Source Source(string path, SourceFormat format) => new()
    {
        Name = "payments",
        Table = "payments",
        Path = Path.Combine(_folder, path),
        Format = format,
        SourceSystem = "bench",
    };

    /// <summary>Adds a record without its last fields behind every so many good ones.</summary>
    private static void Spoil(string file, string target, int each)
    {
        using var reader = new StreamReader(file);
        using var writer = new StreamWriter(target);
        for (int line = 0; reader.ReadLine() is { } text; line++)
        {
            writer.WriteLine(text);
            if (line % each == 1)
            {
                writer.WriteLine("ragged,record");
            }
        }
    }

    /// <summary>The first million rows in one file, and the same in many.</summary>
    private static void Cut(string file, string one, string folder)
    {
        const int rowsPerFile = 100;
        using var reader = new StreamReader(file);
        using var whole = new StreamWriter(one);
        string header = reader.ReadLine()!;
        whole.WriteLine(header);
        for (int number = 0; number < SmallFiles; number++)
        {
            using var writer = new StreamWriter(Path.Combine(folder, $"{number:D5}.csv"));
            writer.WriteLine(header);
            for (int row = 0; row < rowsPerFile && reader.ReadLine() is { } text; row++)
            {
                writer.WriteLine(text);
                whole.WriteLine(text);
            }
        }
    }

    private Measured Measure(BenchPath path)
    {
        var floors = new List<Cost>();
        var ingests = new List<Cost>();
        string target = Path.Combine(_folder, "floor.parquet");
        string lake = Path.Combine(_folder, "lake");
        bool isEqual = true;
        for (int round = 0; round <= _rounds; round++)
        {
            Cost floor = Cost.Of(() =>
            {
                Execute($"COPY (SELECT {Columns}, {Metadata}, {path.RowNumber} AS _source_row FROM {path.Floor}) "
                    + $"TO '{target}' (FORMAT parquet, COMPRESSION zstd)");
                new DurableStorage().Sync(target);
            });
            Cost ingest = Cost.Of(() => Ingest(path.Source, lake));
            if (round == 0)
            {
                // The first round warms caches and the compiler, and shows that both hold the same.
                isEqual = Digest($"read_parquet('{target}')") == Digest(
                    $"({BronzeReader.SelectSql(_catalog.Raw("payments"), Ledger.Open(lake))})");
            }
            else
            {
                floors.Add(floor);
                ingests.Add(ingest);
            }

            Directory.Delete(lake, recursive: true);
        }

        long peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000;
        return new Measured(Cost.Median(floors), Cost.Median(ingests), peak, isEqual);
    }

    private void Ingest(Source source, string lake)
    {
        var configuration = new LakeConfiguration { ProjectFolder = _folder, Lake = lake, Sources = [source] };
        IngestReport report = new Ingestor(configuration, _catalog).Run();
        if (report.Sources[0].Errors.Count > 0)
        {
            throw report.Sources[0].Errors[0];
        }
    }

    private string Digest(string relation)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = $"SELECT count(*) || ' ' || sum(CAST(hash({Columns}) AS HUGEINT)) FROM {relation}";
        return (string)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
