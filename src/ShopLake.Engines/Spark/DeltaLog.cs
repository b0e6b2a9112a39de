using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ShopLake.Bronze;
using ShopLake.Catalog;

namespace ShopLake.Engines.Spark;

/// <summary>
/// The log of a Delta table, read and continued as Delta's protocol describes it: a commit is a file named by its number,
/// whose lines add and remove files of rows. Spark writes rows; a commit of its own would cost more than they do.
/// </summary>
/// <param name="table">The table's folder.</param>
internal sealed class DeltaLog(string table)
{
    /// <summary>Readers begin at the last checkpoint, which Delta makes where a commit of Spark has a multiple of this number.</summary>
    public const long CheckpointInterval = 50;

    private const string Author = "ShopLake";

    private readonly string _folder = Path.Combine(table, "_delta_log");

    /// <summary>The last version; null where there is none.</summary>
    public long? LastVersion => Directory.Exists(_folder)
        ? Directory.EnumerateFiles(_folder, "*.json")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name!.Length == 20 && name.All(char.IsAsciiDigit))
            .Select(name => (long?)long.Parse(name!, CultureInfo.InvariantCulture))
            .Max()
        : null;

    /// <summary>Adds a version that holds these files and no others.</summary>
    /// <param name="definition">Where the table is new or other than it was: its columns and its comment.</param>
    /// <exception cref="ShopLakeException">Somebody else adds versions at the same time.</exception>
    public long Replace(IReadOnlyList<ParquetFile> files, (TableDefinition Table, string Comment)? definition) =>
        Commit("Overwrite", files, definition, LastVersion is { } last ? [.. Files(last).Values] : []);

    /// <summary>Adds a version that holds these files and those of the version before.</summary>
    /// <inheritdoc cref="Replace"/>
    public long Append(IReadOnlyList<ParquetFile> files) => Commit("Append", files, definition: null, []);

    /// <summary>Adds a version that holds what an earlier one did, under the columns that it had.</summary>
    /// <inheritdoc cref="Replace"/>
    public long GoBackTo(long version)
    {
        Dictionary<string, JsonObject> then = Files(version);
        Dictionary<string, JsonObject> now = Files(LastVersion!.Value);
        return Write(
        [
            Info("RESTORE", "Restore", []),
            Action("metaData", DefinitionAt(version).DeepClone()),
            .. now.Where(file => !then.ContainsKey(file.Key)).Select(file => Removed(file.Value)),
            .. then.Where(file => !now.ContainsKey(file.Key)).Select(file => Action("add", file.Value.DeepClone())),
        ]);
    }

    private long Commit(
        string mode, IReadOnlyList<ParquetFile> files, (TableDefinition Table, string Comment)? definition,
        IReadOnlyList<JsonObject> gone) => Write(
        [
            Info("WRITE", mode, files),
            .. definition is { } made ? [Protocol(), MetaData(made.Table, made.Comment)] : (JsonObject[])[],
            .. gone.Select(Removed),
            .. files.Where(file => file.Rows > 0).Select(Added),
        ]);

    /// <summary>The columns and the comment of a version: those of the last commit that says any.</summary>
    private JsonNode DefinitionAt(long version)
    {
        JsonNode? definition;
        do
        {
            definition = Actions(version).Select(action => action["metaData"]).LastOrDefault(made => made is not null);
        }
        while (definition is null && version-- > 0);

        return definition!;
    }

    /// <summary>The files of a version by their paths, each as its commit added it.</summary>
    private Dictionary<string, JsonObject> Files(long version)
    {
        var commits = new Stack<IReadOnlyList<JsonNode>>();
        do
        {
            commits.Push([.. Actions(version)]);
        }
        while (!IsWhole(commits.Peek()) && version-- > 0);

        var files = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonNode action in commits.SelectMany(commit => commit))
        {
            if (action["remove"] is { } gone)
            {
                files.Remove((string)gone["path"]!);
            }

            if (action["add"] is JsonObject added)
            {
                files[(string)added["path"]!] = added;
            }
        }

        return files;
    }

    private IEnumerable<JsonNode> Actions(long version) => File.ReadLines(FileOf(version)).Select(line => JsonNode.Parse(line)!);

    /// <summary>Whether nothing of the versions before is left.</summary>
    private static bool IsWhole(IEnumerable<JsonNode> commit) => commit.Select(action => action["commitInfo"])
        .Any(info => (string?)info?["engineInfo"] == Author && (string?)info["operationParameters"]?["mode"] == "Overwrite");

    private long Write(IEnumerable<JsonObject> actions)
    {
        var storage = new DurableStorage();
        storage.CreateFolder(_folder);
        long version = LastVersion + 1 ?? 0;
        string text = Path.Combine(_folder, $".{Guid.NewGuid():N}.tmp");
        storage.Write(text, Encoding.UTF8.GetBytes(string.Concat(actions.Select(action => action.ToJsonString() + "\n"))));
        storage.Sync(text);
        if (!storage.TryPublish(text, FileOf(version)))
        {
            storage.Delete(text);
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"Another run is writing {table}; nothing of this one is seen. Try: run again, and let one machine run this lake.");
        }

        storage.SyncFolder(_folder);
        return version;
    }

    private string FileOf(long version) => Path.Combine(_folder, version.ToString("D20", CultureInfo.InvariantCulture) + ".json");

    private static JsonObject Action(string name, JsonNode content) => new() { [name] = content };

    private static JsonObject Info(string operation, string mode, IReadOnlyList<ParquetFile> files) => Action("commitInfo", new JsonObject
    {
        ["timestamp"] = Now(),
        ["operation"] = operation,
        ["operationParameters"] = new JsonObject { ["mode"] = mode },
        ["isBlindAppend"] = mode == "Append",
        ["operationMetrics"] = new JsonObject
        {
            ["numFiles"] = Text(files.Count),
            ["numOutputRows"] = Text(files.Sum(file => file.Rows)),
            ["numOutputBytes"] = Text(files.Sum(file => file.Bytes)),
        },
        ["engineInfo"] = Author,
    });

    /// <summary>The least that instants without a zone need.</summary>
    private static JsonObject Protocol() => Action("protocol", new JsonObject
    {
        ["minReaderVersion"] = 3,
        ["minWriterVersion"] = 7,
        ["readerFeatures"] = new JsonArray("timestampNtz"),
        ["writerFeatures"] = new JsonArray("timestampNtz", "invariants", "appendOnly"),
    });

    private static JsonObject MetaData(TableDefinition table, string comment) => Action("metaData", new JsonObject
    {
        ["id"] = Guid.NewGuid().ToString("D"),
        ["name"] = table.FullName,
        ["description"] = comment,
        ["format"] = new JsonObject { ["provider"] = "parquet", ["options"] = new JsonObject() },
        ["schemaString"] = new JsonObject
        {
            ["type"] = "struct",
            ["fields"] = new JsonArray([.. table.Columns.Select(column => new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = TypeOf(column.Type),
                ["nullable"] = true,
                ["metadata"] = column.Description.Length > 0 ? new JsonObject { ["comment"] = column.Description } : new JsonObject(),
            })]),
        }.ToJsonString(),
        ["partitionColumns"] = new JsonArray(),
        ["configuration"] = new JsonObject
        {
            ["delta.checkpointInterval"] = Text(CheckpointInterval),
            // What stands in the log is read from the log.
            ["delta.enableExpiredLogCleanup"] = "false",
        },
        ["createdTime"] = Now(),
    });

    private JsonObject Added(ParquetFile file)
    {
        var least = new JsonObject();
        var greatest = new JsonObject();
        foreach ((string column, ParquetRange range) in file.Ranges)
        {
            least[column] = JsonNode.Parse(range.Least);
            greatest[column] = JsonNode.Parse(range.Greatest);
        }

        return Action("add", new JsonObject
        {
            ["path"] = Path.GetRelativePath(table, file.Path),
            ["partitionValues"] = new JsonObject(),
            ["size"] = file.Bytes,
            ["modificationTime"] = Now(),
            ["dataChange"] = true,
            ["stats"] = new JsonObject { ["numRecords"] = file.Rows, ["minValues"] = least, ["maxValues"] = greatest }.ToJsonString(),
        });
    }

    private static JsonObject Removed(JsonObject added) => Action("remove", new JsonObject
    {
        ["path"] = (string)added["path"]!,
        ["deletionTimestamp"] = Now(),
        ["dataChange"] = true,
        ["extendedFileMetadata"] = true,
        ["partitionValues"] = new JsonObject(),
        ["size"] = (long)added["size"]!,
    });

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Bigint => "long",
        _ => SparkText.Type(type).ToLowerInvariant(),
    };

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
