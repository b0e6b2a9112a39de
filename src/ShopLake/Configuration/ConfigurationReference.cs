using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ShopLake.Catalog;

namespace ShopLake.Configuration;

/// <summary>What <see cref="KnownKeys"/> says, as a JSON schema for editors and as a page for people.</summary>
public static class ConfigurationReference
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>JSON schema (draft 7, which editors' YAML support reads).</summary>
    public static string JsonSchema()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "shoplake.yaml",
        };
        foreach (var (name, value) in SchemaOf(KnownKeys.Root))
            schema[name] = value?.DeepClone();

        return schema.ToJsonString(Readable) + "\n";
    }

    /// <summary>Every key with its type, default and meaning, as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder("""
            # Every key of shoplake.yaml

            Made from the table in `src/ShopLake/Configuration/KnownKeys.cs`, like the JSON schema beside this page.
            `*` stands for a name of your choice. `${NAME}` in a value is replaced by that environment variable,
            `${NAME:-default}` where it may be missing. Relative paths start at the folder of `shoplake.yaml`.
            On the command line, `--set key.path=value` stands in for the file.

            | key | value | default | meaning |
            | --- | --- | --- | --- |

            """);
        foreach (var key in KnownKeys.All)
        {
            string value = key.Type is null ? "keys" : key.Type.Words;
            string standard = key.IsRequired ? "required" : key.Default is null ? "" : $"`{key.Default}`";
            page.Append($"| `{key.Path}` | {value} | {standard} | {key.Description} |\n");
        }

        return page.ToString();
    }

    private static JsonObject SchemaOf(KnownKey key)
    {
        var schema = (key.Type, key.Children.Count) switch
        {
            (null, _) => GroupSchema(key),
            (_, 0) => key.Type.Schema(),
            _ => new JsonObject { ["anyOf"] = new JsonArray(key.Type.Schema(), GroupSchema(key)) },
        };
        schema["description"] = key.Description;
        if (key.Default is { } text)
            schema["default"] = DefaultOf(key.Type!, text);

        return schema;
    }

    private static JsonObject GroupSchema(KnownKey key)
    {
        var group = new JsonObject { ["type"] = "object" };
        if (key.Any is { } any)
        {
            group["additionalProperties"] = SchemaOf(any);
            if (any.Path == "sources.*.columns.*")
                group["propertyNames"] = BronzeColumns();

            return group;
        }

        group["additionalProperties"] = false;
        group["properties"] = new JsonObject(
            key.Children.Select(child => KeyValuePair.Create(child.Name, (JsonNode?)SchemaOf(child))));
        var required = key.Children.Where(child => child.IsRequired).Select(child => (JsonNode?)child.Name).ToArray();
        if (required.Length > 0)
            group["required"] = new JsonArray(required);

        return group;
    }

    /// <summary>All names that some table allows, for the editor; the loader checks them by table.</summary>
    private static JsonObject BronzeColumns()
    {
        var catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);
        var names = LakeCatalog.RawTables.SelectMany(table => ColumnBinder.Mappable(catalog, table));
        return ValueType.Choice([.. names.Distinct()]).Schema();
    }

    private static JsonNode? DefaultOf(ValueType type, string text) => type.Parse(text) switch
    {
        bool truth => truth,
        long number => number,
        _ => text,
    };
}
