using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Tests.Silver;

/// <summary>A row of Bronze: its values by column; what is left out gets a plain default.</summary>
internal sealed record RawRow(string Table, IReadOnlyDictionary<string, string?> Values);

/// <summary>A lake of literal rows, built by the real models on an engine in memory.</summary>
internal sealed class SmallLake : IDisposable
{
    public static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private readonly LakeConfiguration _configuration;
    private readonly DuckDbEngine _engine;

    public SmallLake(IEnumerable<string> sources, IReadOnlyList<string> settings)
    {
        string yaml = "lake: data\nsources:\n" + string.Concat(sources.Select(table =>
            $"  {table}: {{ table: {table}, path: {table}.csv, format: csv, source_system: shop }}\n"));
        _configuration = ConfigurationLoader.Parse(yaml, "shoplake.yaml", Path.GetTempPath(), settings, _ => null);
        _engine = DuckDbEngine.Open(":memory:", ModelVocabulary.Functions("duckdb", _configuration), "1GB", null);
    }

    public BuildResult Build(IEnumerable<RawRow> rows)
    {
        ILookup<string, RawRow> byTable = rows.ToLookup(row => row.Table);
        var bronze = new BronzeState(1, table => RawSelect(table, byTable), (_, _) => throw new NotSupportedException());
        return Warehouse.Build(_engine, Library, _configuration, bronze, null, CancellationToken.None);
    }

    /// <summary>Rows of a table as texts, in the order of their texts.</summary>
    public IReadOnlyList<IReadOnlyList<string?>> Rows(string table, IEnumerable<string> columns) =>
    [
        .. _engine.Query($"SELECT {string.Join(", ", columns)} FROM {table}", CancellationToken.None).Rows
            .Select(row => (IReadOnlyList<string?>)[.. row.Select(Text)])
            .OrderBy(row => string.Join(" | ", row), StringComparer.Ordinal),
    ];

    public void Dispose() => _engine.Dispose();

    private static string RawSelect(TableDefinition table, ILookup<string, RawRow> rows)
    {
        string name = table.Name[..^"_raw".Length];
        string[] values = [.. rows[name].Select((row, index) =>
            $"({string.Join(", ", table.Columns.Select(column => Literal(row, column, name, index)))})")];
        string typed = string.Join(", ", table.Columns.Select(column => $"CAST({column.Name} AS {Type(column.Type)}) AS {column.Name}"));
        string nothing = $"({string.Join(", ", table.Columns.Select(_ => "NULL"))})";
        return $"SELECT {typed} FROM (VALUES {(values.Length > 0 ? string.Join(", ", values) : nothing)}) "
            + $"AS raw({string.Join(", ", table.Columns.Select(column => column.Name))}){(values.Length > 0 ? "" : " WHERE 1 = 0")}";
    }

    private static string Literal(RawRow row, ColumnDefinition column, string table, int index)
    {
        string? value = row.Values.TryGetValue(column.Name, out string? given) ? given : column.Name switch
        {
            "source_system" => "shop",
            "ingestion_time" => "2030-01-01 00:00:00",
            "_batch_id" => "1",
            "_source_file" => $"{table}.csv",
            "_source_row" => (index + 1).ToString(CultureInfo.InvariantCulture),
            "_op" => "upsert",
            _ => null,
        };
        return value is null ? "NULL" : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Type(ColumnType type) => type switch
    {
        ColumnType.Text => "VARCHAR",
        ColumnType.Bigint => "BIGINT",
        ColumnType.Amount => "DECIMAL(18, 4)",
        ColumnType.Timestamp => "TIMESTAMP",
        _ => throw new NotSupportedException($"Bronze has no {type}."),
    };

    private static string? Text(object? value) => value switch
    {
        null => null,
        DateTime instant => Short(instant),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>As an analyst writes it: no seconds where there are none.</summary>
    private static string Short(DateTime instant) => instant.ToString(
        instant.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd HH:mm"
        : instant.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFF",
        CultureInfo.InvariantCulture);
}
