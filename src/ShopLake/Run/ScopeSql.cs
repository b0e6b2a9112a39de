using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// The SQL of scopes: from changed rows to the pieces they touch, and from touched pieces to the rows that they are made of.
/// </summary>
/// <param name="scope">The scope of a model.</param>
/// <param name="pieces">Name of the staged pieces: columns piece_0, piece_1, …, never NULL, no piece twice.</param>
internal sealed class ScopeSql(Scope scope, string pieces)
{
    private readonly string[] _pieceColumns = [.. scope.Key.Select((_, index) => $"piece_{index}")];

    /// <summary>SELECT of the pieces that rows point to.</summary>
    /// <param name="changes">For inputs, where their changed rows stand.</param>
    public string Touched(IEnumerable<(string Input, string Rows)> changes) =>
        Named(changes.SelectMany(change => Pointers(scope.Reads[change.Input], change.Rows)));

    /// <summary>SELECT of every piece that the inputs name, or that has rows, and that fulfils a condition.</summary>
    /// <remarks>Rows that point through another input name no piece which that one does not name itself.</remarks>
    public string AllPieces(Model model, string condition) => Named(
        scope.Reads
            .SelectMany(read => Pointers([.. read.Value.OfType<PieceMapping.Direct>()], read.Key))
            .Concat(Pointers([new PieceMapping.Direct(scope.Key)], model.Name))) + $" AND {condition}";

    /// <summary>An expression over a piece: evenly spread over 0 … 2³² − 1, the same on every engine.</summary>
    public string HashOfPiece(long seed) =>
        $"hash_part({string.Join(" || '|' || ", _pieceColumns.Select(column => $"as_text({column})").Prepend($"'{seed}'"))}, 0)";

    /// <summary>The inputs of a model narrowed to the touched pieces, each a name and the SELECT of its rows.</summary>
    public IReadOnlyList<(string Name, string Select)> NarrowedInputs() =>
        [.. scope.NarrowedInputs().Select(input => (Narrowed(input), RowsOfPieces(input)))];

    /// <summary>SELECT of a model that computes the touched pieces, from its narrowed inputs.</summary>
    public string Recompute(Model model, string columns)
    {
        string sql = model.SqlReading(scope.NarrowedInputs().ToDictionary(input => input, Narrowed, StringComparer.Ordinal));
        return $"SELECT {columns} FROM (\n{sql}\n) AS model WHERE {OfPieces(scope.Key)}";
    }

    /// <summary>SELECT of the rows of an input that the pieces are made of.</summary>
    public string Rows(string input)
    {
        IEnumerable<string> needed = scope.NarrowedInputs().TakeWhile(other => other != input).Append(input);
        return $"WITH {string.Join(", ", needed.Select(other => $"{Narrowed(other)} AS ({RowsOfPieces(other)})"))} "
            + $"SELECT * FROM {Narrowed(input)}";
    }

    /// <summary>The condition that rows with these expressions belong to a touched piece.</summary>
    public string OfPieces(IReadOnlyList<string> expressions) =>
        $"{Tuple(expressions)} IN (SELECT {string.Join(", ", _pieceColumns)} FROM {pieces})";

    /// <summary>An expression, or several to be compared as one.</summary>
    public static string Tuple(IReadOnlyList<string> expressions) =>
        expressions.Count == 1 ? expressions[0] : $"({string.Join(", ", expressions)})";

    private string Named(IEnumerable<string> pointers)
    {
        string named = string.Join(" AND ", _pieceColumns.Select(column => $"{column} IS NOT NULL"));
        return $"SELECT DISTINCT * FROM (\n{string.Join("\nUNION ALL\n", pointers)}\n) AS pointers WHERE {named}";
    }

    private IEnumerable<string> Pointers(IReadOnlyList<PieceMapping> mappings, string rows) => mappings.SelectMany(mapping => mapping switch
    {
        PieceMapping.Direct direct =>
            [$"SELECT {string.Join(", ", direct.Expressions.Zip(_pieceColumns, (expression, column) => $"{expression} AS {column}"))} FROM {rows}"],
        PieceMapping.Via via => Pointers(via.Onward ?? scope.Reads[via.Table],
            $"(SELECT * FROM {via.Table} WHERE {via.Column} IN (SELECT {via.Expression} FROM {rows})) AS reached"),
        _ => Enumerable.Empty<string>(),
    });

    /// <summary>A join reads least where it can be one: an engine leaves out what no piece can match before it reads the rest.</summary>
    private string RowsOfPieces(string input) => scope.Reads[input] is [PieceMapping.Direct only]
        ? $"SELECT t.* FROM {input} AS t INNER JOIN {pieces} AS p ON "
            + string.Join(" AND ", only.Expressions.Zip(_pieceColumns, (expression, column) => $"p.{column} = {expression}"))
        : $"SELECT * FROM {input} WHERE " + string.Join(" OR ", scope.Reads[input].Select(mapping => mapping switch
        {
            PieceMapping.Direct direct => OfPieces(direct.Expressions),
            PieceMapping.Via via => $"{via.Expression} IN (SELECT {via.Column} FROM {Narrowed(via.Table)})",
            _ => throw new InvalidOperationException($"{input} is read whole and cannot be narrowed."),
        }));

    private static string Narrowed(string input) => $"narrowed_{input.Replace('.', '_')}";
}
