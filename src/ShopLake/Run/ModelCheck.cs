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
        RequireKeys(engine, models.Select(model => (model, model.Name)), cancellation);
    }

    /// <summary>
    /// A row without its key is in no piece, so that an update would leave out what a rebuild is refused for. Only the whole
    /// model tells whether it makes one: mostly an engine finds out by a look at the key's column.
    /// </summary>
    /// <param name="models">Models that an update brought on.</param>
    /// <exception cref="ShopLakeException">The same that a rebuild ends with.</exception>
    public static void RequireKeysAfterUpdate(IEngine engine, IEnumerable<Model> models, CancellationToken cancellation) =>
        RequireKeys(engine, models.Select(model => (model, $"(\n{model.Sql}\n) AS model")), cancellation);

    private static void RequireKeys(IEngine engine, IEnumerable<(Model Model, string Rows)> asked, CancellationToken cancellation)
    {
        (Model Model, string Rows)[] models = [.. asked.Where(one => KeyOf(one.Model).Length > 0)];
        if (models.Length == 0)
        {
            return;
        }

        QueryResult nameless = engine.Query(string.Join(" UNION ALL ", models.Select((one, index) =>
            $"SELECT {index} AS model, count(*) AS row_count FROM {one.Rows} WHERE "
            + string.Join(" OR ", KeyOf(one.Model).Select(column => $"\"{column}\" IS NULL")))), cancellation);
        string[] found =
        [
            .. nameless.Rows.OrderBy(row => (long)row[0]!).Where(row => (long)row[1]! > 0).Select(row =>
            {
                Model model = models[(int)(long)row[0]!].Model;
                return $"{model.File}: {model.Name} cannot be computed: {row[1]} rows lack one of "
                    + $"{string.Join(", ", KeyOf(model))}, by which its header tells rows and pieces apart; "
                    + "leave such rows out of the model (IS NOT NULL), or give them a value of their own (coalesce), in `reads` too.";
            }),
        ];
        if (found.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, found));
        }
    }

    private static string[] KeyOf(Model model) =>
        [.. (model.Scope?.Key ?? []).Union(model.Grain).Union(model.Scope?.Timeline is { } timeline ? [timeline.At] : [])];

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
            _ => [],
        });
        if (timeline?.During.GetValueOrDefault(input) is { } span)
        {
            expressions = [.. expressions, span.First, span.Last];
        }

        return $"SELECT 1 AS one FROM {input} WHERE 1 = 0"
            + string.Concat(expressions.Select(expression => $" AND ({expression}) IS NULL"));
    }
}
