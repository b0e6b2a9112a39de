using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>The rows by which a table differs from its published state, staged in the engine.</summary>
/// <param name="Removed">Name of the staged rows that are gone or were otherwise; null when the table only grew.</param>
/// <param name="Added">Name of the staged rows that are new or are otherwise now.</param>
internal sealed record Delta(string? Removed, string Added)
{
    public IEnumerable<string> Names => Removed is null ? [Added] : [Removed, Added];
}

/// <summary>
/// Brings tables from one state of Bronze to the next at a cost that follows what changed: changed rows of the inputs, old
/// and new, point to pieces of a model; those pieces are computed anew from inputs narrowed to them; what came out
/// otherwise is handed on to the models that read it. There is no look-back window: how late a row comes plays no part.
/// </summary>
internal sealed class ScopedBuild(IEngine engine, CancellationToken cancellation)
{
    private const string Pieces = "touched_pieces";
    private const string NewRows = "recomputed_rows";

    private readonly Dictionary<string, Delta> _deltas = new(StringComparer.Ordinal);

    public bool HasChanged(string table) => _deltas.ContainsKey(table);

    /// <summary>States the rows that new commits brought to a raw table.</summary>
    public void AddBronze(TableDefinition table, string selectNewRows)
    {
        string added = StagedName("added", table.FullName);
        if (engine.Stage(added, selectNewRows, cancellation) > 0)
        {
            _deltas[table.FullName] = new Delta(null, added);
        }
    }

    /// <summary>Updates one model whose inputs are up to date.</summary>
    /// <returns>Rows by which it changed: removed and added together.</returns>
    public long Update(Model model, bool isNewText)
    {
        string[] inputs = [.. ModelGraph.Inputs(model)];
        string[] changed = [.. inputs.Where(HasChanged)];
        bool readsClock = inputs.Any(input => !ModelGraph.IsData(input));
        if (changed.Length == 0 && !isNewText && !(readsClock && model.Scope is null))
        {
            return 0;
        }

        bool isWhole = model.Scope is null || isNewText
            || changed.Any(input => model.Scope.Reads[input].Any(mapping => mapping is PieceMapping.Whole));
        return isWhole ? UpdateWhole(model) : UpdatePieces(model, model.Scope!, changed);
    }

    private long UpdateWhole(Model model)
    {
        engine.Stage(NewRows, $"SELECT {Columns(model)} FROM (\n{model.Sql}\n) AS model", cancellation);
        long changes = StageDelta(model, $"SELECT {Columns(model)} FROM {model.Name}");
        if (changes > 0)
        {
            engine.Materialize(model.Table, model.What, $"SELECT {Columns(model)} FROM {NewRows}", cancellation);
        }

        return changes;
    }

    private long UpdatePieces(Model model, Scope scope, string[] changed)
    {
        if (StagePieces(scope, changed) == 0)
        {
            return 0;
        }

        var narrowed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string input in scope.Reads.Keys.Where(input => scope.Reads[input][0] is not PieceMapping.Whole))
        {
            narrowed[input] = StagedName("narrowed", input);
            engine.Stage(narrowed[input], $"SELECT * FROM {input} AS t WHERE {Belongs(scope, input, scope.Reads[input])}", cancellation);
        }

        string ofPieces = Matches(scope.Key.Select(column => $"t.{column}"));
        engine.Stage(NewRows,
            $"SELECT {Columns(model)} FROM (\n{model.SqlReading(narrowed)}\n) AS t WHERE {ofPieces}", cancellation);
        long changes = StageDelta(model, $"SELECT {Columns(model)} FROM {model.Name} AS t WHERE {ofPieces}");
        if (changes > 0)
        {
            engine.Replace(model.Table, scope.Key, Pieces, NewRows, cancellation);
        }

        return changes;
    }

    /// <summary>The pieces that changed rows point to, each once.</summary>
    private long StagePieces(Scope scope, string[] changed)
    {
        IEnumerable<string> pointers = changed.SelectMany(input => _deltas[input].Names.SelectMany(rows =>
            scope.Reads[input].SelectMany(mapping => Pointers(scope, mapping, rows))));
        return engine.Stage(Pieces, $"SELECT DISTINCT * FROM (\n{string.Join("\nUNION ALL\n", pointers)}\n) AS pointers", cancellation);
    }

    /// <summary>SELECTs of the pieces that rows of an input point to by one mapping.</summary>
    private static IEnumerable<string> Pointers(Scope scope, PieceMapping mapping, string rows) => mapping switch
    {
        PieceMapping.Direct direct =>
            [$"SELECT {string.Join(", ", direct.Expressions.Select((expression, index) => $"{expression} AS piece_{index}"))} FROM {rows}"],
        PieceMapping.Via via => scope.Leading(via.Table).SelectMany(next =>
            Pointers(scope, next, $"(SELECT * FROM {via.Table} WHERE {via.Column} IN (SELECT {via.Expression} FROM {rows})) AS reached")),
        _ => [],
    };

    /// <summary>The condition under which a row of an input belongs to a touched piece.</summary>
    private static string Belongs(Scope scope, string input, IEnumerable<PieceMapping> mappings) =>
        string.Join(" OR ", mappings.Select(mapping => mapping switch
        {
            PieceMapping.Direct direct => Matches(direct.Expressions),
            PieceMapping.Via via => $"{via.Expression} IN (SELECT {via.Column} FROM {via.Table} AS t "
                + $"WHERE {Belongs(scope, via.Table, scope.Leading(via.Table))})",
            _ => throw new InvalidOperationException($"{input} is read whole and cannot be narrowed."),
        }));

    private static string Matches(IEnumerable<string> expressions) =>
        $"EXISTS (SELECT 1 FROM {Pieces} AS p WHERE "
        + string.Join(" AND ", expressions.Select((expression, index) => $"p.piece_{index} IS NOT DISTINCT FROM {expression}")) + ")";

    private long StageDelta(Model model, string oldRows)
    {
        string newRows = $"SELECT {Columns(model)} FROM {NewRows}";
        var delta = new Delta(StagedName("removed", model.Name), StagedName("added", model.Name));
        long changes = engine.StageDifference(delta.Removed!, oldRows, newRows, cancellation)
            + engine.StageDifference(delta.Added, newRows, oldRows, cancellation);
        if (changes > 0)
        {
            _deltas[model.Name] = delta;
        }

        return changes;
    }

    private static string Columns(Model model) => string.Join(", ", model.Table.Columns.Select(column => $"\"{column.Name}\""));

    private static string StagedName(string kind, string table) => $"{kind}_{table.Replace('.', '_')}";
}
