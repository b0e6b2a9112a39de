using System.Text.RegularExpressions;

namespace ShopLake.Models;

/// <summary>How a row of an input points to the pieces of a model that it takes part in.</summary>
public abstract partial record PieceMapping
{
    private PieceMapping()
    {
    }

    /// <summary>The row itself names its piece: one expression over its columns for each key column.</summary>
    public sealed record Direct(IReadOnlyList<string> Expressions) : PieceMapping;

    /// <summary>The row takes part in the pieces of the rows of another input whose column equals the expression.</summary>
    public sealed record Via(string Expression, string Table, string Column) : PieceMapping;

    /// <summary>Every piece reads all of the input; a change of it recomputes the whole model.</summary>
    public sealed record Whole : PieceMapping;

    /// <summary>Reads <c>order_id</c>, <c>business_day(paid_at), unit</c>, <c>user_id = silver.orders.user_id</c> or <c>all</c>.</summary>
    public static PieceMapping Parse(string text)
    {
        if (text.Trim() == "all")
        {
            return new Whole();
        }

        Match via = ViaPattern().Match(text);
        return via.Success
            ? new Via(via.Groups[1].Value, via.Groups[2].Value, via.Groups[3].Value)
            : new Direct(SplitOutsideParentheses(text));
    }

    private static List<string> SplitOutsideParentheses(string text)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return parts;
    }

    [GeneratedRegex(@"^\s*(.*?\S)\s*=\s*(\w+\.\w+)\.(\w+)\s*$", RegexOptions.Singleline)]
    private static partial Regex ViaPattern();
}

/// <summary>
/// The columns that cut a model into pieces which can be computed one without the other, and for each input how its rows
/// point to pieces. A run recomputes the pieces that changed rows point to, from inputs narrowed to those pieces.
/// </summary>
/// <param name="Key">Columns of the model; a piece is one combination of their values.</param>
/// <param name="Reads">For each input one mapping or more; where several hold, the row takes part in the pieces of each.</param>
public sealed record Scope(IReadOnlyList<string> Key, IReadOnlyDictionary<string, IReadOnlyList<PieceMapping>> Reads)
{
    /// <summary>What is wrong with it for a model that has these columns and inputs; empty when nothing is.</summary>
    public IEnumerable<string> Mistakes(IReadOnlyList<string> columns, IReadOnlyList<string> inputs)
    {
        foreach (string stranger in Key.Except(columns))
        {
            yield return $"the scope names the column {stranger}, which the model does not have.";
        }

        foreach (string missing in inputs.Except(Reads.Keys))
        {
            yield return $"`reads` lacks {missing}: say how its rows point to {string.Join(", ", Key)}, or `all`.";
        }

        foreach (string stranger in Reads.Keys.Except(inputs))
        {
            yield return $"`reads` names {stranger}, which the SELECT does not read.";
        }

        foreach ((string input, PieceMapping mapping) in Reads.SelectMany(read => read.Value.Select(mapping => (read.Key, mapping))))
        {
            if (mapping is PieceMapping.Direct direct && direct.Expressions.Count != Key.Count)
            {
                yield return $"{input} gives {direct.Expressions.Count} expressions for {Key.Count} key columns.";
            }

            if (mapping is PieceMapping.Via via && !Reaches(via.Table, []))
            {
                yield return $"{input} points to pieces by {via.Table}, which does not lead to a piece itself.";
            }
        }
    }

    /// <summary>The mappings of an input by which others reach pieces through it: those that are direct, else the first.</summary>
    public IEnumerable<PieceMapping> Leading(string input)
    {
        IReadOnlyList<PieceMapping> mappings = Reads[input];
        return mappings.Any(mapping => mapping is PieceMapping.Direct)
            ? mappings.Where(mapping => mapping is PieceMapping.Direct)
            : mappings.Take(1);
    }

    private bool Reaches(string table, HashSet<string> seen) =>
        seen.Add(table) && Reads.ContainsKey(table) && Leading(table).First() switch
        {
            PieceMapping.Direct => true,
            PieceMapping.Via via => Reaches(via.Table, seen),
            _ => false,
        };
}
