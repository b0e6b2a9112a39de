using System.Text;
using System.Text.Json;
using ShopLake.Bronze;

namespace ShopLake.Engines.Spark;

/// <summary>One version of a Delta table.</summary>
/// <param name="Version">The number of its commit.</param>
/// <param name="Definition">Fingerprint of its columns and comments.</param>
/// <param name="Content">Digest of its rows, where they are the program's own; null where Spark computed them.</param>
/// <param name="Files">Name of the folder that holds its rows and no others; null where only Delta's log tells which files do.</param>
/// <param name="Bytes">Of its files, without what was changed since it was written whole.</param>
internal sealed record SparkTable(
    long Version, string Definition, string? Content = null, string? Files = null, long Bytes = 0);

/// <summary>
/// What readers see: a version of each table, and the last commit of Bronze. It stands in one file that is replaced at
/// once, so all tables change together; versions that no state names are seen by nobody.
/// </summary>
/// <param name="Generation">Number of the state.</param>
/// <param name="LedgerSequence">Bronze up to here belongs to it.</param>
/// <param name="Tables">By schema and table.</param>
internal sealed record SparkState(long Generation, long LedgerSequence, IReadOnlyDictionary<string, SparkTable> Tables)
{
    public static readonly SparkState Nothing = new(0, 0, new Dictionary<string, SparkTable>());

    private const string FileName = "published.json";
    private const string ViewsFileName = "views.sql";

    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The published state of a warehouse, <see cref="Nothing"/> before the first one.</summary>
    public static SparkState Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<SparkState>(File.ReadAllBytes(file), Json)! : Nothing;
        }
        catch (JsonException exception)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"{file} is no published state: {exception.Message}\n"
                + $"Try: delete {folder} and run again, which computes it anew.",
                exception);
        }
    }

    /// <summary>Replaces the published state.</summary>
    public void Publish(string folder)
    {
        var storage = new DurableStorage();
        Directory.CreateDirectory(folder);
        Replace(storage, Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json));
        Replace(storage, Path.Combine(folder, ViewsFileName), Encoding.UTF8.GetBytes(Views(folder)));
        storage.SyncFolder(folder);
    }

    /// <summary>Where a table's versions are.</summary>
    public static string FolderOf(string folder, string table) =>
        Path.Combine([folder, .. table.Split('.')]);

    /// <summary>What stands in a FROM for one version of a table.</summary>
    public static string PlaceOf(string folder, string name, SparkTable table) =>
        FormattableString.Invariant($"delta.{SparkText.Path(FolderOf(folder, name))} VERSION AS OF {table.Version}");

    private static void Replace(DurableStorage storage, string file, byte[] content)
    {
        storage.Write(file + ".tmp", content);
        storage.Sync(file + ".tmp");
        storage.Rename(file + ".tmp", file);
    }

    /// <summary>For other sessions of Spark: the tables of this state under their names.</summary>
    private string Views(string folder)
    {
        string[] shown =
        [
            .. Tables.Keys.Where(name => !name.StartsWith("prep.", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
        IEnumerable<string> schemas = shown.Select(name => name.Split('.')[0]).Distinct()
            .Select(schema => $"CREATE SCHEMA IF NOT EXISTS {schema};");
        IEnumerable<string> views = shown.Select(name =>
            $"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {PlaceOf(folder, name, Tables[name])};");
        return FormattableString.Invariant($"-- State {Generation}, whole. Each run that publishes writes this file anew.\n")
            + string.Join('\n', schemas.Concat(views)) + "\n";
    }
}
