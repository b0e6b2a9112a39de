using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// The SQL of scopes: from changed rows to the pieces they touch, and from touched pieces to the rows that they are made of.
/// </summary>
/// <param name="scope">The scope of a model.</param>
/// <param name="pieces">
/// Name of the staged pieces: columns piece_0, piece_1, …, never NULL, no piece twice; with a timeline also replaced_from and
/// read_from, NULL for all of a piece.
/// </param>
/// <param name="timeline">How time cuts the pieces further; null where they are taken whole.</param>
/// <param name="facts">What is known of the staged pieces; null where nothing is.</param>
internal sealed partial class ScopeSql(Scope scope, string pieces, Timeline? timeline = null, PieceFacts? facts = null)
{
    private const string SinceAt = "since_at";
    private const string ReplacedFrom = "replaced_from";
    private const string ReadFrom = "read_from";

    /// <summary>Name of the staged pieces.</summary>
    public string Pieces => pieces;

    /// <summary>The columns of the staged pieces that tell them apart.</summary>
    public IReadOnlyList<string> KeyColumns { get; } = [.. scope.Key.Select((_, index) => $"piece_{index}")];

    /// <summary>The piece columns that inputs name by the business day of an instant.</summary>
    public IReadOnlyList<string> DayColumns =>
        [.. scope.Reads.Values.SelectMany(mappings => mappings).OfType<PieceMapping.Direct>().SelectMany(InstantsOfDays)
            .Select(instant => instant.Day).Distinct(StringComparer.Ordinal)];

    /// <summary>Inputs of which all rows are in one piece: they are read or not, and need not be looked up and kept.</summary>
    public IReadOnlyList<string> InputsOfOnePiece => [.. scope.NarrowedInputs().Where(input =>
        scope.Reads[input] is [PieceMapping.Direct { Where: null } only] && only.Expressions.All(IsText)
        && timeline?.During.ContainsKey(input) != true
        && !scope.Reads.Values.SelectMany(mappings => mappings).OfType<PieceMapping.Via>().Any(via => via.Table == input))];

    /// <summary>The condition that a staged piece, as <c>p</c>, is the one of such an input.</summary>
    public string IsPieceOf(string input) => ArePiece(((PieceMapping.Direct)scope.Reads[input][0]).Expressions);

    /// <summary>The inputs that are looked up by the touched pieces, by each mapping.</summary>
    public IEnumerable<(string Input, PieceMapping.Direct Mapping)> Lookups => scope.NarrowedInputs().Except(InputsOfOnePiece)
        .SelectMany(input => scope.Reads[input].OfType<PieceMapping.Direct>().Select(mapping => (input, mapping)));

    /// <summary>SELECT of the touched pieces that may name rows of an input beyond those at hand.</summary>
    /// <param name="mapping">How the input names pieces; its expressions contain the key of the rows.</param>
    /// <param name="rows">Rows of the input.</param>
    public string PiecesBeyond(PieceMapping.Direct mapping, RowsAtHand rows)
    {
        (string Expression, string Piece)[] named = [.. mapping.Expressions.Zip(KeyColumns)];
        IEnumerable<string> isAtHand = rows.Key.Select((column, index) =>
            $"k.piece_{index} = p.{named.First(name => name.Expression == column).Piece}");
        IEnumerable<string> conditions = named.Where(name => IsText(name.Expression))
            .Select(name => $"p.{name.Piece} = {name.Expression}").Prepend("k.piece_0 IS NULL");
        return $"SELECT p.* FROM {pieces} AS p LEFT JOIN {rows.Pieces} AS k ON {string.Join(" AND ", isAtHand)}"
            + $" WHERE {string.Join(" AND ", conditions)}";
    }

