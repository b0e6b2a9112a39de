using ShopLake.Catalog;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>
/// Follows rows of a table back to Bronze: the pieces that the rows are in, the rows of each input that those pieces
/// are made of by the scope of the model, and so on, until nothing is added. What comes out suffices: a lake of just
/// those rows of Bronze gives the same rows again. It may hold more than decided a number, never less.
/// </summary>
internal sealed class Tracer
{
    private readonly IEngine _engine;
    private readonly ModelLibrary _library;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, WantedRows> _wanted = new(StringComparer.Ordinal);

    /// <param name="engine">Holds the tables.</param>
    /// <param name="library">By which they were computed.</param>
    /// <param name="target">The table whose rows are traced.</param>
    /// <param name="cancellation">Stops between and inside steps.</param>
    public Tracer(IEngine engine, ModelLibrary library, Model target, CancellationToken cancellation)
    {
        (_engine, _library, _cancellation) = (engine, library, cancellation);
        Plan = new TracePlan(library, target);
        foreach (Model model in Plan.Models)
        {
            _wanted[model.Name] = new WantedRows(model.Name, model.Scope?.Key ?? model.Grain);
            foreach (string input in Plan.InputsOf(model).Where(TracePlan.IsBronze))
            {
                _wanted[input] = new WantedRows(input, Scope.Row);
            }
        }
    }

    public TracePlan Plan { get; }

    /// <summary>The tables of the plan.</summary>
    public IEnumerable<string> Tables => _wanted.Keys;

    /// <summary>What is needed of a table of the plan.</summary>
    public WantedRows this[string table] => _wanted[table];

    /// <summary>Raw tables of which rows are needed, in the order of the lake.</summary>
    public IEnumerable<TableDefinition> BronzeTables => LakeCatalog.RawTables.Select(_library.Catalog.Raw)
        .Where(table => _wanted.TryGetValue(table.FullName, out WantedRows? rows) && !rows.IsEmpty);

    /// <summary>
    /// Follows rows of the target, given as a SELECT of them, what rules keep out of them, and whatever was wanted
    /// before.
    /// </summary>
    public void Follow(string rows)
    {
        WantedRows target = _wanted[Plan.Target.Name];
        target.AddRows(_engine, rows, _cancellation);
        foreach ((string raw, IReadOnlyList<RawLink> links) in Plan.Target.Trace.LeftOut.Where(hint => _wanted.ContainsKey(hint.Key)))
        {
            _wanted[raw].AddRows(_engine, string.Join(" UNION ALL ", links.Select(link => LeftOut(raw, link, target))), _cancellation);
        }

        Follow();
    }

    /// <summary>
    /// Joined, so that an engine begins with the few rows that are quarantined and passes no table for each of them.
    /// </summary>
    private static string LeftOut(string raw, RawLink link, WantedRows target) => $"""
        SELECT i.* FROM (
            SELECT r.* FROM {raw} AS r
            INNER JOIN (SELECT DISTINCT _batch_id, _source_file, _source_row FROM {RuleModels.QuarantineOf(raw)}) AS q
                ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
        ) AS i, ({target.Rows}) AS t{(link.Through is null ? "" : $", {link.Through}")}
        WHERE {link.Condition}
        """;

    /// <summary>Follows all pieces that nobody has followed yet.</summary>
    public void Follow()
    {
        while (_wanted.Values.Any(rows => rows.IsNew))
        {
            foreach (Model model in Plan.Models.Where(model => _wanted[model.Name].IsNew))
            {
                _wanted[model.Name].IsNew = false;
                foreach (string input in Plan.InputsOf(model))
                {
                    AddInput(model, _wanted[model.Name], input);
                }

                foreach (Model reader in Plan.Models.Where(reader => reader.Trace.Completes.Contains(model.Name)))
                {
                    Complete(reader, model.Name);
                }
            }

            CompleteFirstReaders();
        }
    }

    private void AddInput(Model model, WantedRows rows, string input)
    {
        if (model.Trace.RestsOn.TryGetValue(input, out string? condition))
        {
            _wanted[input].AddRows(_engine,
                $"SELECT i.* FROM {input} AS i WHERE EXISTS (SELECT 1 FROM ({rows.Rows}) AS t WHERE {condition})", _cancellation);
        }
        else if (!rows.IsWhole && model.Scope is { } scope && !scope.ReadsWhole(input))
        {
            _wanted[input].AddRows(_engine, new ScopeSql(scope.Unconditional(), rows.Pieces).Rows(input), _cancellation);
        }
        else
        {
            _wanted[input].AddAll();
        }
    }

    /// <summary>
    /// Whoever reads Bronze itself is wanted for every raw row that is: a row which no rule quarantines has no row to
    /// be traced from, yet without the parent that saves it, it would be; and the rest of a session decides whose its
    /// events are, and when and where it began: of a session that is there in part even the rows that take no part are wanted.
    /// </summary>
    private void CompleteFirstReaders()
    {
        string[] grown = [.. _wanted.Keys.Where(table => TracePlan.IsBronze(table) && _wanted[table].IsNew)];
        foreach (Model model in Plan.Models.Where(model => model.Scope is not null))
        {
            foreach (string input in Plan.InputsOf(model).Intersect(grown).Where(input => IsDirect(model.Scope!, input)))
            {
                Complete(model, input);
            }
        }

        foreach (string table in grown)
        {
            _wanted[table].IsNew = false;
        }
    }

    /// <summary>Wants all of the pieces of a model that the wanted rows of an input take part in.</summary>
    private void Complete(Model model, string input)
    {
        if (_wanted[input].IsWhole)
        {
            _wanted[model.Name].AddAll();
        }
        else
        {
            string touched = new ScopeSql(model.Scope!.Unconditional(), "").Touched([(input, $"({_wanted[input].Rows}) AS wanted")]);
            _wanted[model.Name].Add(_engine, touched, _cancellation);
        }
    }

    private static bool IsDirect(Scope scope, string input) => scope.Reads[input].All(mapping => mapping is PieceMapping.Direct);
}
