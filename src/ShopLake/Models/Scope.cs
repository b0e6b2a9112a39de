using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>How a row of an input points to the pieces of a model that it takes part in.</summary>
public abstract partial record PieceMapping
{
    private PieceMapping()
    {
    }

    /// <summary>A condition over the row without which it takes part in no piece; null where every row does.</summary>
    public string? Where { get; init; }

    /// <summary>The row itself names its piece: one expression over its columns for each key column. With a NULL it names none.</summary>
    public sealed record Direct(IReadOnlyList<string> Expressions) : PieceMapping
    {
        public override string ToString() => string.Join(", ", Expressions) + Condition;
    }

    /// <summary>The row takes part in the pieces of the rows of another input whose column equals the expression.</summary>
    public sealed record Via(string Expression, string Table, string Column) : PieceMapping
    {
        /// <summary>How those rows point to pieces, where it is not in all the ways that the scope has for them.</summary>
        public IReadOnlyList<PieceMapping>? Onward { get; init; }

        public override string ToString() =>
            $"{Expression} = {Table}.{Column} [{string.Join("; ", Onward ?? [])}]" + Condition;
    }

    /// <summary>Every piece reads all of the input; a change of it recomputes the whole model.</summary>
    public sealed record Whole : PieceMapping;

    private string Condition => Where is null ? "" : $" where {Where}";

    /// <summary>
    /// Reads <c>order_id</c>, <c>business_day(paid_at), unit</c>, <c>row</c>, <c>user_id = silver.orders.user_id</c> or <c>all</c>,
    /// and behind each a condition: <c>order_id where is_paid</c>.
    /// </summary>
    public static PieceMapping Parse(string text) => IndexOutside(text, " where ") is >= 0 and int at
        ? Pointing(text[..at]) with { Where = text[(at + " where ".Length)..].Trim() }
        : Pointing(text);

    private static PieceMapping Pointing(string text)
    {
        switch (text.Trim())
        {
            case "all":
                return new Whole();
            case "row":
                return new Direct(Scope.Row);
            default:
                Match via = ViaPattern().Match(text);
                return via.Success
                    ? new Via(via.Groups[1].Value, via.Groups[2].Value, via.Groups[3].Value)
                    : new Direct(SplitOutside(text));
        }
    }

    private static List<string> SplitOutside(string text)
    {
        var parts = new List<string>();
        while (IndexOutside(text, ",") is >= 0 and int comma)
        {
            parts.Add(text[..comma].Trim());
            text = text[(comma + 1)..];
        }

        parts.Add(text.Trim());
        return parts;
    }

    /// <summary>Where words stand first in SQL, outside parentheses and quotes; less than 0 where they do not.</summary>
    private static int IndexOutside(string sql, string words)
    {
        int depth = 0;
        bool isQuoted = false;
        for (int i = 0; i < sql.Length; i++)
        {
            isQuoted ^= sql[i] == '\'';
            depth += isQuoted ? 0 : sql[i] == '(' ? 1 : sql[i] == ')' ? -1 : 0;
            if (depth == 0 && !isQuoted && string.CompareOrdinal(sql, i, words, 0, words.Length) == 0)
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"^\s*(.*?\S)\s*=\s*(\w+\.\w+)\.(\w+)\s*$", RegexOptions.Singleline)]
    private static partial Regex ViaPattern();
}

/// <summary>
/// The columns that cut a model into pieces which can be computed one without the other, and for each input how its rows
/// point to pieces. A run recomputes the pieces that changed rows point to, from inputs narrowed to those pieces.
/// </summary>
/// <param name="Key">Columns of the model, never NULL; a piece is one combination of their values.</param>
/// <param name="Reads">For each input one mapping or more; where several hold, the row takes part in the pieces of each.</param>
public sealed partial record Scope(IReadOnlyList<string> Key, IReadOnlyDictionary<string, IReadOnlyList<PieceMapping>> Reads)
{
    /// <summary>The columns that tell rows of Bronze apart, written <c>row</c> for short.</summary>
    public static readonly IReadOnlyList<string> Row = [.. LakeCatalog.RawMetadata.Take(3).Select(column => column.Name)];

    /// <summary>How time cuts the pieces further; null where a change reaches all rows of its piece.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>Every word of it that could be the name of an input's column.</summary>
    public IReadOnlySet<string> Words => Reads.Values
        .SelectMany(mappings => mappings.Select(mapping => mapping.ToString()))
        .Concat((Timeline?.During.Values ?? []).Select(span => span.First))
        .SelectMany(text => Word().Matches(text).Select(match => match.Value))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The same scope with mappings that stand for themselves, so that they can be put together with those of others.</summary>
    public Scope Onward() => Mapped(Onward);

