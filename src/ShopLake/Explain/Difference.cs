using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

public enum RowChange
{
    Changed,
    Added,
    Removed,
}

/// <summary>A value before and after.</summary>
public sealed record CellDifference(string Column, object? Before, object? After);

/// <summary>A row of a table that is otherwise in the later state.</summary>
/// <param name="Key">The columns of the grain.</param>
/// <param name="Cells">The other columns that differ; of a row added or removed, all.</param>
public sealed record RowDifference(TableRow Key, RowChange Change, IReadOnlyList<CellDifference> Cells);

/// <summary>How many rows of a table are otherwise in the later state, and the first of them by key.</summary>
/// <param name="LeftOut">Columns that also differ, but compare a row with all others: no raw row of its own moves them.</param>
public sealed record TableDifference(
    string Table, long Changed, long Added, long Removed, IReadOnlyList<RowDifference> Rows, IReadOnlyList<string> LeftOut)
{
    public long Count => Changed + Added + Removed;
}

/// <summary>
/// Compares the states of two commits, and says which raw rows came between them and made a difference.
/// </summary>
/// <param name="before">Holds the earlier state.</param>
/// <param name="after">Holds the later one, by the same models and settings.</param>
/// <param name="library">The models.</param>
/// <param name="sequence">The commit of the earlier state.</param>
/// <param name="cancellation">Stops between and inside tables.</param>
public sealed class Difference(
    IEngine before, IEngine after, ModelLibrary library, long sequence, CancellationToken cancellation)
{
    /// <summary>Pieces that one statement carries from one engine to the other.</summary>
    private const int PiecesAtOnce = 500;

    /// <summary>The rows of a table that differ. Columns that compare a row with all others are only named.</summary>
    /// <param name="table">A table of Silver or Gold.</param>
    /// <param name="limit">How many rows are given at most.</param>
    public TableDifference Of(string table, int limit)
    {
        Model model = Explanation.Target(library, table);
        TableDigest then = before.Digest(model.Table, cancellation);
        TableDigest later = after.Digest(model.Table, cancellation);
        if (then == later)
        {
            return new TableDifference(table, 0, 0, 0, [], []);
        }

        string where = DifferingRows.Condition(
            before, after, model.Table, model.Grain, Math.Max(then.Rows, later.Rows), limit: int.MaxValue, cancellation);
        Dictionary<string, TableRow> old = Rows(before, model, where);
        Dictionary<string, TableRow> now = Rows(after, model, where);
        RowDifference[] rows =
        [
            .. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
                .Select(key => Compare(model, old.GetValueOrDefault(key), now.GetValueOrDefault(key)))
                .Where(row => row.Cells.Count > 0),
        ];
        return new TableDifference(table, Count(RowChange.Changed), Count(RowChange.Added), Count(RowChange.Removed), [.. rows.Take(limit)],
            [.. model.Trace.Relative.Where(column => old.Keys.Intersect(now.Keys).Any(key => !Equals(old[key][column], now[key][column])))]);

        long Count(RowChange change) => rows.LongCount(row => row.Change == change);
    }

    /// <summary>
    /// The raw rows behind the earlier commit that a difference hangs on: without them the row is as it was. Among them
    /// may be some that would not change it alone.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="row">A row of it that differs.</param>
    /// <param name="limit">How many raw rows of each table are given at most.</param>
    public IReadOnlyList<TracedBronze> Causes(string table, RowDifference row, int limit)
    {
        Tracer tracer = Follow(Explanation.Target(library, table), row.Key);
        return
        [
            .. tracer.BronzeTables
                .Select(raw => BronzeRows.Read(after, raw, tracer[raw.FullName], $"r._batch_id > {sequence}", limit, cancellation))
                .Where(raw => raw.Count > 0),
        ];
    }

    /// <summary>
    /// Everything that the row hung on then, followed again in the later state, with everything that it hangs on now.
    /// </summary>
    internal Tracer Follow(Model model, TableRow key)
    {
        string select = $"SELECT * FROM {model.Name} WHERE "
            + string.Join(" AND ", key.Columns.Select((column, index) => $"\"{column}\" = {Literal.Of(key.Values[index])}").DefaultIfEmpty("1 = 1"));
        var then = new Tracer(before, library, model, cancellation);
        then.Follow(select);
        var now = new Tracer(after, library, model, cancellation);
        foreach (string table in now.Tables)
        {
            Carry(then[table], now[table]);
        }

        now.Follow(select);
        return now;
    }

    private void Carry(WantedRows then, WantedRows now)
    {
        if (then.IsWhole)
        {
            now.AddAll();
        }
        else if (!then.IsEmpty)
        {
            foreach (object?[][] pieces in before.Query($"SELECT * FROM {then.Name}", cancellation).Rows.Chunk(PiecesAtOnce))
            {
                now.Add(after, string.Join(" UNION ALL ", pieces.Select(piece => "SELECT "
                    + string.Join(", ", piece.Select((value, index) => $"{Literal.Of(value)} AS piece_{index}")))), cancellation);
            }
        }
    }

    private static RowDifference Compare(Model model, TableRow? old, TableRow? now)
    {
        TableRow any = (now ?? old)!;
        IEnumerable<string> columns = any.Columns.Except(model.Grain).Except(model.Trace.Relative);
        return new RowDifference(
            new TableRow([.. model.Grain], [.. model.Grain.Select(column => any[column])]),
            old is null ? RowChange.Added : now is null ? RowChange.Removed : RowChange.Changed,
            [
                .. columns.Select(column => new CellDifference(column, old?[column], now?[column]))
                    .Where(cell => old is null || now is null || !Equals(cell.Before, cell.After)),
            ]);
    }

    /// <summary>By the grain; of a row that a damaged table holds more than once, the others by their number as well.</summary>
    private Dictionary<string, TableRow> Rows(IEngine engine, Model model, string where)
    {
        string[] columns = [.. model.Table.Columns.Select(column => column.Name)];
        return engine.Query($"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {model.Name} WHERE {where}", cancellation).Rows
            .Select(values => new TableRow(columns, values))
            .GroupBy(row => string.Join('\u0001', model.Grain.Select(column => Literal.Key(row[column]))), StringComparer.Ordinal)
            .SelectMany(same => same.Select((row, index) => (Key: index == 0 ? same.Key : $"{same.Key}\u0001{index}", Row: row)))
            .ToDictionary(row => row.Key, row => row.Row, StringComparer.Ordinal);
    }
}
