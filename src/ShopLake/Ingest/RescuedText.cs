using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// A text in <c>_rescued</c>, as SQL. One that holds a NUL is the list of the parts between them: PostgreSQL neither keeps that
/// character nor reads JSON in which it is escaped.
/// </summary>
internal static class RescuedText
{
    /// <summary>A NUL as JSON writes it.</summary>
    public const string Nul = @"\u0000";

    public static string HoldsNul(string text) => $"contains({text}, chr(0))";

    public static string Json(string text, Source source)
    {
        string json = $"CAST(to_json({text}) AS VARCHAR)";
        return source.IsRelation
            ? $"CASE WHEN {HoldsNul(text)} THEN CAST(to_json(string_split({text}, chr(0))) AS VARCHAR) ELSE {json} END"
            : json;
    }
}
