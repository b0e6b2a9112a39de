using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Silver;

namespace ShopLake.Tests.Incremental;

/// <summary>A lake of literal rows on an engine in memory that goes from state to state, as runs do.</summary>
internal sealed class GrowingLake : IDisposable
{
    /// <summary>The usual one, then one for each thing that can be configured otherwise.</summary>
    public static readonly IReadOnlyList<LakeConfiguration> Configurations = [.. OtherConfigurations(Usual())];

    private readonly DuckDbEngine _engine = DuckDbEngine.Open(":memory:", "SELECT 1", "1GB", null);
    private Publication? _published;
    private string? _functions;
    private long _sequence;

    /// <param name="isOptimized">Whether the engine may rearrange SQL; without it other plans give the same rows.</param>
    public GrowingLake(bool isOptimized)
    {
        _engine.Query("SET threads = 1", CancellationToken.None);
        if (!isOptimized)
        {
            _engine.Query("PRAGMA disable_optimizer", CancellationToken.None);
        }

        foreach (string table in LakeCatalog.RawTables)
        {
            _engine.Fill(Kept(SmallLake.Library.Catalog.Raw(table)), "", []);
        }
    }

    /// <summary>Brings rows to Bronze as one commit.</summary>
    public void Commit(IReadOnlyList<RawRow> rows)
    {
        _sequence++;
        foreach (IGrouping<string, (RawRow Row, int Index)> table in rows.Select((row, index) => (row, index)).GroupBy(entry => entry.row.Table))
        {
            TableDefinition kept = Kept(SmallLake.Library.Catalog.Raw(table.Key));
            IEnumerable<string> values = table.Select(entry =>
                $"({string.Join(", ", kept.Columns.Select(column => Literal(Value(entry.Row, column.Name, entry.Index))))})");
            _engine.Query($"INSERT INTO {kept.FullName} VALUES {string.Join(", ", values)}", CancellationToken.None);
        }
    }

    /// <summary>Computes every model anew.</summary>
    public void Rebuild(ModelLibrary library, LakeConfiguration configuration)
    {
        Teach(configuration);
        Warehouse.Build(_engine, library, configuration, Bronze(), null, CancellationToken.None);
        _published = Next(library, configuration);
    }

    /// <summary>Computes what changed since the last state; everything, where there is none.</summary>
    public void Update(ModelLibrary library, LakeConfiguration configuration)
    {
        if (_published is null)
        {
            Rebuild(library, configuration);
            return;
        }

        Dictionary<string, string> filesBefore = FilesOfGold(library);
        Teach(configuration);
        Publication next = Next(library, configuration);
        BuildResult build = Warehouse.Update(_engine, library, configuration, Bronze(), _published, next, null, CancellationToken.None);
        _published = next;
        Dictionary<string, string> filesNow = FilesOfGold(library);
        StaleFiles = [.. filesBefore.Keys.Union(filesNow.Keys)
            .Where(file => build.ChangedFiles(file.Split('/')[0])?.Contains(file.Split('/')[1]) == false
                && filesBefore.GetValueOrDefault(file) != filesNow.GetValueOrDefault(file))];
    }

    /// <summary>Files of Gold that the last update would have kept, and whose rows are others than before.</summary>
    public IReadOnlyList<string> StaleFiles { get; private set; } = [];

    /// <summary>In which tables another lake holds other rows, inputs first, with the rows of the first such table.</summary>
    public string Differences(GrowingLake other, ModelLibrary library)
    {
        string[] here = Digests(library);
        string[] there = other.Digests(library);
        Model[] different = [.. library.Models.Where((_, index) => here[index] != there[index])];
        if (different.Length == 0)
        {
            return "";
        }

        Model first = different[0];
        return $"{first.Name} ({string.Join(" | ", first.Table.Columns.Select(column => column.Name))})\n"
            + string.Concat(Without(Rows(first), other.Rows(first)).Select(row => $"  updated: {row}\n"))
            + string.Concat(Without(other.Rows(first), Rows(first)).Select(row => $"  rebuilt: {row}\n"))
            + string.Concat(different.Skip(1).Select(model => $"and so {model.Name}\n"));
    }

    public void Dispose() => _engine.Dispose();

    private void Teach(LakeConfiguration configuration)
    {
        string functions = ModelVocabulary.Functions("duckdb", configuration);
        if (functions == _functions)
        {
            return;
        }

        foreach (string statement in functions.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            _engine.Query(statement, CancellationToken.None);
        }

        _functions = functions;
    }

    private BronzeState Bronze() => new(_sequence,
        table => $"SELECT * FROM {Kept(table).FullName}",
        (table, sequence) => $"SELECT * FROM {Kept(table).FullName} WHERE _batch_id > {sequence}");

