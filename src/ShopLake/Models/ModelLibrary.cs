using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>
/// All models and checks of a lake, in an order in which each stands behind what it reads.
/// </summary>
public sealed class ModelLibrary
{
    private static readonly string[] ModelKeys = ["name", "grain", "what", "file_per_month", "scope", "timeline", "reads"];
    private static readonly string[] CheckKeys = ["check", "on", "severity", "what", "scope", "reads"];

    private ModelLibrary(LakeCatalog catalog, IReadOnlyList<Model> models, IReadOnlyList<Check> checks)
    {
        Catalog = catalog;
        Models = models;
        Checks = checks;
    }

    public LakeCatalog Catalog { get; }

    /// <summary>Written and generated models, inputs first.</summary>
    public IReadOnlyList<Model> Models { get; }

    public IReadOnlyList<Check> Checks { get; }

    /// <summary>The shipped models and a lake's own.</summary>
    /// <param name="own">Folder of the lake's own models; null where it has none.</param>
    public static IReadOnlyList<string> Folders(string? own) =>
        own is null ? [LakeCatalog.ShippedModels] : [LakeCatalog.ShippedModels, own];

    /// <summary>Reads every <c>.sql</c> file below the folders: the shipped models, then the user's own.</summary>
    /// <exception cref="ShopLakeException">All mistakes of all files, each with file and line.</exception>
    public static ModelLibrary Load(params IReadOnlyList<string> folders)
    {
        LakeCatalog catalog = LakeCatalog.Load(folders);
        var mistakes = new List<string>();
        var models = new List<Model>();
        var checks = new List<Check>();
        using var parser = new SqlParser();
        foreach ((string folder, string file) in folders.SelectMany(SqlFiles))
        {
            string sql = WithoutEnd(File.ReadAllText(file));
            string shown = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(folder))!, file);
            ParsedSql parsed = Parse(parser, shown, sql, catalog, mistakes);
            bool isOwn = folder != LakeCatalog.ShippedModels;
            if (Path.GetFileName(Path.GetDirectoryName(file)) == "checks")
            {
                checks.Add(ReadCheck(shown, sql, parsed, catalog, mistakes) with { IsOwn = isOwn });
            }
            else
            {
                models.Add(ReadModel(shown, sql, parsed, catalog, mistakes) with { IsOwn = isOwn });
            }
        }

        mistakes.AddRange(Twice(models.Select(model => (model.Name, model.File))));
        mistakes.AddRange(Twice(checks.Select(check => ($"{check.Rule} on {check.On}", check.File))));
        mistakes.AddRange(WithoutModel(models, catalog));
        if (mistakes.Count == 0)
        {
            checks.AddRange(GrainChecks.Of(models));
            models.AddRange(RuleModels.Generate(checks, catalog, parser));
            mistakes.AddRange(ModelGraph.UnknownReferences(models, checks, catalog));
            AddHints(models, catalog, TraceHints.Load(folders, mistakes), mistakes);
        }

        return mistakes.Count == 0
            ? new ModelLibrary(catalog, ModelGraph.Sort(models), checks)
            : throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, mistakes));
    }

    private static void AddHints(
        List<Model> models, LakeCatalog catalog, Dictionary<string, TraceHints> hints, List<string> mistakes)
    {
        HashSet<string> tables = [.. models.Select(model => model.Name), .. LakeCatalog.RawTables.Select(table => catalog.Raw(table).FullName)];
        mistakes.AddRange(hints.Keys.Except(tables).Select(table =>
            $"trace.yaml: no model makes {table}.{Suggest(table, tables)}"));
        for (int i = 0; i < models.Count; i++)
        {
            models[i] = hints.TryGetValue(models[i].Name, out TraceHints? found) ? models[i] with { Trace = found } : models[i];
            mistakes.AddRange(models[i].Trace.Mistakes(models[i], tables));
        }
    }

    private static IEnumerable<(string Folder, string File)> SqlFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("engines" or "ops"))
            .Order(StringComparer.Ordinal)
            .Select(file => (folder, file));

    /// <summary>A SELECT stands inside of others.</summary>
    private static string WithoutEnd(string sql) => sql.TrimEnd().EndsWith(';') ? sql.TrimEnd().TrimEnd(';') : sql;

    private static ParsedSql Parse(SqlParser parser, string file, string sql, LakeCatalog catalog, List<string> mistakes)
    {
        try
        {
            ParsedSql parsed = parser.Parse(file, sql);
            mistakes.AddRange(Untold(parsed, catalog).Select(mistake => SqlPosition.Show(file, sql, mistake.At, mistake.Text)));
            return parsed;
        }
        catch (ShopLakeException exception)
        {
            mistakes.Add(exception.Message);
            return new ParsedSql([], null);
        }
    }

    /// <summary>What a run could not see change, or could not read otherwise where it updates.</summary>
    private static IEnumerable<(int At, string Text)> Untold(ParsedSql parsed, LakeCatalog catalog) =>
    [
        .. parsed.WithoutSchema.Select(table => (table.Offset,
            catalog.Tables.Where(known => known.Name == table.Name).Select(known => known.FullName).ToList() is { Count: > 0 } meant
                ? $"write the table with its schema: {string.Join(" or ", meant)}."
                : $"{table.Name} is no table of the lake, nor named by a WITH; tables are written with their schema, what stands elsewhere comes by a source.")),
        .. parsed.BySchema.Select(column => (column.Offset,
            $"write the column as {column.Name}: an update puts narrowed rows in the place of the table, under its name alone.")),
        .. parsed.FromOutside.Select(function => (function.Offset,
            $"{function.Name} does not follow from the data, so that no run would know when its answer is another one; "
            + "for the present read gold.as_of, for chance use hash_part, and what stands in files comes by a source.")),
    ];

    private static Model ReadModel(
        string file, string sql, ParsedSql parsed, LakeCatalog catalog, List<string> mistakes)
    {
        SqlHeader header = SqlHeader.Read(file, sql, ModelKeys, mistakes);
        string name = header.Text("name");
        TableDefinition? table = catalog.Find(name);
        IReadOnlyList<string> grain = header.List("grain");
        if (table is null && name.Length > 0)
        {
            mistakes.Add($"{file}:1: no tables.yaml describes {name}; add its columns there.");
        }
        else if (table is not null && grain.Except(table.Columns.Select(column => column.Name)).ToList() is { Count: > 0 } strangers)
        {
            mistakes.Add($"{file}:1: the grain names columns that {name} does not have: {string.Join(", ", strangers)}.");
        }

        string? filePerMonth = header.TextOrNull("file_per_month");
        if (filePerMonth is not null && table is not null && (table.Schema != "gold"
            || !table.Columns.Any(column => column.Name == filePerMonth && column.Type == ColumnType.Date)))
        {
            mistakes.Add($"{file}:1: `file_per_month` names a date of a table of Gold; {filePerMonth} of {name} is none.");
        }

        Scope? scope = header.Scope();
        mistakes.AddRange(ScopeMistakes(
            file, scope, [.. table?.Columns.Select(column => column.Name) ?? []], parsed.References, catalog));
        return new Model
        {
            Name = name,
            File = file,
            What = header.Text("what"),
            Grain = grain,
            FilePerMonth = filePerMonth,
            Sql = sql,
            Table = table ?? new TableDefinition("", name, []),
            References = parsed.References,
            Mentions = parsed.Mentions,
            Scope = scope,
        };
    }

    private static Check ReadCheck(
        string file, string sql, ParsedSql parsed, LakeCatalog catalog, List<string> mistakes)
    {
        SqlHeader header = SqlHeader.Read(file, sql, CheckKeys, mistakes);
        string on = header.Text("on");
        if (!Enum.TryParse(header.Text("severity"), ignoreCase: true, out Severity severity) && !header.IsUnread)
        {
            mistakes.Add($"{file}:1: severity must be warn, quarantine or fail.");
        }

        if (catalog.Find(on) is null && on.Length > 0)
        {
            mistakes.Add($"{file}:1: `on: {on}` is not a table.{Suggest(on, catalog.Tables.Select(table => table.FullName))}");
        }
        else if (severity == Severity.Quarantine && !on.StartsWith("bronze.", StringComparison.Ordinal))
        {
            mistakes.Add($"{file}:1: only rows of Bronze can be quarantined; {on} can have `warn` or `fail`.");
        }

        Scope? scope = header.Scope();
        IReadOnlyList<string> key = severity == Severity.Quarantine ? Scope.Row : ["record_key"];
        if (scope is not null && scope.Key.Except(key).Any())
        {
            mistakes.Add($"{file}:1: the scope of a rule that {(severity == Severity.Quarantine
                ? "quarantines is `row`" : "warns or fails is `[record_key]`")}; `reads` says how rows point to it.");
        }
        else
        {
            mistakes.AddRange(ScopeMistakes(file, scope, key, parsed.References, catalog));
        }

        return new Check
        {
            Rule = header.Text("check"),
            On = on,
            Severity = severity,
            What = header.Text("what"),
            File = file,
            Sql = sql,
            References = parsed.References,
            Mentions = parsed.Mentions,
            Scope = scope,
        };
    }

    private static IEnumerable<string> ScopeMistakes(
        string file, Scope? scope, IReadOnlyList<string> columns, IReadOnlyList<TableReference> references, LakeCatalog catalog)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>?> inputs = ModelGraph.Inputs(references)
            .Where(ModelGraph.IsData)
            .ToDictionary(input => input, IReadOnlyList<string>? (input) =>
                catalog.Find(input) is { } table ? [.. table.Columns.Select(column => column.Name)] : null);
        return (scope?.Mistakes(columns, inputs) ?? [])
            .Concat(scope is not null && references.Any(reference => reference.Name == ModelGraph.LakeState)
                ? [$"{ModelGraph.LakeState} is otherwise after each commit, so that no piece could stay as it is; leave out `scope` and `reads`."]
                : [])
            .Select(mistake => $"{file}:1: {mistake}");
    }

    /// <summary>A header that could not be read may be that of any table.</summary>
    private static IEnumerable<string> WithoutModel(List<Model> models, LakeCatalog catalog)
    {
        HashSet<string> made =
            [.. models.Select(model => model.Name), .. LakeCatalog.RawTables.Select(table => catalog.Raw(table).FullName)];
        return made.Contains("") ? [] : catalog.Tables.Where(table => !made.Contains(table.FullName)).Select(table =>
            $"{catalog.PlaceOf(table)}: " + (table.Schema == "bronze"
                ? $"no source can fill {table.FullName}: Bronze has the tables {string.Join(", ", LakeCatalog.RawTables)}. Remove it."
                : $"no model makes {table.FullName}.{Suggest(table.FullName, made)} Write {table.Name}.sql beside it with "
                    + $"`name: {table.FullName}` in its header, or remove what describes it here."));
    }

    private static IEnumerable<string> Twice(IEnumerable<(string Name, string File)> named) => named
        .GroupBy(item => item.Name, StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => $"{group.Key} is defined by {string.Join(" and ", group.Select(item => item.File))}; rename one.");

    internal static string Suggest(string written, IEnumerable<string> known) =>
        NearestName.Of(written, known) is { } near ? $" Did you mean {near}?" : "";
}