    /// <summary>SELECT of the pieces that rows point to.</summary>
    /// <param name="changes">For inputs, where their changed rows stand.</param>
    /// <remarks>With a timeline also since when each is touched: NULL from its beginning.</remarks>
    public string Touched(IEnumerable<(string Input, string Rows)> changes)
    {
        IEnumerable<string> pointers = changes.SelectMany(change => Pointers(scope.Reads[change.Input], change.Rows, Since(change.Input)));
        return timeline is null ? Named(pointers) : $"""
            SELECT {PieceColumns}, CASE WHEN count({SinceAt}) = count(*) THEN min({SinceAt}) END AS {SinceAt}
            FROM ({Named(pointers)}) AS named GROUP BY {PieceColumns}
            """;
    }

    /// <summary>SELECT of one row where a changed row points to no piece, else of none.</summary>
    /// <param name="changes">For inputs, where their changed rows stand.</param>
    public string Unnamed(IEnumerable<(string Input, string Rows)> changes) => $"""
        SELECT 1 AS one FROM (
        {string.Join("\nUNION ALL\n", changes.SelectMany(change => Pointers(scope.Reads[change.Input], change.Rows)))}
        ) AS pointers WHERE {string.Join(" OR ", KeyColumns.Select(column => $"{column} IS NULL"))} LIMIT 1
        """;

    /// <summary>
    /// SELECT of the pieces with the instant from which on their rows are replaced, that of the last neighbour before the touch,
    /// and the one from which on they are computed, so that this neighbour too finds what it looks back at.
    /// </summary>
    /// <param name="model">Its rows stand as they were before the touch.</param>
    /// <param name="touched">Name of the staged pieces with the instants since when they are touched.</param>
    public string FromNeighbours(Model model, string touched) => $"""
        WITH replaced AS ({LastBefore(model, touched, SinceAt, $"max(t.{timeline!.At}) AS {ReplacedFrom}")})
        {LastBefore(model, "replaced", ReplacedFrom, $"min(p.{ReplacedFrom}) AS {ReplacedFrom}, max(t.{timeline.At}) AS {ReadFrom}")}
        """;

    /// <summary>SELECT of every piece that the inputs name, or that has rows, and that fulfils a condition.</summary>
    /// <remarks>Rows that point through another input name no piece which that one does not name itself.</remarks>
    public string AllPieces(Model model, string condition) => Named(
        scope.Reads
            .SelectMany(read => Pointers([.. read.Value.OfType<PieceMapping.Direct>()], read.Key))
            .Concat(Pointers([new PieceMapping.Direct(scope.Key)], model.Name))) + $" AND {condition}";

    /// <summary>An expression over a piece: evenly spread over 0 … 2³² − 1, the same on every engine.</summary>
    public string HashOfPiece(long seed) =>
        $"hash_part({string.Join(" || '|' || ", KeyColumns.Select(column => $"as_text({column})").Prepend($"'{seed}'"))}, 0)";

    /// <summary>
    /// The inputs of a model narrowed to the touched pieces, each a name and the SELECT of its rows: of the columns that the model
    /// may read, where the catalog knows them, since an engine may keep those rows.
    /// </summary>
    public IReadOnlyList<(string Name, string Select)> NarrowedInputs(Model model, LakeCatalog catalog) =>
        [.. scope.NarrowedInputs().Except(InputsOfOnePiece)
            .Select(input => (Narrowed(input), RowsOfPieces(input, Read(model, catalog.Find(input)))))];

    /// <summary>SELECT of the rows of a model that are replaced, as they stand.</summary>
    public string Standing(Model model, string columns) => $"SELECT {columns} FROM {model.Name} AS model {AreReplaced()}";

    /// <summary>SELECT of a model that computes the rows to replace them by, from its narrowed inputs.</summary>
    public string Recompute(Model model, string columns)
    {
        IReadOnlyList<string> onePieces = InputsOfOnePiece;
        string sql = model.SqlReading(scope.NarrowedInputs().ToDictionary(
            input => input, input => onePieces.Contains(input) ? WholeOrNothing(input) : Narrowed(input), StringComparer.Ordinal));
        return $"SELECT {columns} FROM (\n{sql}\n) AS model {AreReplaced()}";
    }

