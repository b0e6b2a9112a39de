using YamlDotNet.RepresentationModel;

namespace ShopLake.Catalog;

/// <summary>
/// Every table that ShopLake knows, with its columns: the <c>tables.yaml</c> of each folder of models.
/// A folder's name without its number is the schema, so <c>2_silver/tables.yaml</c> describes <c>silver.*</c>.
/// </summary>
public sealed class LakeCatalog
{
    /// <summary>The raw tables of Bronze, as a source names them.</summary>
    public static readonly IReadOnlyList<string> RawTables =
        ["users", "products", "orders", "order_items", "payments", "events"];

    /// <summary>What every raw table carries behind its own columns.</summary>
    public static readonly IReadOnlyList<ColumnDefinition> RawMetadata =
    [
        new("_batch_id", ColumnType.Bigint, "ledger sequence of the commit that brought the row"),
        new("_source_file", ColumnType.Text, "file the record came from"),
        new("_source_row", ColumnType.Bigint, "1-based record number in that file"),
        new("_op", ColumnType.Text, "upsert or delete"),
        new("_rescued", ColumnType.Text, "JSON: fields that the columns cannot hold exactly, with their original text"),
    ];

    /// <summary>Those of models, and the one of sources.</summary>
    private static readonly string[] Schemas = ["bronze", "silver", "gold", "prep"];

    private readonly Dictionary<string, TableDefinition> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    private LakeCatalog()
    {
    }

    public IReadOnlyCollection<TableDefinition> Tables => _tables.Values;

    /// <summary>The folder of the models that ship with the program.</summary>
    public static string ShippedModels => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Reads the <c>tables.yaml</c> in every folder below the given ones.</summary>
    /// <exception cref="ShopLakeException">A file is missing its shape; all mistakes are listed.</exception>
    public static LakeCatalog Load(params IReadOnlyList<string> modelFolders)
    {
        var catalog = new LakeCatalog();
        var mistakes = new List<string>();
        foreach (string folder in modelFolders)
        {
            foreach (string file in Directory.EnumerateFiles(folder, "tables.yaml", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal))
            {
                catalog.Read(file, mistakes);
            }
        }

        return mistakes.Count == 0
            ? catalog
            : throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, mistakes));
    }

    /// <summary>A raw table by the name that sources use, for example <c>payments</c>: its own columns, then <see cref="RawMetadata"/>.</summary>
    public TableDefinition Raw(string table) => _tables[$"bronze.{table}_raw"];

    public TableDefinition? Find(string fullName) => _tables.GetValueOrDefault(fullName);

    /// <summary>File and line that describe a table.</summary>
    public string PlaceOf(TableDefinition table) => _places[table.FullName];

    private void Read(string file, List<string> mistakes)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(file)!);
        string schema = folder[(folder.IndexOf('_', StringComparison.Ordinal) + 1)..];
        if (!Schemas.Contains(schema))
        {
            mistakes.Add($"{file}:1: the folder of a tables.yaml names the schema of its tables, and there is no schema {schema}; "
                + "put it and its models into a folder silver, gold or prep.");
            return;
        }

        var yaml = new YamlText(file, mistakes);
        foreach (YamlEntry described in yaml.Document(File.ReadAllText(file)))
        {
            string name = described.Name;
            if (described.Value is not YamlMappingNode)
            {
                yaml.Mistake(described.Key, $"table {name} needs a mapping of columns.");
                continue;
            }

            var columns = new List<ColumnDefinition>();
            foreach (YamlEntry column in yaml.Entries(described.Value))
            {
                string[] parts = (column.Value as YamlScalarNode)?.Value?.Split('—', 2, StringSplitOptions.TrimEntries) ?? [];
                if (parts.Length == 2 && Enum.TryParse(parts[0], ignoreCase: true, out ColumnType type))
                {
                    columns.Add(new ColumnDefinition(column.Name, type, parts[1]));
                }
                else
                {
                    yaml.Mistake(column.Key, $"column {name}.{column.Name} must read `type — what it is`, type one of "
                        + string.Join(", ", Enum.GetNames<ColumnType>()).ToLowerInvariant() + ".");
                }
            }

            var table = schema == "bronze"
                ? new TableDefinition(schema, name + "_raw", [.. columns, .. RawMetadata])
                : new TableDefinition(schema, name, columns);
            if (_tables.TryAdd(table.FullName, table))
            {
                _places[table.FullName] = yaml.PlaceOf(described.Key);
            }
            else
            {
                yaml.Mistake(described.Key, $"table {table.FullName} is described twice, also by {PlaceOf(table)}; give this one another name.");
            }
        }
    }
}
