using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Brings tables from one state of Bronze to the next at a cost that follows what changed: changed rows of the inputs, old
/// and new, point to pieces of a model; those pieces are computed anew from inputs narrowed to them; the rows that came out
/// otherwise are handed on to the models that read it. There is no look-back window: how late a row comes plays no part.
/// </summary>
/// <param name="engine">The engine, inside its transaction.</param>
/// <param name="library">The models.</param>
/// <param name="ledgerWentOn">Whether the state has seen more commits than the published one.</param>
/// <param name="cancellation">Stops between and inside models.</param>
internal sealed class ScopedBuild(IEngine engine, ModelLibrary library, bool ledgerWentOn, CancellationToken cancellation)
{
    /// <summary>From so many touched rows on it matters how they are read.</summary>
    private const long ManyRows = 10_000;

    private const string TouchedSince = "touched_since";
    private const string OldRows = "standing_rows";

    private readonly LookupKeys _keys = new(library);
    private readonly Dictionary<string, TableChanges> _changes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tablesAnew = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Model Model, long Rows)> _withoutKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RowsAtHand> _atHand = new(StringComparer.Ordinal);

    /// <summary>
    /// Models of the shop's own with rows that lack their key: they are in no piece, so that an update would leave out what a
    /// rebuild is refused for. The shipped ones have tests that they make none.
    /// </summary>
    public IEnumerable<(Model Model, long Rows)> WithoutKey => _withoutKey.Values;

    /// <summary>What is at hand is not staged over.</summary>
    private string Pieces => $"touched_pieces_{_atHand.Count}";

    private string NewRows => $"recomputed_rows_{_atHand.Count}";

    /// <summary>States the rows that new commits brought to a raw table.</summary>
    /// <param name="table">The raw table.</param>
    /// <param name="selectNewRows">SELECT of them; null where there are none.</param>
    public void AddBronze(TableDefinition table, string? selectNewRows)
    {
        var changes = new TableChanges(table, IsAppended: true);
        if (selectNewRows is not null && engine.Stage(changes.Name, selectNewRows, cancellation) > 0)
        {
            _changes[table.FullName] = changes;
        }
    }

    /// <summary>What is computed of a model when some of its inputs have changed.</summary>
    public static PlannedWork WorkOn(Model model, IReadOnlyCollection<string> changed) =>
        changed.Count == 0 ? PlannedWork.None
        : model.Scope is { } scope && !changed.Any(scope.ReadsWhole) ? PlannedWork.Pieces
        : PlannedWork.Whole;

    /// <summary>Whether it reads a table that was made anew: which of its rows changed nobody can tell.</summary>
    public bool ReadsTableAnew(Model model) => ModelGraph.Inputs(model).Any(_tablesAnew.Contains);

    /// <summary>Updates one model whose inputs are up to date.</summary>
    /// <returns>Rows by which it changed: removed and added together.</returns>
    public long Update(Model model, ModelChange change)
    {
        if (change == ModelChange.Table)
        {
            _tablesAnew.Add(model.Name);
            IndexInputs(model);
            return Warehouse.MakeAnew(engine, model, _keys, cancellation);
        }

        if (change == ModelChange.Text || ReadsTableAnew(model))
        {
            return UpdateWhole(model, isNewText: change == ModelChange.Text);
        }

        string[] changed = [.. ModelGraph.Inputs(model).Where(input => IsLakeState(input) ? ledgerWentOn : _changes.ContainsKey(input))];
        return WorkOn(model, changed) switch
        {
            PlannedWork.Pieces => UpdatePieces(model, changed),
            PlannedWork.Whole when changed.Any(input => IsLakeState(input) || HasChangedFor(model, input)) => UpdateWhole(model, isNewText: false),
            _ => 0,
        };
    }

    /// <summary>The files in which a model's table has changed rows.</summary>
    public IReadOnlyList<string> ChangedFiles(IParquetEngine files, Model model) =>
        _changes.TryGetValue(model.Name, out TableChanges? changes) ? [.. GoldPart.Of(files, model, changes.Name).Select(part => part.FileName)] : [];

    private static bool IsLakeState(string input) => input == ModelGraph.LakeState;

    private long UpdateWhole(Model model, bool isNewText)
    {
        engine.StageModel(NewRows, model.Table, [], $"SELECT {Columns(model)} FROM (\n{model.Sql}\n) AS model", cancellation);
        CountWithoutKey(model, NewRows);
        long changes = StageChanges(model, model.Name);
        if (isNewText)
        {
            engine.Materialize(model.Table, model.What, $"SELECT {Columns(model)} FROM {NewRows}", cancellation);
            _keys.Index(engine, model.Name, cancellation);
            IndexInputs(model);
        }
        else if (changes > 0)
        {
            Replace(model, standing: null);
        }

        return changes;
    }

    /// <summary>By another scope the rows of its inputs, which stand, may be looked up by other columns than before.</summary>
    private void IndexInputs(Model model)
    {
        foreach (string input in model.Scope?.NarrowedInputs() ?? [])
        {
            _keys.Index(engine, input, cancellation);
        }
    }

    private long UpdatePieces(Model model, string[] changed)
    {
        Model reached = model.ReachedBy?.Invoke(changed) ?? model;
        Scope scope = reached.Scope!;
        string pieces = engine.Staged(Pieces);
        var sql = new ScopeSql(scope, pieces, scope.Timeline);
        (string, string)[] changes = [.. changed.Select(input => (input, _changes[input].RowsFor(model, engine)))];
        if (model.IsOwn && MayHaveLostItsKey(sql, scope, changes))
        {
            CountWithoutKey(model, $"(\n{model.Sql}\n) AS model");
        }

        string touched = sql.Touched(changes);
        long count = engine.StageKeys(scope.Timeline is null ? Pieces : TouchedSince, sql.KeyColumns, touched, cancellation);
        if (count == 0)
        {
            return 0;
        }

        if (scope.Timeline is not null)
        {
            engine.StageKeys(Pieces, sql.KeyColumns, sql.FromNeighbours(model, TouchedSince), cancellation);
        }

        string place = engine.Place is null ? "" : $", model.{engine.Place} AS {IEngine.PlaceColumn}";
        if (IsMostOf(model, engine.Stage(OldRows, sql.Standing(model, Columns(model) + place), cancellation)))
        {
            return UpdateWhole(model, isNewText: false);
        }

        sql = new ScopeSql(scope, pieces, scope.Timeline, PieceFacts.Read(sql, _atHand, engine, cancellation));
        engine.StageModel(NewRows, model.Table, sql.NarrowedInputs(reached, library.Catalog), sql.Recompute(reached, Columns(model)), cancellation);
        CountWithoutKey(model, NewRows);
        long changedRows = StageChanges(model, OldRows);
        if (changedRows > 0)
        {
            Replace(model, OldRows);
        }

        // With a timeline, or of rules that no change reaches, only a part of each piece is computed.
        if (engine.LooksUpByReading && count < ManyRows && scope.Timeline is null && model.ReachedBy is null)
        {
            _atHand.Add(model.Name, new RowsAtHand(scope.Key, Pieces, NewRows));
        }

        return changedRows;
    }

    /// <summary>
    /// Whether rows may have come that no piece holds. Where a changed row names its own piece that is seen by it; a row that points
    /// through another input may have none there, and one without its time is in no part of a timeline.
    /// </summary>
    private bool MayHaveLostItsKey(ScopeSql sql, Scope scope, (string Input, string Rows)[] changes) =>
        scope.Timeline is not null
        || changes.Any(change => scope.Reads[change.Input].Any(mapping => mapping is PieceMapping.Via))
        || engine.Query(sql.Unnamed(changes), cancellation).Rows.Count > 0;

    private void CountWithoutKey(Model model, string rows)
    {
        if (model.IsOwn && ModelCheck.CountWithoutKey(engine, model, rows, cancellation) is > 0 and long found)
        {
            _withoutKey[model.Name] = (model, Math.Max(found, _withoutKey.GetValueOrDefault(model.Name).Rows));
        }
    }

    private bool HasChangedFor(Model model, string input) =>
        (long)engine.Query($"SELECT count(*) FROM {_changes[input].RowsFor(model, engine)}", cancellation).Rows[0][0]! > 0;

    /// <summary>Where most rows are touched, reading the inputs once and whole is cheaper.</summary>
    private bool IsMostOf(Model model, long rows) => rows >= ManyRows
        && rows * 2 > (long)engine.Query($"SELECT count(*) FROM {model.Name}", cancellation).Rows[0][0]!;

    private long StageChanges(Model model, string oldRows)
    {
        var changes = new TableChanges(model.Table, IsAppended: false);
        long rows = engine.Stage(changes.Name, TableChanges.Between(Columns(model), oldRows, NewRows), cancellation);
        if (rows > 0)
        {
            _changes[model.Name] = changes;
        }

        return rows;
    }

    /// <summary>Only rows that have another content are written; what tells rows of a piece apart is their grain.</summary>
    private void Replace(Model model, string? standing) => engine.Replace(
        model.Table, [.. model.ReplacedBy], _changes[model.Name].Name, NewRows, standing, cancellation);

    private static string Columns(Model model) => string.Join(", ", model.Table.Columns.Select(column => $"\"{column.Name}\""));
}
