using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// What can be seen of a wrong header before it does harm: mappings that are no expressions over their input, and rows that
/// have no grain or belong to no piece. Whether pieces really are independent only data can tell.
/// </summary>
internal static class ModelCheck
{
    /// <summary>Asks about all models at once: to some engines each question is a second.</summary>
    /// <exception cref="ShopLakeException">A header does not fit the model's rows or its inputs.</exception>
    public static void Verify(IEngine engine, IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        BindMappings(engine, models, cancellation);
        RequireKeys(engine, [.. models.Where(model => KeyOf(model).Length > 0)], cancellation);
    }

    /// <summary>How many rows lack a column that tells rows and pieces apart.</summary>
    /// <param name="model">What they are rows of.</param>
    /// <param name="rows">Where they stand, or a SELECT of them with its alias.</param>
    public static long CountWithoutKey(IEngine engine, Model model, string rows, CancellationToken cancellation) =>
        KeyOf(model).Length == 0 ? 0 : (long)engine.Query(SelectCountWithoutKey(model, rows), cancellation).Rows[0][0]!;

    /// <exception cref="ShopLakeException">There are models with such rows; all of them are listed.</exception>
    public static void RefuseWithoutKey(IEnumerable<(Model Model, long Rows)> found)
    {
        string[] mistakes =
        [
            .. found.Where(one => one.Rows > 0).Select(one => $"{one.Model.File}: {one.Model.Name} cannot be computed: {one.Rows} rows lack one of "
                + $"{string.Join(", ", KeyOf(one.Model))}, by which its header tells rows and pieces apart; "
                + "leave such rows out of the model (IS NOT NULL), or give them a value of their own (coalesce), in `reads` too."),
        ];
        if (mistakes.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join('\n', mistakes));
        }
    }

    private static void RequireKeys(IEngine engine, IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        if (models.Count > 0)
        {
            QueryResult counts = engine.Query(string.Join(" UNION ALL ", models.Select((model, index) =>
                $"SELECT {index} AS model, ({SelectCountWithoutKey(model, model.Name)}) AS row_count")), cancellation);
            RefuseWithoutKey(counts.Rows.OrderBy(row => (long)row[0]!).Select(row => (models[(int)(long)row[0]!], (long)row[1]!)));
        }
    }

    private static string SelectCountWithoutKey(Model model, string rows) =>
        $"SELECT count(*) FROM {rows} WHERE {string.Join(" OR ", KeyOf(model).Select(column => $"\"{column}\" IS NULL"))}";

    /// <summary>The columns that tell rows and pieces apart, and their time.</summary>
    public static string[] KeyOf(Model model) =>
        [.. model.ReplacedBy.Union(model.Scope?.Timeline is { } timeline ? [timeline.At] : [])];

    private static void BindMappings(IEngine engine, IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        (Model Model, string Input, string Probe)[] probes =
        [
            .. models.SelectMany(model => (model.Scope?.Reads ?? new Dictionary<string, IReadOnlyList<PieceMapping>>())
                .Select(read => (model, read.Key, Probe(read.Key, read.Value, model.Scope?.Timeline)))),
        ];
        try
        {
            Ask(probes.Select(probe => probe.Probe).Distinct(StringComparer.Ordinal));
        }
        catch (ShopLakeException exception) when (exception.Kind == FailureKind.Usage)
        {
            foreach ((Model model, string input, string probe) in probes)
            {
                Blame(model, input, probe);
            }

            throw;
        }

        void Ask(IEnumerable<string> questions)
        {
            if (string.Join(" UNION ALL ", questions) is { Length: > 0 } sql)
            {
                engine.Query(sql, cancellation);
            }
        }

        void Blame(Model model, string input, string probe)
        {
            try
            {
                Ask([probe]);
            }
            catch (ShopLakeException exception) when (exception.Kind == FailureKind.Usage)
            {
                throw new ShopLakeException(FailureKind.Usage, $"{model.File}: {model.Name} cannot be computed: "
                    + $"`reads` (or `during`) does not say how rows of {input} point to pieces: {exception.Message}", exception);
            }
        }
    }

    /// <summary>A SELECT without rows that an engine can only read where the mappings are expressions over the input.</summary>
    private static string Probe(string input, IReadOnlyList<PieceMapping> mappings, Timeline? timeline)
    {
        IEnumerable<string> expressions = mappings.SelectMany(mapping => mapping switch
        {
            PieceMapping.Direct direct => direct.Expressions,
            PieceMapping.Via via => [via.Expression],
            _ => Enumerable.Empty<string>(),
        }).Concat(mappings.Select(mapping => mapping.Where).OfType<string>());
        if (timeline?.During.GetValueOrDefault(input) is { } span)
        {
            expressions = [.. expressions, span.First, span.Last];
        }

        return $"SELECT 1 AS one FROM {input} WHERE 1 = 0"
            + string.Concat(expressions.Select(expression => $" AND ({expression}) IS NULL"));
    }
}
