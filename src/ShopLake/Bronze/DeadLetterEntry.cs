using System.Text.Json;
using System.Text.Json.Serialization;

namespace ShopLake.Bronze;

/// <summary>A line of the index of dead letters.</summary>
/// <param name="Position">Where its bytes begin in the content file beside the index.</param>
/// <param name="Columns">The CSV columns of the file; only on the first entry of each file.</param>
/// <param name="Encoding">The file's encoding where it is not UTF-8; only on the first entry of each file.</param>
internal sealed record DeadLetterEntry(
    string File, long Record, long Offset, string Reason, long Position, long Length, IReadOnlyList<string>? Columns,
    string? Encoding)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