    /// <summary>The same scope where every row takes part.</summary>
    public Scope Unconditional() => Mapped(mapping => mapping with { Where = null });

    /// <summary>The same scope with each mapping changed.</summary>
    internal Scope Mapped(Func<PieceMapping, PieceMapping> change) => this with
    {
        Reads = Reads.ToDictionary(
            read => read.Key, read => (IReadOnlyList<PieceMapping>)[.. read.Value.Select(change)], StringComparer.Ordinal),
    };

    private PieceMapping Onward(PieceMapping mapping) => mapping is PieceMapping.Via via
        ? via with { Onward = [.. Reads[via.Table].Select(Onward)] }
        : mapping;

    /// <summary>Whether a change of the input recomputes all pieces.</summary>
    public bool ReadsWhole(string input) => Reads[input].Any(mapping => mapping is PieceMapping.Whole);

    /// <summary>The inputs of which a piece reads its own rows only, each behind those that it points to pieces by.</summary>
    public IReadOnlyList<string> NarrowedInputs()
    {
        var placed = new List<string>();
        foreach (string input in Reads.Keys.Where(input => !ReadsWhole(input)))
        {
            Place(input);
        }

        return placed;

        void Place(string input)
        {
            if (placed.Contains(input))
            {
                return;
            }

            foreach (PieceMapping.Via via in Reads[input].OfType<PieceMapping.Via>())
            {
                Place(via.Table);
            }

            placed.Add(input);
        }
    }

    /// <summary>What is wrong with it for a model that has these columns and inputs; empty when nothing is.</summary>
    /// <param name="columns">Columns of the model.</param>
    /// <param name="inputs">Tables that it reads, with their columns; null where those are not known.</param>
    public IEnumerable<string> Mistakes(
        IReadOnlyList<string> columns, IReadOnlyDictionary<string, IReadOnlyList<string>?> inputs)
    {
        foreach (string stranger in Key.Except(columns))
        {
            yield return $"the scope names the column {stranger}, which the model does not have.";
        }

        foreach (string mistake in TimelineMistakes(columns))
        {
            yield return mistake;
        }

        foreach (string missing in inputs.Keys.Except(Reads.Keys))
        {
            yield return $"`reads` lacks {missing}: say how its rows point to {string.Join(", ", Key)}, or `all`.";
        }

        foreach (string stranger in Reads.Keys.Except(inputs.Keys))
        {
            yield return $"`reads` names {stranger}, which the SELECT does not read.";
        }

        foreach ((string input, PieceMapping mapping) in Reads.SelectMany(read => read.Value.Select(mapping => (read.Key, mapping))))
        {
            switch (mapping)
            {
                case PieceMapping.Whole { Where: { } condition }:
                    yield return $"{input} is read whole, which takes no condition: leave out `where {condition}`.";
                    break;
                case PieceMapping.Direct direct when direct.Expressions.Count != Key.Count:
                    yield return $"{input} gives {direct.Expressions.Count} expressions for {Key.Count} key columns.";
                    break;
                case PieceMapping.Via via when !LeadsToPieces(via.Table, [input]):
                    yield return $"{input} points to pieces by {via.Table}, which does not lead to a piece itself.";
                    break;
                case PieceMapping.Via via when inputs.GetValueOrDefault(via.Table) is { } known && !known.Contains(via.Column):
                    yield return $"{input} points to pieces by {via.Table}.{via.Column}, which is not a column."
                        + ModelLibrary.Suggest(via.Column, known);
                    break;
                default:
                    break;
            }
        }
    }

    private IEnumerable<string> TimelineMistakes(IReadOnlyList<string> columns)
    {
        if (Timeline is null)
        {
            yield break;
        }

        if (!columns.Contains(Timeline.At))
        {
            yield return $"`timeline` is told by {Timeline.At}, which is not a column." + ModelLibrary.Suggest(Timeline.At, columns);
        }

        foreach (string input in Timeline.During.Keys)
        {
            if (Reads.GetValueOrDefault(input) is not [PieceMapping.Direct])
            {
                yield return $"`timeline` tells the time of rows of {input}; it takes an input whose rows name their own piece, in one way.";
            }
        }
    }

    private bool LeadsToPieces(string table, IReadOnlyList<string> path) =>
        !path.Contains(table) && Reads.TryGetValue(table, out IReadOnlyList<PieceMapping>? mappings) && mappings.All(mapping => mapping switch
        {
            PieceMapping.Direct => true,
            PieceMapping.Via via => LeadsToPieces(via.Table, [.. path, table]),
            _ => false,
        });

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
