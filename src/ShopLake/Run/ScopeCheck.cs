using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// What can be seen of a wrong scope before it does harm: mappings that are no expressions over their input, or rows of the
/// model that belong to no piece. Whether pieces really are independent only data can tell.
/// </summary>
internal static class ScopeCheck
{
    /// <exception cref="ShopLakeException">The scope does not fit the model or its inputs.</exception>
    public static void Verify(IEngine engine, Model model, CancellationToken cancellation)
    {
        if (model.Scope is not { } scope)
        {
            return;
        }

        foreach ((string input, IReadOnlyList<PieceMapping> mappings) in scope.Reads)
        {
            BindMappings(engine, model, input, mappings, cancellation);
        }

        string isNull = string.Join(" OR ", scope.Key.Select(column => $"\"{column}\" IS NULL"));
        long homeless = (long)engine.Query($"SELECT count(*) FROM {model.Name} WHERE {isNull}", cancellation).Rows[0][0]!;
        if (homeless > 0)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{homeless} rows of {model.Name} have no {string.Join(", ", scope.Key)}, by which `scope` cuts it into pieces; "
                + "leave such rows out of the model, or choose another scope.");
        }
    }

    private static void BindMappings(
        IEngine engine, Model model, string input, IReadOnlyList<PieceMapping> mappings, CancellationToken cancellation)
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
