using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Run;

/// <summary>What the models know beside the data: an engine's functions, the settings in them, and the <c>config</c> tables.</summary>
public static partial class ModelVocabulary
{
    /// <summary>The engine's vocabulary file with every <c>${setting}</c> filled in as a literal.</summary>
    public static string Functions(string engine, LakeConfiguration configuration)
    {
        string file = Path.Combine(LakeCatalog.ShippedModels, "engines", $"{engine}.sql");
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(configuration.Time.ReportingZone);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["money_decimals"] = Number(configuration.Money.Decimals),
            ["minor_divisor"] = Number((long)Math.Pow(10, 4 - configuration.Money.Decimals)),
            ["currency"] = Quoted(configuration.Money.Currency),
            ["late_after_seconds"] = Number((long)configuration.Time.LateAfter.TotalSeconds),
            ["skew_tolerance_seconds"] = Number((long)configuration.Time.SkewTolerance.TotalSeconds),
            ["funnel_window_seconds"] = Number((long)configuration.Time.FunnelWindow.TotalSeconds),
            ["earliest_day"] = Quoted(configuration.Time.EarliestDay.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ["reporting_zone"] = Quoted(configuration.Time.ReportingZone),
            ["offsets_from"] = Instant(ZoneOffsets.First),
            ["offsets_to"] = Instant(ZoneOffsets.End),
            ["offset_micros_of_t"] = ZoneOffsets.At(zone, "t"),
            ["first_day_of_offsets"] = Day(ZoneOffsets.FirstDay),
            ["last_day_of_offsets"] = Day(ZoneOffsets.LastDay),
            ["offset_micros_of_d"] = ZoneOffsets.AtStartOf(zone, "d"),
        };
        return Setting().Replace(CommentLine().Replace(File.ReadAllText(file), ""), match =>
            settings.TryGetValue(match.Groups[1].Value, out string? value)
                ? value
                : throw new InvalidOperationException($"{file} names the unknown setting {match.Value}."));
    }

    /// <summary>Rows of <c>config.vocabulary</c>: the user's mappings and ShopLake's own words.</summary>
    public static IEnumerable<object?[]> VocabularyRows(LakeConfiguration configuration)
    {
        foreach ((string field, IReadOnlyList<string> own) in Vocabulary.Words.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var words = own.ToDictionary(word => word, word => word, StringComparer.Ordinal);
            foreach ((string source, string word) in configuration.Vocabulary.GetValueOrDefault(field) ?? new Dictionary<string, string>())
            {
                words[source] = word;
            }

            foreach ((string source, string word) in words.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                yield return [field, source, word];
            }
        }
    }

    /// <summary>Rows of <c>config.known_words</c>: what an unmapped word is told.</summary>
    public static IEnumerable<object?[]> KnownWordRows(LakeConfiguration configuration) => VocabularyRows(configuration)
        .GroupBy(row => row[0], row => row[1])
        .Select(words => new[] { words.Key, string.Join(", ", words) });

    /// <summary>Rows of <c>config.sources</c>.</summary>
    public static IEnumerable<object?[]> SourceRows(LakeConfiguration configuration) => configuration.Sources
        .OrderBy(source => source.Name, StringComparer.Ordinal)
        .Select(source => new object?[] { source.Name, source.Table, source.SourceSystem });

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Instant(DateTime at) => $"TIMESTAMP '{at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}'";

    internal static string Day(DateOnly day) => $"DATE '{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\s*--.*$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();
}
