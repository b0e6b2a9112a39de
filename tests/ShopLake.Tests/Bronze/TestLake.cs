using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.Tests.Bronze;

/// <summary>A project in a temporary folder, with feeds to write, sources to ingest and Bronze to read back.</summary>
internal sealed class TestLake : IDisposable
{
    private static readonly LakeCatalog Catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);

    public string Folder { get; } = Directory.CreateTempSubdirectory("shoplake-").FullName;

    public string LakeFolder => Path.Combine(Folder, "data");

    public Limits Limits { get; set; } = new();

    public string Currency { get; set; } = "EUR";

    public DurableStorage? Storage { get; set; }

    /// <summary>How many records of the ledger writers bind into a volume.</summary>
    public int VolumeSize { get; set; } = LedgerVolume.Size;

    public Ledger Ledger => Ledger.Open(LakeFolder);

    /// <summary>What is wrong with Bronze.</summary>
    public IReadOnlyList<string> Findings => BronzeVerification.Of(LakeFolder).Findings;

    public static Source Payments(params (string Column, string From)[] columns) => new()
    {
        Name = "payments",
        Table = "payments",
        Path = "feeds/payments*",
        SourceSystem = "shop",
        Line = 3,
        Columns = columns.Length == 0 ? null : columns.ToDictionary(
            column => column.Column, column => (ColumnMapping)new ColumnMapping.FromColumn(column.From)),
    };

    public string Feed(string name, string text) => Feed(name, Encoding.UTF8.GetBytes(text));

    public string Feed(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, "feeds", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public LakeConfiguration Configuration(params Source[] sources) => new()
    {
        ProjectFolder = Folder,
        Lake = LakeFolder,
        Limits = Limits,
        Money = new MoneyRules(Currency),
        Sources =
        [
            .. sources.Select(source => source with
            {
                Path = source.Path is null ? null : Path.Combine(Folder, source.Path),
                Files = source.Files.ToDictionary(file => file.Key, file => Path.Combine(Folder, file.Value)),
            }),
        ],
    };

    public IngestReport Run(params Source[] sources) =>
        new Ingestor(Configuration(sources), Catalog, Storage).Run(Ledger.Open(LakeFolder, VolumeSize), null, CancellationToken.None);

    /// <summary>Ingests one source and expects no errors.</summary>
    public SourceReport Ingest(Source source)
    {
        SourceReport report = Run(source).Sources.Single();
        report.Errors.ShouldBeEmpty();
        return report;
    }

    /// <summary>Ingests one source and expects exactly one error.</summary>
    public string Fail(Source source) => Run(source).Sources.Single().Errors.ShouldHaveSingleItem().Message;

    /// <summary>Rows of a raw table as texts, NULL as "NULL", in order of their position.</summary>
    public IReadOnlyList<string> Rows(string table, string columns) => RowsBetween(table, columns, 0, null);

    public IReadOnlyList<string> RowsBetween(string table, string columns, long after, long? upTo)
    {
        string select = BronzeReader.SelectSql(Catalog.Raw(table), Ledger, after, upTo);
        string order = columns.Contains("count(", StringComparison.Ordinal)
            ? ""
            : " ORDER BY _batch_id, _source_file, _source_row";
        return Query($"SELECT {columns} FROM ({select}){order}");
    }

    /// <summary>The dead letters of a commit, one after the other.</summary>
    public byte[] DeadLetterBytes(long sequence) => File.ReadAllBytes(
        Path.Combine(LakeFolder, Ledger.Records[(int)sequence - 1].DeadLetters!.Content.Path));

    public static IReadOnlyList<string> Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column =>
                reader.IsDBNull(column) ? "NULL" : Text(reader.GetValue(column)))));
        }

        return rows;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Text(object value) => value is DateTime time
        ? time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
