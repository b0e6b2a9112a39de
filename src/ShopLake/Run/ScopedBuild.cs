using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Brings tables from one state of Bronze to the next at a cost that follows what changed: changed rows of the inputs, old
/// and new, point to pieces of a model; those pieces are computed anew from inputs narrowed to them; the rows that came out
/// otherwise are handed on to the models that read it. There is no look-back window: how late a row comes plays no part.
/// </summary>
internal sealed class ScopedBuild(IEngine engine, CancellationToken cancellation)
{
    private const string Pieces = "touched_pieces";
    private const string NewRows = "recomputed_rows";

    /// <summary>For each table that changed, where its changed rows stand: those that are gone and those that are new.</summary>
    private readonly Dictionary<string, string> _changes = new(StringComparer.Ordinal);

    /// <summary>States the rows that new commits brought to a raw table.</summary>
    public void AddBronze(TableDefinition table, string selectNewRows)
    {
        if (engine.Stage(StagedName(table), selectNewRows, cancellation) > 0)
        {
            _changes[table.FullName] = StagedName(table);
        }
    }

    /// <summary>Updates one model whose inputs are up to date.</summary>
    /// <returns>Rows by which it changed: removed and added together.</returns>
    public long Update(Model model, bool isNewText)
    {
        string[] inputs = [.. ModelGraph.Inputs(model)];
        string[] changed = [.. inputs.Where(_changes.ContainsKey)];
        if (isNewText)
        {
            return UpdateWhole(model, isNewText);
        }

        if (changed.Length == 0 && !inputs.Contains(ModelGraph.LakeState))
        {
            return 0;
        }

        return model.Scope is null || changed.Any(model.Scope.ReadsWhole)
            ? UpdateWhole(model, isNewText)
            : UpdatePieces(model, model.Scope, changed);
    }

    private long UpdateWhole(Model model, bool isNewText)
    {
        engine.Stage(NewRows, $"SELECT {Columns(model)} FROM (\n{model.Sql}\n) AS model", cancellation);
        long changes = StageChanges(model, $"SELECT {Columns(model)} FROM {model.Name}");
        if (isNewText)
        {
            engine.Materialize(model.Table, model.What, $"SELECT {Columns(model)} FROM {NewRows}", cancellation);
            ScopeCheck.Verify(engine, model, cancellation);
        }
        else if (changes > 0)
        {
            engine.Replace(model.Table, [], StagedName(model.Table), NewRows, cancellation);
        }

        return changes;
    }

    private long UpdatePieces(Model model, Scope scope, string[] changed)
    {
        var sql = new ScopeSql(scope, Pieces);
        long pieces = engine.Stage(Pieces, sql.Touched(changed.Select(input => (input, _changes[input]))), cancellation);
        if (pieces == 0)
        {
            return 0;
        }

        if (IsMostOf(model, pieces))
        {
            return UpdateWhole(model, isNewText: false);
        }

        engine.Stage(NewRows, sql.Recompute(model, Columns(model)), cancellation);
        long changes = StageChanges(model, $"SELECT {Columns(model)} FROM {model.Name} WHERE {sql.OfPieces(scope.Key)}");
        if (changes > 0)
        {
            engine.Replace(model.Table, scope.Key, StagedName(model.Table), NewRows, cancellation);
        }

        return changes;
    }

    /// <summary>Where pieces are about as many as rows, reading the inputs once and whole is cheaper.</summary>
    private bool IsMostOf(Model model, long pieces) =>
        pieces * 2 > (long)engine.Query($"SELECT count(*) FROM {model.Name}", cancellation).Rows[0][0]!;

    private long StageChanges(Model model, string oldRows)
    {
        long changes = engine.StageChanges(StagedName(model.Table), Columns(model), oldRows,
            $"SELECT {Columns(model)} FROM {NewRows}", cancellation);
        if (changes > 0)
        {
            _changes[model.Name] = StagedName(model.Table);
        }

        return changes;
    }

    private static string Columns(Model model) => string.Join(", ", model.Table.Columns.Select(column => $"\"{column.Name}\""));

    private static string StagedName(TableDefinition table) => $"changes_{table.Schema}_{table.Name}";
}