    private Publication Next(ModelLibrary library, LakeConfiguration configuration) => new(
        1, _sequence, "", "", "", DateTime.UnixEpoch, library.Models.ToDictionary(
            model => model.Name, model => Fingerprint.OfState(model, _functions!, configuration), StringComparer.Ordinal));

    private static TableDefinition Kept(TableDefinition raw) => raw with { Schema = "ops" };

    private string? Value(RawRow row, string column, int index) => column switch
    {
        "_batch_id" => _sequence.ToString(CultureInfo.InvariantCulture),
        "_source_row" => (index + 1).ToString(CultureInfo.InvariantCulture),
        _ => row.Values.GetValueOrDefault(column),
    };

    private static string Literal(string? value) => value is null ? "NULL" : $"'{value}'";

    /// <summary>A digest of each table's rows, in the order of the models.</summary>
    private string[] Digests(ModelLibrary library) =>
    [
        .. _engine.Query(string.Join(" UNION ALL ", library.Models.Select((model, index) =>
                $"SELECT {index}, CAST(count(*) AS VARCHAR) || ' ' || coalesce(CAST(sum(hash(t)) AS VARCHAR), '') FROM {model.Name} AS t"))
            + " ORDER BY 1", CancellationToken.None).Rows.Select(row => (string)row[1]!),
    ];

    /// <summary>A digest of the rows of each month, of tables that have a file for each.</summary>
    private Dictionary<string, string> FilesOfGold(ModelLibrary library) =>
        _engine.Query(string.Join(" UNION ALL ", library.Models.Where(model => model.FilePerMonth is not null).Select(model =>
                $"SELECT '{model.Name}/' || coalesce(strftime({model.FilePerMonth}, '%Y-%m'), 'none') || '.parquet', "
                + $"count(*) || ' ' || sum(hash(t)) FROM {model.Name} AS t GROUP BY 1")), CancellationToken.None)
            .Rows.ToDictionary(row => (string)row[0]!, row => (string)row[1]!, StringComparer.Ordinal);

    private string[] Rows(Model model)
    {
        string columns = string.Join(" || ' | ' || ", model.Table.Columns.Select(column => $"coalesce(CAST(\"{column.Name}\" AS VARCHAR), '~')"));
        return [.. _engine.Query($"SELECT {columns} AS line FROM {model.Name} ORDER BY line", CancellationToken.None).Rows
            .Select(row => (string)row[0]!)];
    }

    private static IEnumerable<string> Without(IEnumerable<string> rows, IEnumerable<string> others)
    {
        var left = others.GroupBy(row => row).ToDictionary(group => group.Key, group => group.Count());
        return rows.Where(row => left.GetValueOrDefault(row) == 0 || left[row]-- == 0);
    }

    private static LakeConfiguration Usual()
    {
        string yaml = "lake: data\nsources:\n" + string.Concat(LakeCatalog.RawTables.Select(table =>
            $"  {table}: {{ table: {table}, path: {table}.csv, format: csv, source_system: shop }}\n"));
        return ConfigurationLoader.Parse(yaml, "shoplake.yaml", Path.GetTempPath(), [], _ => null) with
        {
            Time = new TimeRules { ReportingZone = "America/Sao_Paulo" },
            Vocabulary = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["event_type"] = new Dictionary<string, string> { ["fav"] = "ignore" },
                ["order_status"] = new Dictionary<string, string> { ["draft"] = "ignore" },
                ["payment_status"] = new Dictionary<string, string> { ["void"] = "ignore" },
            },
        };
    }

    private static IEnumerable<LakeConfiguration> OtherConfigurations(LakeConfiguration usual)
    {
        yield return usual;
        yield return usual with
        {
            Vocabulary = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["event_type"] = new Dictionary<string, string> { ["look"] = "view", ["fav"] = "view" },
                ["device_type"] = new Dictionary<string, string> { ["tv"] = "ignore" },
                ["order_status"] = new Dictionary<string, string> { ["done"] = "SHIPPED" },
                ["payment_status"] = new Dictionary<string, string> { ["ok"] = "SUCCESS", ["SUCCESS"] = "ignore" },
            },
        };
        yield return usual with { Money = new MoneyRules("USD", 4) };
        yield return usual with { Time = usual.Time with { SkewTolerance = TimeSpan.FromHours(1), FunnelWindow = TimeSpan.FromHours(2) } };
        yield return usual with { Time = usual.Time with { ReportingZone = "UTC", EarliestDay = new DateOnly(1999, 1, 1) } };
        yield return usual with { Sources = [.. usual.Sources.Where(source => source.Table is not ("orders" or "users"))] };
    }
}
