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

    private static void RequireKeys(IEngine engine, IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        if (models.Count == 0)
        {
            return;
        }

        QueryResult nameless = engine.Query(string.Join(" UNION ALL ", models.Select((model, index) =>
            $"SELECT {index} AS model, count(*) AS row_count FROM {model.Name} WHERE "
            + string.Join(" OR ", KeyOf(model).Select(column => $"\"{column}\" IS NULL")))), cancellation);
        string[] found =
        [
            .. nameless.Rows.OrderBy(row => (long)row[0]!).Where(row => (long)row[1]! > 0).Select(row =>
            {
                Model model = models[(int)(long)row[0]!];
                return $"{model.File}: {model.Name} cannot be computed: {row[1]} rows lack one of "
                    + $"{string.Join(", ", KeyOf(model))}, by which `grain` and `scope` tell rows and pieces apart; "
                    + "leave such rows out of the model, or give them another grain.";
            }),
        ];
        if (found.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, found));
        }
    }

    private static string[] KeyOf(Model model) => [.. (model.Scope?.Key ?? []).Union(model.Grain)];

    private static void BindMappings(IEngine engine, IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        (Model Model, string Input, string Probe)[] probes =
        [
            .. models.SelectMany(model => (model.Scope?.Reads ?? new Dictionary<string, IReadOnlyList<PieceMapping>>())
                .Select(read => (model, read.Key, Probe(read.Key, read.Value)))),
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
                    + $"`reads` does not say how rows of {input} point to pieces: {exception.Message}", exception);
            }
        }
    }

    /// <summary>A SELECT without rows that an engine can only read where the mappings are expressions over the input.</summary>
    private static string Probe(string input, IReadOnlyList<PieceMapping> mappings)
    {
        IEnumerable<string> expressions = mappings.SelectMany(mapping => mapping switch
        {
            PieceMapping.Direct direct => direct.Expressions,
            PieceMapping.Via via => [via.Expression],
            _ => [],
        });
        return $"SELECT 1 AS one FROM {input} WHERE 1 = 0"
            + string.Concat(expressions.Select(expression => $" AND ({expression}) IS NULL"));
    }
}
