using System.Text.RegularExpressions;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>What one model came to in a run.</summary>
/// <param name="Name">Schema and table.</param>
/// <param name="Rows">Rows that it holds.</param>
/// <param name="Changed">Rows removed and added by the run.</param>
/// <param name="IsAnew">Whether the run made the table, and did not change one that stood.</param>
public sealed record BuiltTable(string Name, long Rows, long Changed, bool IsAnew)
{
    /// <summary>Of a table that stood, the files with changed rows, where the engine writes files.</summary>
    internal IReadOnlyList<string> ChangedFiles { get; init; } = [];
}

/// <summary>Silver and Gold as one run computed them, not yet published.</summary>
public sealed record BuildResult(IReadOnlyList<BuiltTable> Tables, IReadOnlyList<RuleResult> Rules)
{
    public bool MayPublish => !Rules.Any(rule => rule.Refuses);

    /// <summary>The files of a Gold table with rows that the run removed or added; null where it made the table anew.</summary>
    public IReadOnlyList<string>? ChangedFiles(string table) =>
        Tables.First(built => built.Name == table) is { IsAnew: false } standing ? standing.ChangedFiles : null;
}

/// <summary>Builds Silver and Gold from Bronze inside an engine's open transaction.</summary>
public static partial class Warehouse
{
    /// <summary>Computes every model anew, inputs first, and judges every rule.</summary>
    /// <param name="engine">The engine, inside its transaction.</param>
    /// <param name="library">Models and checks.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="bronze">The raw rows.</param>
    /// <param name="progress">Told the name of each model before it runs.</param>
    /// <param name="cancellation">Stops between and inside models.</param>
    public static BuildResult Build(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze,
        IProgress<string>? progress, CancellationToken cancellation)
    {
        Prepare(engine, library, configuration, bronze, after: 0, cancellation);
        var keys = new LookupKeys(library);
        foreach (TableDefinition table in LakeCatalog.RawTables.Select(library.Catalog.Raw))
        {
            keys.Index(engine, table.FullName, cancellation);
        }

        var built = new List<BuiltTable>();
        foreach (Model model in library.Models)
        {
            progress?.Report(model.Name);
            long rows = Explained(model, () => MakeAnew(engine, model, keys, cancellation));
            built.Add(new BuiltTable(model.Name, rows, rows, IsAnew: true));
        }

        ModelCheck.Verify(engine, library.Models, cancellation);
        return new BuildResult(built, RuleResults.Read(engine, cancellation));
    }

    /// <summary>Brings every model from the published state to today's, recomputing only the pieces that changes touch.</summary>
    /// <param name="engine">The engine, inside its transaction.</param>
    /// <param name="library">Models and checks; raw tables have the columns of the published state.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="bronze">The raw rows.</param>
    /// <param name="published">The state that the tables are in.</param>
    /// <param name="next">The state that they are brought to.</param>
    /// <param name="progress">Told the name of each model before it runs.</param>
    /// <param name="cancellation">Stops between and inside models.</param>
    public static BuildResult Update(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze, Publication published,
        Publication next, IProgress<string>? progress, CancellationToken cancellation)
    {
        var scoped = new ScopedBuild(
            engine, library, bronze.LedgerSequence > published.LedgerSequence, cancellation);
        foreach ((TableDefinition table, string? newRows) in Prepare(
            engine, library, configuration, bronze, published.LedgerSequence, cancellation))
        {
            scoped.AddBronze(table, newRows);
        }

        var changed = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (Model model in library.Models)
        {
            progress?.Report(model.Name);
            changed[model.Name] = Explained(model, () => scoped.Update(model, next.ChangeSince(published, model.Name)));
        }

        ModelCheck.Verify(engine,
            [.. library.Models.Where(model => scoped.ReadsTableAnew(model) || next.ChangeSince(published, model.Name) != ModelChange.None)],
            cancellation);
        ModelCheck.RefuseWithoutKey(scoped.WithoutKey);
        string[] uncounted = [.. library.Models.Select(model => model.Name)
            .Where(table => changed[table] > 0 || IsAnew(table) || !published.Rows.ContainsKey(table))];
        Dictionary<string, long> counted = CountRows(engine, uncounted, cancellation);
        return new BuildResult(
            [.. library.Models.Select(model => new BuiltTable(
                model.Name, counted.TryGetValue(model.Name, out long rows) ? rows : published.Rows[model.Name], changed[model.Name], IsAnew(model.Name))
            {
                ChangedFiles = engine is IParquetEngine files ? scoped.ChangedFiles(files, model) : [],
            })],
            RuleResults.Read(engine, cancellation));

        bool IsAnew(string table) => next.ChangeSince(published, table) == ModelChange.Table;
    }

    /// <returns>Rows of the table.</returns>
    internal static long MakeAnew(IEngine engine, Model model, LookupKeys keys, CancellationToken cancellation)
    {
        long rows = engine.Materialize(model.Table, model.What, model.Sql, cancellation);
        keys.Index(engine, model.Name, cancellation);
        return rows;
    }

    /// <summary>Fills the configuration's tables and makes Bronze readable.</summary>
    /// <returns>For each raw table, the SELECT of the rows behind commit <paramref name="after"/>.</returns>
    internal static IReadOnlyList<(TableDefinition Table, string? NewRows)> Prepare(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze, long after,
        CancellationToken cancellation)
    {
        FillConfiguration(engine, configuration, bronze.LedgerSequence);
        return [.. LakeCatalog.RawTables.Select(library.Catalog.Raw)
            .Select(table => (table, engine.ExposeBronze(table, bronze, after, cancellation)))];
    }

    private static Dictionary<string, long> CountRows(IEngine engine, string[] tables, CancellationToken cancellation) =>
        tables.Length == 0 ? [] : engine.Query(
            string.Join(" UNION ALL ", tables.Select(table => $"SELECT '{table}', count(*) FROM {table}")), cancellation)
        .Rows.ToDictionary(row => (string)row[0]!, row => (long)row[1]!, StringComparer.Ordinal);

    private static void FillConfiguration(IEngine engine, LakeConfiguration configuration, long ledgerSequence)
    {
        IEnumerable<object?[]>[] rows =
        [
            ModelVocabulary.VocabularyRows(configuration),
            ModelVocabulary.KnownWordRows(configuration),
            ModelVocabulary.SourceRows(configuration),
            [[ledgerSequence]],
        ];
        foreach ((TableDefinition table, IEnumerable<object?[]> tableRows) in ModelGraph.ConfigurationTables.Zip(rows))
        {
            engine.Fill(table, "Filled from shoplake.yaml at each run.", tableRows);
        }
    }

    private static long Explained(Model model, Func<long> compute)
    {
        try
        {
            return compute();
        }
        catch (ShopLakeException exception) when (exception.Kind == FailureKind.Usage)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{model.File}: {model.Name} cannot be computed: {InFileLines(exception.Message)}", exception);
        }
    }

    /// <summary>Engines count lines from the statement, whose first line is the runner's own.</summary>
    private static string InFileLines(string message) => LineNumber().Replace(message, match =>
        int.TryParse(match.Groups[1].Value, out int line) ? $"LINE {line - 1}:" : match.Value);

    [GeneratedRegex(@"LINE (\d+):")]
    private static partial Regex LineNumber();
}
