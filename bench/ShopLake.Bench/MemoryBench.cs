using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.Bench;

/// <summary>A CSV file far larger than the memory it may be ingested with.</summary>
internal sealed class MemoryBench(int megabytes, string memoryLimit) : IDisposable
{
    private const int BytesPerRow = 92;
    private const double Megabyte = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;

    /// <returns>The whole process stayed within the limit, and every row is there.</returns>
    public bool Run(TextWriter output)
    {
        string file = Path.Combine(_folder, "payments.csv");
        long rows = (long)(megabytes * Megabyte / BytesPerRow);
        Generate(file, rows);
        var source = new Source { Name = "payments", Table = "payments", Path = file };
        var configuration = new LakeConfiguration
        {
            ProjectFolder = _folder,
            Lake = Path.Combine(_folder, "lake"),
            Sources = [source],
            Limits = new Limits { MemoryLimit = memoryLimit },
        };
        var watch = Stopwatch.StartNew();
        SourceReport report = new Ingestor(configuration, LakeCatalog.Load(LakeCatalog.ShippedModels)).Run().Sources[0];
        double bytes = new FileInfo(file).Length;
        double peak = Process.GetCurrentProcess().PeakWorkingSet64;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{bytes / Megabyte:N0} MB of CSV, memory_limit {memoryLimit}: {report.Accepted:N0} of {rows:N0} rows in "
            + $"{watch.Elapsed.TotalSeconds:F0} s ({bytes / Megabyte / watch.Elapsed.TotalSeconds:F0} MB/s), peak of "
            + $"the whole process {peak / Megabyte:N0} MB"));
        report.Errors.ToList().ForEach(error => output.WriteLine(error.Message));
        return report.Accepted == rows && peak <= Bytes(memoryLimit);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Generate(string file, long rows)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"""
            SET memory_limit = '200MB';
            SET preserve_insertion_order = false;
            COPY (SELECT CAST(md5(CAST(i AS VARCHAR)) AS UUID) AS payment_id,
                'order-' || (i * 7919 % 4000000) AS order_id,
                CASE WHEN i % 9 = 0 THEN 'FAILED' ELSE 'SUCCESS' END AS payment_status,
                CAST((i * 31) % 100000 / 100.0 AS DECIMAL(18,4)) AS payment_amount,
                TIMESTAMP '2020-01-01' + to_seconds(i) AS payment_ts
                FROM range({rows}) AS numbers(i)) TO '{file}' (HEADER)
            """;
        command.ExecuteNonQuery();
    }

    private static double Bytes(string size)
    {
        (string unit, double factor) = new[] { ("GB", 1e9), ("MB", 1e6) }.First(unit =>
            size.EndsWith(unit.Item1, StringComparison.Ordinal));
        return double.Parse(size[..^unit.Length], CultureInfo.InvariantCulture) * factor;
    }
}
