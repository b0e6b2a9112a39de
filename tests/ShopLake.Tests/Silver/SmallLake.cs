using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Engines;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Silver;

/// <summary>A row of Bronze: its values by column; what is left out gets a plain default.</summary>
internal sealed record RawRow(string Table, IReadOnlyDictionary<string, string?> Values);

/// <summary>A lake of literal rows, built by the real models on an engine that is gone afterwards.</summary>
internal sealed class SmallLake : IDisposable
{
    public static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private static readonly Dictionary<string, Model> Models = Library.Models.ToDictionary(model => model.Name);

    private readonly HashSet<string> _built = [];
    private readonly Dictionary<string, string> _replaced = [];
    private readonly LakeConfiguration _configuration;
    private readonly TemporaryFolder _folder = new();
    private readonly IEngine _engine;

    public SmallLake(IEnumerable<string> sources, IReadOnlyList<string> settings, string engine = "duckdb")
    {
        string yaml = "lake: data\nsources:\n" + string.Concat(sources.Select(table =>
            $"  {table}: {{ table: {table}, path: {table}.csv, format: csv, source_system: shop }}\n"));
        _configuration = ConfigurationLoader.Parse(
            yaml, "shoplake.yaml", _folder.Path, [.. TestEngine.Settings(engine), .. settings], _ => null);
        _engine = LakeEngine.OpenScratch(_configuration);
        _engine.Begin();
    }

    /// <summary>Replaces Bronze by these rows; tables are computed when they are asked for.</summary>
    public void Fill(IEnumerable<RawRow> rows)
    {
        ILookup<string, RawRow> byTable = rows.ToLookup(row => row.Table);
        Warehouse.Prepare(_engine, Library, _configuration, new BronzeState(
            1, table => RawSelect(table, byTable), (table, _) => RawSelect(table, byTable)), after: 0, CancellationToken.None);
        _built.Clear();
    }

    /// <summary>Rows of a table as texts, in the order of their texts.</summary>
    public IReadOnlyList<IReadOnlyList<string?>> Rows(string table, IEnumerable<string> columns)
    {
        Build(table);
        return Read(columns, table);
    }

    /// <summary>What a rule finds, on whatever tables it stands.</summary>
    public IReadOnlyList<IReadOnlyList<string?>> Findings(string rule, IEnumerable<string> columns)
    {
        Check[] checks = [.. Library.Checks.Where(check => check.Rule == rule)];
        checks.ShouldNotBeEmpty($"there is no rule {rule}");
        foreach (TableReference reference in checks.SelectMany(check => check.References))
        {
            Build(reference.Name);
        }

        string findings = string.Join(
            " UNION ALL ", checks.Select(check => $"SELECT record_key, reason FROM (\n{check.Sql}\n) AS f"));
        return Read(columns, $"({findings}) AS findings");
    }

    /// <summary>A table with its values as the engine gives them.</summary>
    public QueryResult Table(string table)
    {
        Build(table);
        return _engine.Query($"SELECT * FROM {table}", CancellationToken.None);
    }

    /// <summary>Computes a model by another text, and anew whatever reads it; null goes back to its own.</summary>
    public void Replace(string model, string? sql)
    {
        if (sql is null)
        {
            _replaced.Remove(model);
        }
        else
        {
            _replaced[model] = sql;
        }

        Forget(model);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    private void Forget(string table)
    {
        _built.Remove(table);
        foreach (Model reader in Library.Models.Where(model =>
            _built.Contains(model.Name) && ModelGraph.Inputs(model).Contains(table)))
        {
            Forget(reader.Name);
        }
    }

    private void Build(string table)
    {
        if (!Models.TryGetValue(table, out Model? model) || !_built.Add(table))
        {
            return;
        }

        foreach (string input in ModelGraph.Inputs(model))
        {
            Build(input);
        }

        string sql = _replaced.GetValueOrDefault(table, model.Sql);
        _engine.Materialize(model.Table, model.What, sql, CancellationToken.None);
    }

    private IReadOnlyList<IReadOnlyList<string?>> Read(IEnumerable<string> columns, string from) =>
    [
        .. _engine.Query($"SELECT {string.Join(", ", columns)} FROM {from}", CancellationToken.None).Rows
            .Select(row => (IReadOnlyList<string?>)[.. row.Select(Text)])
            .OrderBy(row => string.Join(" | ", row), StringComparer.Ordinal),
    ];

    internal static string RawSelect(TableDefinition table, ILookup<string, RawRow> rows)
    {
        string name = table.Name[..^"_raw".Length];
        string[] values = [.. rows[name].Select((row, index) =>
            $"({string.Join(", ", table.Columns.Select(column => Literal(row, column, name, index)))})")];
        string names = string.Join(", ", table.Columns.Select(column => column.Name));
        string typed = string.Join(", ", table.Columns.Select(column =>
            $"CAST({column.Name} AS {Type(column.Type)}) AS {column.Name}"));
        string nothing = $"({string.Join(", ", table.Columns.Select(_ => "NULL"))})";
        return $"SELECT {typed} FROM (VALUES {(values.Length > 0 ? string.Join(", ", values) : nothing)}) "
            + $"AS raw({names}){(values.Length > 0 ? "" : " WHERE 1 = 0")}";
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
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>As an analyst writes it: no seconds where there are none.</summary>
    private static string Short(DateTime instant) => instant.ToString(
        instant.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd HH:mm"
        : instant.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFF",
        CultureInfo.InvariantCulture);
}