    /// <summary>SELECT of the rows of an input that the pieces are made of.</summary>
    public string Rows(string input)
    {
        IEnumerable<string> needed = scope.NarrowedInputs().TakeWhile(other => other != input).Append(input);
        return $"WITH {string.Join(", ", needed.Select(other => $"{Narrowed(other)} AS ({RowsOfPieces(other, "t.*")})"))} "
            + $"SELECT * FROM {Narrowed(input)}";
    }

    /// <summary>The condition that rows with these expressions belong to a touched piece.</summary>
    public string OfPieces(IReadOnlyList<string> expressions) =>
        $"{Tuple(expressions)} IN (SELECT {PieceColumns} FROM {pieces})";

    /// <summary>An expression, or several to be compared as one.</summary>
    public static string Tuple(IReadOnlyList<string> expressions) =>
        expressions.Count == 1 ? expressions[0] : $"({string.Join(", ", expressions)})";

    private string PieceColumns => string.Join(", ", KeyColumns);

    private string AreReplaced() => timeline is null
        ? $"WHERE {OfPieces(scope.Key)}"
        : $"INNER JOIN {pieces} AS p ON {ArePiece(scope.Key)} AND (p.{ReplacedFrom} IS NULL OR {timeline.At} >= p.{ReplacedFrom})";

    private string LastBefore(Model model, string touched, string instant, string found)
    {
        string isNeighbour = timeline!.Neighbours is { } neighbours ? $" AND ({neighbours})" : "";
        string columns = string.Join(", ", KeyColumns.Select(column => $"p.{column}"));
        return $"SELECT {columns}, {found} FROM {touched} AS p LEFT JOIN {model.Name} AS t"
            + $" ON {ArePiece(scope.Key)} AND t.{timeline.At} < p.{instant}{isNeighbour} GROUP BY {columns}";
    }

    private string ArePiece(IReadOnlyList<string> expressions) =>
        string.Join(" AND ", expressions.Zip(KeyColumns, (expression, column) => $"p.{column} = {expression}"));

    private string Since(string input) => timeline is null ? ""
        : $", {timeline.During.GetValueOrDefault(input)?.First ?? "cast(NULL AS timestamp)"} AS {SinceAt}";

    private string Named(IEnumerable<string> pointers)
    {
        string named = string.Join(" AND ", KeyColumns.Select(column => $"{column} IS NOT NULL"));
        return $"SELECT DISTINCT * FROM (\n{string.Join("\nUNION ALL\n", pointers)}\n) AS pointers WHERE {named}";
    }

    private IEnumerable<string> Pointers(IReadOnlyList<PieceMapping> mappings, string rows, string since = "") => mappings.SelectMany(mapping => mapping switch
    {
        PieceMapping.Direct direct =>
            [$"SELECT {string.Join(", ", direct.Expressions.Zip(KeyColumns, (expression, column) => $"{expression} AS {column}"))}{since} FROM {rows}{Where(mapping)}"],
        PieceMapping.Via via => Pointers(via.Onward ?? scope.Reads[via.Table],
            $"(SELECT * FROM {via.Table} WHERE {via.Column} IN (SELECT {via.Expression} FROM {rows}{Where(mapping)})) AS reached",
            Since(via.Table)),
        _ => Enumerable.Empty<string>(),
    });

    /// <summary>
    /// A row that takes part in several ways is taken by the first of them. Each way is a join of its own, since an engine leaves
    /// out what no piece can match before it reads the rest of a row, but not where one of several conditions may hold.
    /// </summary>
    private string RowsOfPieces(string input, string columns)
    {
        IReadOnlyList<PieceMapping> mappings = scope.Reads[input];
        return string.Join("\nUNION ALL\n", mappings.Select((mapping, index) => RowsBy(input, columns, mapping, mappings.Take(index))));
    }

