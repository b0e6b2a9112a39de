using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Configuration;

/// <summary>Makes the records of a configuration from its checked settings.</summary>
internal sealed partial class ConfigurationBinder(string folder, LakeCatalog catalog, Mistakes mistakes)
{
    public LakeConfiguration Bind(Setting root) => new()
    {
        ProjectFolder = folder,
        Lake = BindLake(root),
        Engine = root.Get<string>("engine"),
        Url = BindUrl(root),
        Money = new MoneyRules(root.Get<string>("money.currency"), (int)root.Get<long>("money.decimals")),
        Time = new TimeRules
        {
            ReportingZone = root.Get<string>("time.reporting_zone"),
            EarliestDay = root.Get<DateOnly>("time.earliest_day"),
            LateAfter = root.Get<TimeSpan>("time.late_after"),
            SkewTolerance = root.Get<TimeSpan>("time.skew_tolerance"),
            FunnelWindow = root.Get<TimeSpan>("time.funnel_window"),
        },
        Sources = BindSources(root.Find("sources")),
        Vocabulary = BindVocabulary(root.Find("vocabulary")),
        Models = BindModels(root.Find("models")),
        Limits = new Limits
        {
            LineLength = ValueType.Bytes(root.Get<string>("limits.line_length"))!.Value,
            JsonDepth = (int)root.Get<long>("limits.json_depth"),
            Columns = (int)root.Get<long>("limits.columns"),
            DecompressionRatio = (int)root.Get<long>("limits.decompression_ratio"),
            BatchRows = root.Get<long>("limits.batch_rows"),
            MemoryLimit = root.Get<string>("limits.memory_limit"),
        },
    };

    private string BindLake(Setting root)
    {
        string written = root.Get<string>("lake");
        if (Address().IsMatch(written))
            mistakes.Add(root.Find("lake")!.Node!, $"lake: {written} is an address, and a lake is a folder: its runs rely on a lock and on "
                + "names that only one can take. Name a folder, on a shared disk where several machines read it.");

        string path = Path.GetFullPath(written, folder);
        if (path.Contains('?', StringComparison.Ordinal) && root.Get<string>("engine") == "duckdb")
            mistakes.Add(root.Find("lake")?.Node ?? root.Node!, $"lake: {path} has a '?', with which DuckDB cannot name its log. Name another folder.");

        if (File.Exists(path))
            mistakes.Add(root.Find("lake")?.Node ?? root.Node!, $"lake: {written} is a file, and a lake is a folder. Name a folder.");

        return path;
    }

    private string? BindUrl(Setting root)
    {
        string engine = root.Get<string>("engine");
        var url = root.Find("url");
        if (root.Find("engine") is { Value: null })
            return null;

        if (engine is not ("postgres" or "spark") && url is not null)
            mistakes.Add(url.Node!, $"url is for a server; engine {engine} has none. Remove it.");
        else if (url?.Node is { } written && Password().IsMatch(written.Written))
            mistakes.Add(written, $"a password does not belong in this file: write url: ${{SHOPLAKE_{engine.ToUpperInvariant()}}}, or leave url out.");

        return url?.Value as string;
    }

    private List<Source> BindSources(Setting? sources)
    {
        var binder = new SourceBinder(folder, catalog, mistakes);
        return [.. sources?.Children.Select(source => binder.Bind(source.Key, source.Value)) ?? []];
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> BindVocabulary(Setting? vocabulary) =>
        vocabulary?.Children.ToDictionary(
            field => field.Key,
            IReadOnlyDictionary<string, string> (field) => field.Value.Children
                .Where(word => word.Value.Value is string)
                .ToDictionary(word => word.Key, word => (string)word.Value.Value!)) ?? [];

    private string? BindModels(Setting? models)
    {
        if (models?.Value is not string written)
            return null;

        string path = Path.GetFullPath(written, folder);
        if (!Directory.Exists(path))
            mistakes.Add(models.Node!, $"models: the folder {written} does not exist.");

        return path;
    }

    /// <summary>In the two forms that name a server; a variable in its place is none.</summary>
    [GeneratedRegex(@"(?:password|pwd|token)\s*=\s*[^\s$;]|://[^/@:]*:[^$@].*@", RegexOptions.IgnoreCase)]
    private static partial Regex Password();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*://")]
    internal static partial Regex Address();
}
