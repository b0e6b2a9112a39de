using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ShopLake.Engines.Sqlite;

/// <summary>Fields of a JSON object as text, as DuckDB gives them.</summary>
internal static class SqliteJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The field's text; null where the object has none, or a null.</summary>
    /// <exception cref="FormatException">The text is no JSON.</exception>
    public static string? Field(string json, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(key, out JsonElement field) ? Text(field) : null;
        }
        catch (JsonException exception)
        {
            throw new FormatException($"Malformed JSON: {json}", exception);
        }
    }

    private static string? Text(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => field.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => field.TryGetInt64(out long number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : field.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => Written(field),
    };

    private static string Written(JsonElement field)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Compact))
        {
            field.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
