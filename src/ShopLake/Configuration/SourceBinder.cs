using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Configuration;

/// <summary>Makes one <see cref="Source"/> from its settings and checks what hangs on more than one key.</summary>
internal sealed partial class SourceBinder(string folder, LakeCatalog catalog, Mistakes mistakes)
{
    private static readonly string[] OnlyWithPath = ["format", "csv", "growing"];

    public Source Bind(string name, Setting source)
    {
        if (!Identifier().IsMatch(name))
            mistakes.Add(source.Node!, $"{source.Path}: a source's name is made of letters, digits and underscores.");

        CheckInput(source);
        var format = BindFormat(source);
        var dialect = BindDialect(source, format);
        return new Source
        {
            Name = name,
            Table = source.Get<string?>("table") ?? "",
            Path = source.Find("path") is { } path ? BindPath(path, format) : null,
            Format = format ?? SourceFormat.Csv,
            Csv = dialect,
            SourceSystem = source.Get<string?>("source_system") ?? name,
            TimeZone = source.Get<string>("time_zone"),
            Columns = new ColumnBinder(catalog, mistakes).Bind(source, dialect.Header),
            DeletedWhen = source.Find("deleted_when")?.Children.ToDictionary(
                column => column.Key, column => (IReadOnlyList<string>)(column.Value.Value as string[] ?? [])),
            Growing = source.Get<bool>("growing"),
            FreshWithin = source.Get<TimeSpan?>("fresh_within"),
            Archive = source.Get<bool>("archive"),
            Query = BindQuery(source),
            Files = source.Find("files")?.Children.ToDictionary(
                file => file.Key, file => BindPath(file.Value, format) ?? "") ?? [],
            Line = source.Node!.Line,
        };
    }

    private void CheckInput(Setting source)
    {
        if (source.Node!.Kind != NodeKind.Map)
            return;

        bool hasPath = source.Has("path");
        bool hasQuery = source.Has("query");
        if (hasPath && hasQuery)
            mistakes.Add(source.Find("query")!.Node!, $"{source.Path} has both path and query; keep one.");
        else if (!hasPath && !hasQuery)
            mistakes.Add(source.Node, $"{source.Path} needs a path to its files, or a query with files.");
        else if (hasQuery && !source.Has("files"))
            mistakes.Add(source.Node, $"{source.Path} has a query, so it needs files: the views that the query reads.");
        else if (hasPath && source.Find("files") is { } files)
            mistakes.Add(files.Node!, $"{files.Path} goes with a query; with a path, remove it.");

        foreach (string key in OnlyWithPath.Where(key => hasQuery && source.Has(key)))
        {
            mistakes.Add(
                source.Find(key)!.Node!, $"{source.Path}.{key} goes with a path; a query shapes its input itself.");
        }

        CheckViews(source.Find("files")?.Children ?? []);
    }

    private void CheckViews(Dictionary<string, Setting> views)
    {
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, view) in views)
        {
            if (!Identifier().IsMatch(name))
            {
                mistakes.Add(view.Node!, $"{view.Path}: a view's name is made of letters, digits and underscores.");
            }
            else if (!known.TryAdd(name, name))
            {
                mistakes.Add(view.Node!, $"{view.Path}: SQL takes {name} and {known[name]} for the same view; "
                    + "give one of them another name.");
            }
        }
    }

    /// <summary>The absolute path of a file, or of files with wildcards.</summary>
    private string? BindPath(Setting setting, SourceFormat? format)
    {
        if (setting.Value is not string path)
            return null;

        if (ConfigurationBinder.Address().IsMatch(path))
        {
            mistakes.Add(setting.Node!, $"{setting.Path}: {path} is an address, and feeds are files. "
                + "Have them copied to a folder and name them there.");
        }
        else if (IsFolder(path))
        {
            string ending = (format ?? SourceFormat.Csv).ToString().ToLowerInvariant();
            mistakes.Add(setting.Node!, $"{setting.Path}: {path} is a folder; name the files in it, for example "
                + $"{path.TrimEnd('/')}/*.{ending}.");
        }

        return Path.GetFullPath(path, folder);
    }

    private bool IsFolder(string path) => Directory.Exists(Path.GetFullPath(path, folder));

    private SourceFormat? BindFormat(Setting source)
    {
        if (source.Get<string?>("format") is { } written)
            return Enum.Parse<SourceFormat>(written, ignoreCase: true);

        if (source.Has("format") || source.Get<string?>("path") is not { } path || IsFolder(path))
            return null;

        SourceFormat? format = Ending().Match(path).Groups[1].Value.ToLowerInvariant() switch
        {
            "csv" or "tsv" => SourceFormat.Csv,
            "jsonl" or "ndjson" => SourceFormat.Jsonl,
            "parquet" => SourceFormat.Parquet,
            _ => null,
        };
        if (format is null)
        {
            mistakes.Add(source.Find("path")!.Node!,
                $"{source.Path}.path: the ending does not say the format; add format: csv, jsonl or parquet.");
        }

        return format;
    }

    private CsvDialect BindDialect(Setting source, SourceFormat? format)
    {
        if (source.Find("csv") is { } csv && format is SourceFormat.Jsonl or SourceFormat.Parquet)
            mistakes.Add(csv.Node!, $"{csv.Path} goes with format: csv; remove it.");

        var dialect = new CsvDialect
        {
            Delimiter = source.Get<string>("csv.delimiter"),
            Quote = source.Get<string>("csv.quote"),
            Encoding = source.Get<string>("csv.encoding"),
            Header = source.Get<string[]?>("csv.header"),
        };
        if (dialect.Quote.Length > 0 && dialect.Delimiter.Contains(dialect.Quote, StringComparison.Ordinal))
        {
            mistakes.Add(
                source.Find("csv")!.Node!, $"{source.Path}.csv: the quote must not be part of the delimiter.");
        }

        if (dialect.Header is { } header && (header.Count == 0 || header.Contains("")))
        {
            mistakes.Add(source.Find("csv")!.Find("header")!.Node!, $"{source.Path}.csv.header must name every column; "
                + "remove it where the files have a header line.");
        }

        foreach (var name in dialect.Header?.Where(name => name.Length > 0).CountBy(name => name, StringComparer.OrdinalIgnoreCase) ?? [])
        {
            if (name.Value > 1)
            {
                mistakes.Add(
                    source.Find("csv")!.Find("header")!.Node!, $"{source.Path}.csv.header names {name.Key} twice.");
            }
        }

        return dialect;
    }

    /// <summary>The SQL itself, or that of the file named: one word that ends in <c>.sql</c>.</summary>
    private string? BindQuery(Setting source)
    {
        if (source.Get<string?>("query") is not { } query)
            return null;

        string subject = $"{source.Path}.query";
        if (SqlFile().IsMatch(query))
        {
            string path = Path.GetFullPath(query, folder);
            subject += $": the file {query}";
            if (!File.Exists(path))
            {
                mistakes.Add(source.Find("query")!.Node!, $"{subject} does not exist.");
                return null;
            }

            query = File.ReadAllText(path);
        }

        if (string.IsNullOrWhiteSpace(query))
            mistakes.Add(source.Find("query")!.Node!, $"{subject} is empty; write a SELECT over the views of files.");

        return query;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\.([a-z]+)(?:\.(?:gz|zst))?$", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();

    [GeneratedRegex(@"^\S+\.sql$")]
    private static partial Regex SqlFile();
}
