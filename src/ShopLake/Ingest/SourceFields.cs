using System.Text;
using System.Text.Json;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>A column of the source that something in Bronze is made of.</summary>
/// <param name="IsHeld">A Bronze column holds it as it is; otherwise it is also rescued.</param>
internal sealed record SourceField(string Name, bool IsHeld);

/// <summary>
/// What Bronze needs from a source's records: which fields, and under which names the others are rescued.
/// </summary>
internal sealed class SourceFields
{
    private readonly HashSet<string> _reserved = new(StringComparer.OrdinalIgnoreCase) { CurrencyMapping };
    private readonly Dictionary<string, int> _positions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Key of a mapping that has no Bronze column: the currency of a row's money.</summary>
    public const string CurrencyMapping = "currency";

    /// <param name="reserved">Names that <c>_rescued</c> keeps for Bronze columns.</param>
    public SourceFields(Source source, IEnumerable<string> reserved, IEnumerable<SourceField> fields)
    {
        Source = source;
        _reserved.UnionWith(reserved);
        Fields = [.. fields];
        foreach (SourceField field in Fields)
        {
            _positions.Add(field.Name, _positions.Count);
        }
    }

    public Source Source { get; }

    public IReadOnlyList<SourceField> Fields { get; }

    /// <summary>The field that a source's column fills, matched without regard to case; -1 when none.</summary>
    public int Find(string name) => _positions.GetValueOrDefault(name, -1);

    /// <summary>
    /// Key of a source's column in <c>_rescued</c>: its name, marked where that would be taken for a Bronze column.
    /// </summary>
    public string RescueKey(string name) => _reserved.Contains(name) ? "source:" + name : name;

    /// <summary>No Bronze column holds this column as it is.</summary>
    public bool IsRescued(string name) => Find(name) is var field && (field < 0 || !Fields[field].IsHeld);

    /// <summary>How a column's value begins in <c>_rescued</c>; null where Bronze holds the column.</summary>
    public byte[]? RescuePrefix(string name) => IsRescued(name) ? JsonPrefix(RescueKey(name)) : null;

    /// <summary>The same as SQL.</summary>
    public string RescueSql(string name) => Sql.Literal(JsonSettings.Text(RescueKey(name)) + ":");

    private static byte[] JsonPrefix(string key) => Encoding.UTF8.GetBytes(JsonSettings.Text(key) + ":");
}

/// <summary>JSON as a person would write it: nothing is escaped that need not be.</summary>
internal static class JsonSettings
{
    public static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A text as a JSON string, quotes included.</summary>
    public static string Text(string text) => JsonSerializer.Serialize(text, Relaxed);
}

/// <summary>The columns of one CSV file, in the file's order.</summary>
/// <param name="Names">As the header writes them.</param>
/// <param name="Fields">For each column the field that it fills, or -1.</param>
/// <param name="RescuePrefixes">For each column how it begins in <c>_rescued</c>, or null.</param>
/// <param name="Missing">Fields that no column fills.</param>
internal sealed record ColumnLayout(
    IReadOnlyList<string> Names, int[] Fields, byte[]?[] RescuePrefixes, int[] Missing)
{
    public static ColumnLayout Of(IReadOnlyList<string> names, SourceFields fields)
    {
        int[] positions = [.. names.Select(fields.Find)];
        return new ColumnLayout(names, positions, [.. names.Select(fields.RescuePrefix)],
            [.. Enumerable.Range(0, fields.Fields.Count).Except(positions)]);
    }
}
