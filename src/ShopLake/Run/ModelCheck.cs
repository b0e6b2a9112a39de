using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// What can be seen of a wrong header before it does harm: mappings that are no expressions over their input, and rows that
/// have no grain or belong to no piece. Whether pieces really are independent only data can tell.
/// </summary>
internal static class ModelCheck
{
    /// <exception cref="ShopLakeException">The header does not fit the model's rows or its inputs.</exception>
    public static void Verify(IEngine engine, Model model, CancellationToken cancellation)
    {
        foreach ((string input, IReadOnlyList<PieceMapping> mappings) in model.Scope?.Reads ?? new Dictionary<string, IReadOnlyList<PieceMapping>>())
        {
            BindMappings(engine, input, mappings, cancellation);
        }

        string[] key = [.. (model.Scope?.Key ?? []).Union(model.Grain)];
        if (key.Length == 0)
        {
            return;
        }

        string isNull = string.Join(" OR ", key.Select(column => $"\"{column}\" IS NULL"));
        long nameless = (long)engine.Query($"SELECT count(*) FROM {model.Name} WHERE {isNull}", cancellation).Rows[0][0]!;
        if (nameless > 0)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{nameless} rows lack one of {string.Join(", ", key)}, by which `grain` and `scope` tell rows and pieces apart; "
                + "leave such rows out of the model, or give them another grain.");
        }
    }

    private static void BindMappings(
        IEngine engine, string input, IReadOnlyList<PieceMapping> mappings, CancellationToken cancellation)
    {
        string[] expressions = [.. mappings.SelectMany(mapping => mapping switch
        {
            PieceMapping.Direct direct => direct.Expressions,
            PieceMapping.Via via => [via.Expression],
            _ => [],
        })];
        try
        {
            engine.Query($"SELECT {string.Join(", ", expressions.Append("1"))} FROM {input} WHERE 1 = 0", cancellation);
        }
        catch (ShopLakeException exception) when (exception.Kind == FailureKind.Usage)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"`reads` does not say how rows of {input} point to pieces: {exception.Message}", exception);
        }
    }
}
