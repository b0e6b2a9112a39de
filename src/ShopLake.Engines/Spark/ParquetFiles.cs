using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Engines.DuckDb;

namespace ShopLake.Engines.Spark;

/// <summary>A file of rows that Spark wrote.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Ranges">Of the columns of numbers and of days that have values.</param>
internal sealed record ParquetFile(string Path, long Bytes, long Rows, IReadOnlyDictionary<string, ParquetRange> Ranges);

/// <summary>The least and the greatest value of a column, as JSON.</summary>
internal sealed record ParquetRange(string Least, string Greatest);

/// <summary>
/// What the ends of Parquet files tell about them, read by DuckDB in this process: Spark would take longer for the question
/// than for many rows.
/// </summary>
internal sealed class ParquetFiles : IDisposable
{
    /// <summary>Of <c>2025-01-31</c>; days of other millennia are written otherwise, and are left out.</summary>
    private const int DayLength = 10;

    private readonly DuckDBConnection _connection = DuckDbSession.Connect(":memory:", readOnly: false);

    /// <summary>The files below a folder that Spark has written.</summary>
    /// <param name="columns">Of whose numbers and days the least and the greatest are told.</param>
    /// <exception cref="ShopLakeException">This machine does not see what Spark wrote.</exception>
    public IReadOnlyList<ParquetFile> Below(string folder, IReadOnlyList<ColumnDefinition> columns)
    {
        string[] files = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.parquet", SearchOption.AllDirectories)
            : throw new ShopLakeException(FailureKind.OutOfReach,
                $"Spark has written {folder}, and this machine sees nothing there. "
                + "Both must see the lake under the same path.");
        if (files.Length == 0)
        {
            return [];
        }

        string names = string.Join(", ", files.Select(DuckDbText.Literal));
        ILookup<string, Part> parts = DuckDbSession.Query(_connection, $"""
            SELECT file_name, path_in_schema, row_group_num_rows, stats_min_value, stats_max_value FROM parquet_metadata([{names}])
            """, CancellationToken.None).Rows
            .Select(row => new Part((string)row[0]!, (string)row[1]!, (long)row[2]!, (string?)row[3], (string?)row[4]))
            .ToLookup(part => part.File, StringComparer.Ordinal);
        return
        [
            .. files.Select(file => new ParquetFile(
                file, new FileInfo(file).Length,
                parts[file].GroupBy(part => part.Column).FirstOrDefault()?.Sum(part => part.Rows) ?? 0,
                columns.Select(column => (column.Name, Range: RangeOf(column, [.. parts[file].Where(part => part.Column == column.Name)])))
                    .Where(column => column.Range is not null)
                    .ToDictionary(column => column.Name, column => column.Range!, StringComparer.Ordinal))),
        ];
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Null where a part of the file does not say, or has no value at all.</summary>
    private static ParquetRange? RangeOf(ColumnDefinition column, IReadOnlyList<Part> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part.Least is null || part.Greatest is null))
        {
            return null;
        }

        switch (column.Type)
        {
            case ColumnType.Bigint:
                return new ParquetRange(Number(parts.Min(part => Read(part.Least))), Number(parts.Max(part => Read(part.Greatest))));
            case ColumnType.Date when parts.All(part => part.Least!.Length == DayLength && part.Greatest!.Length == DayLength):
                return new ParquetRange(
                    $"\"{parts.Select(part => part.Least).Min(StringComparer.Ordinal)}\"", $"\"{parts.Select(part => part.Greatest).Max(StringComparer.Ordinal)}\"");
            default:
                return null;
        }

        static long Read(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
        static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What a part of a file says about one column.</summary>
    private sealed record Part(string File, string Column, long Rows, string? Least, string? Greatest);
}
