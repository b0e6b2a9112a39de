using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Configuration;

/// <summary>Reads the <c>columns</c> of a source and checks them against the Bronze table it fills.</summary>
internal sealed partial class ColumnBinder(LakeCatalog catalog, Mistakes mistakes)
{
    /// <summary>Not a Bronze column: rows in another currency than the lake's are told by it.</summary>
    private const string CurrencyColumn = "currency";

    /// <summary>Filled from the key of this name beside <c>columns</c>.</summary>
    private const string SourceSystemColumn = "source_system";

    private static readonly string[] OwnVariables = ["_source_file", "_source_row"];

    /// <param name="header">The columns of the feed where the configuration names them; null when the files do.</param>
    public Dictionary<string, ColumnMapping>? Bind(Setting source, IReadOnlyList<string>? header)
    {
        if (source.Find("columns") is not { } columns)
            return null;

        if (source.Get<string?>("table") is { } table)
            CheckNames(columns, table);

        var mappings = new Dictionary<string, ColumnMapping>();
        foreach (var (name, column) in columns.Children)
        {
            if (BindMapping(column) is { } mapping)
                mappings.Add(name, mapping);
        }

        foreach (var (name, mapping) in mappings.Where(_ => header is not null))
            CheckHeader(columns.Find(name)!, mapping, header!);

        return mappings;
    }

    /// <summary>The names that <c>columns</c> of a source for this table may have.</summary>
    internal static IReadOnlyList<string> Mappable(LakeCatalog catalog, string table) =>
    [
        .. catalog.Raw(table).Columns.SkipLast(LakeCatalog.RawMetadata.Count)
            .Select(column => column.Name).Where(name => name != SourceSystemColumn),
        CurrencyColumn,
    ];

    private void CheckNames(Setting columns, string table)
    {
        var own = catalog.Raw(table).Columns;
        var mappable = Mappable(catalog, table);
        foreach (var (name, column) in columns.Children.Where(column => !mappable.Contains(column.Key)))
        {
            string help = NearestName.Of(name, mappable) is { } nearest
                ? SettingReader.DidYouMean(nearest)
                : $" It has {string.Join(", ", mappable)}.";
            mistakes.Add(column.Node!, name == SourceSystemColumn
                ? $"{column.Path} is set by the key source_system of the source, not in columns."
                : $"{column.Path}: bronze.{table}_raw has no column {name}.{help}");
        }

        foreach (var (name, column) in columns.Children)
        {
            bool isTime = own.Any(known => known.Name == name && known.Type == ColumnType.Timestamp);
            if (column.Find("epoch") is { } epoch && !isTime)
                mistakes.Add(epoch.Node!, $"{epoch.Path} goes with a column that holds a time.");
        }

        string grain = own[0].Name;
        if (columns.Node!.Kind == NodeKind.Map && !columns.Has(grain))
            mistakes.Add(columns.Node, $"{columns.Path} must map {grain}, the id of bronze.{table}_raw.");
    }

    private ColumnMapping? BindMapping(Setting column)
    {
        if (column.Value is "" || column.Find("column")?.Value is "")
        {
            mistakes.Add(column.Node!, $"{column.Path} is empty; name a column of the feed, or leave the key out.");
            return null;
        }

        if (column.Value is string text)
        {
            return text.Contains('{', StringComparison.Ordinal)
                ? BindTemplate(column, text)
                : new ColumnMapping.FromColumn(text);
        }

        if (column.Node!.Kind != NodeKind.Map)
            return null;

        if (column.Has("constant") == column.Has("column"))
        {
            mistakes.Add(column.Node, $"{column.Path} needs either constant or column.");
            return null;
        }

        if (column.Get<string?>("constant") is { } constant)
        {
            if (column.Find("epoch") is { } epoch)
                mistakes.Add(epoch.Node!, $"{epoch.Path} goes with column, not with constant.");

            return new ColumnMapping.Constant(constant);
        }

        EpochUnit? unit = column.Get<string?>("epoch") is { } word
            ? Enum.Parse<EpochUnit>(word, ignoreCase: true)
            : null;
        return column.Get<string?>("column") is { } name ? new ColumnMapping.FromColumn(name, unit) : null;
    }

    private ColumnMapping.Template BindTemplate(Setting column, string text)
    {
        if (!WellFormed().IsMatch(text))
        {
            mistakes.Add(column.Node!, $"{column.Path}: '{text}' has a brace without its partner or without a name; "
                + "a template reads {column}, a column with braces in its name { column: \"…\" }.");
        }

        foreach (string variable in Variables(text).Except(OwnVariables).Where(IsMeantAsOwn))
        {
            mistakes.Add(column.Node!, $"{column.Path}: {{{variable}}} is not known."
                + SettingReader.DidYouMean(NearestName.Of(variable, OwnVariables)));
        }

        return new ColumnMapping.Template(text);
    }

    private void CheckHeader(Setting column, ColumnMapping mapping, IReadOnlyList<string> header)
    {
        IEnumerable<string> used = mapping switch
        {
            ColumnMapping.FromColumn from => [from.Name],
            ColumnMapping.Template template => Variables(template.Text).Where(name => !IsMeantAsOwn(name)),
            _ => [],
        };
        foreach (string name in used.Where(name => !header.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            mistakes.Add(column.Node!, $"{column.Path}: csv.header has no column {name}."
                + SettingReader.DidYouMean(NearestName.Of(name, header)));
        }
    }

    private static bool IsMeantAsOwn(string variable) => variable.StartsWith("_source", StringComparison.Ordinal);

    private static IEnumerable<string> Variables(string template) =>
        Variable().Matches(template).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^([^{}]|\{[^{}]+\})*$")]
    private static partial Regex WellFormed();

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Variable();
}