    private string RowsBy(string input, string columns, PieceMapping mapping, IEnumerable<PieceMapping> before)
    {
        string from = $"SELECT {columns} FROM {facts?.AtHand.GetValueOrDefault((input, mapping)) ?? input} AS t";
        // Not by NOT: where an IN may also be unknown, SQLite compares with every piece.
        IEnumerable<string> conditions = before.Select(other => $"({TakesPart(other)}) IS NOT TRUE");
        if (mapping is PieceMapping.Direct direct)
        {
            from += $" INNER JOIN {pieces} AS p ON {ArePiece(direct.Expressions)}";
            if (timeline?.During.GetValueOrDefault(input)?.Last is { } last)
            {
                from += $" AND (p.{ReadFrom} IS NULL OR {last} IS NULL OR {last} >= p.{ReadFrom})";
            }

            conditions = conditions.Concat(InstantsOfDays(direct).Where(_ => facts is not null)
                .Select(instant => IsNear(instant.Column, facts!.Days[instant.Day])));
            if (direct.Where is { } condition)
            {
                conditions = conditions.Append($"({condition})");
            }
        }
        else
        {
            conditions = conditions.Prepend(TakesPart(mapping));
        }

        string where = string.Join(" AND ", conditions);
        return where.Length == 0 ? from : $"{from} WHERE {where}";
    }

    /// <summary>The instants whose business days name pieces.</summary>
    private IEnumerable<(string Column, string Day)> InstantsOfDays(PieceMapping.Direct mapping) => mapping.Expressions
        .Zip(KeyColumns, (expression, piece) => (Column: BusinessDay().Match(expression).Groups[1].Value, Day: piece))
        .Where(instant => instant.Column.Length > 0);

    /// <summary>
    /// A wider net than the days themselves, which an engine casts without asking each row for its day: no zone is a day away
    /// from UTC.
    /// </summary>
    private static string IsNear(string instant, (DateOnly First, DateOnly Last) days)
    {
        return $"t.{instant} >= {Midnight(days.First, -1)} AND t.{instant} < {Midnight(days.Last, 2)}";

        static string Midnight(DateOnly day, int plus) => string.Create(CultureInfo.InvariantCulture,
            $"as_utc('{DateOnly.FromDayNumber(Math.Clamp(day.DayNumber + plus, 0, DateOnly.MaxValue.DayNumber)):yyyy-MM-dd} 00:00:00.000000')");
    }

    [GeneratedRegex(@"^business_day\((\w+)\)$")]
    private static partial Regex BusinessDay();

    private string TakesPart(PieceMapping mapping) => mapping switch
    {
        PieceMapping.Direct direct => OfPieces(direct.Expressions),
        PieceMapping.Via via => $"{via.Expression} IN (SELECT {via.Column} FROM {Narrowed(via.Table)})",
        _ => throw new InvalidOperationException("What is read whole cannot be narrowed."),
    } + (mapping.Where is null ? "" : $" AND ({mapping.Where})");

    private static string Where(PieceMapping mapping) => mapping.Where is null ? "" : $" WHERE {mapping.Where}";

    private string WholeOrNothing(string input) => facts is null ? $"({RowsOfPieces(input, "t.*")})"
        : facts.WholeInputs.Contains(input) ? input
        : $"(SELECT * FROM {input} WHERE 1 = 0)";

    private static bool IsText(string expression) => expression.StartsWith('\'') && expression.IndexOf('\'', 1) == expression.Length - 1;

    /// <summary>A model that reads no column of a table still reads its rows.</summary>
    private static string Read(Model model, TableDefinition? input) => input is null || model.ColumnsOf(input) is not { Count: > 0 } columns
        ? "t.*"
        : string.Join(", ", columns.Select(column => $"t.\"{column}\""));

    private static string Narrowed(string input) => $"narrowed_{input.Replace('.', '_')}";
}
