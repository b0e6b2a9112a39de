using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>
/// Takes the numbers of rows apart by the sums that <c>trace.yaml</c> states: the number is a sum over rows of another
/// table, each of those a sum again, down to rows that stand for a row of Bronze. The total is counted here, not
/// believed.
/// </summary>
internal sealed class NumberParts(IEngine engine, ModelLibrary library, int limit, CancellationToken cancellation)
{
    private const string Staged = "number_parts";

    private readonly Dictionary<string, Model> _models = library.Models.ToDictionary(model => model.Name, StringComparer.Ordinal);

    /// <summary>A way from a number to the table furthest back.</summary>
    /// <param name="Table">That table.</param>
    /// <param name="Rows">
    /// SELECT of root_0, root_1, … (the row that the number is of), part_value and the table's columns.
    /// </param>
    private sealed record Leaf(string Table, string Rows);

    /// <summary>Rows on a way, with the row that the number is of.</summary>
    /// <param name="Roots">How many columns root_0, root_1, … it has.</param>
    private sealed record Reached(string Rows, int Roots);

    /// <summary>Every number of the rows that is stated as a sum.</summary>
    /// <param name="model">The table.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="select">The same as a SELECT.</param>
    public IReadOnlyList<NumberTrace> Of(Model model, IReadOnlyList<TableRow> rows, string select)
    {
        string roots = string.Concat(model.Grain.Select((column, index) => $"t.\"{column}\" AS root_{index}, "));
        var reached = new Reached($"SELECT DISTINCT {roots}{Columns(model.Name, "t")} FROM ({select}) AS t", model.Grain.Count);
        return
        [
            .. model.Table.Columns.Select(column => column.Name).Where(model.Trace.Sums.ContainsKey)
                .SelectMany(column => Add(model, rows, column, [.. Leaves(model, column, reached, sign: 1)])),
        ];
    }

    private IEnumerable<NumberTrace> Add(Model model, IReadOnlyList<TableRow> rows, string column, IReadOnlyList<Leaf> leaves)
    {
        // A damaged table may hold a row twice; that is for the proof to say.
        var numbers = rows.GroupBy(row => Key(model.Grain.Select(name => row[name])), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => new NumberTrace(
                column, new TableRow(model.Grain, [.. model.Grain.Select(name => same.First()[name])]),
                (long?)same.First()[column], 0, 0, []), StringComparer.Ordinal);
        string roots = string.Concat(model.Grain.Select((_, index) => $", root_{index}"));
        string group = roots.Length > 0 ? $" GROUP BY {roots[2..]}" : "";
        foreach (Leaf leaf in leaves)
        {
            engine.Stage(Staged, leaf.Rows, cancellation);
            foreach (object?[] total in engine.Query(
                $"SELECT count(*), cast(sum(part_value) AS bigint){roots} FROM {Staged}{group} HAVING count(*) > 0", cancellation).Rows)
            {
                string key = Key(total.Skip(2));
                numbers[key] = numbers[key] with
                {
                    Count = numbers[key].Count + (long)total[0]!,
                    Total = numbers[key].Total + (long)total[1]!,
                    Parts = [.. numbers[key].Parts, .. First(model, leaf, total.Skip(2).ToList())],
                };
            }
        }

        return numbers.Values.Select(number => number with
        {
            Parts = [.. number.Parts.OrderByDescending(part => Math.Abs(part.Value)).Take(limit)],
        });
    }

    /// <summary>The greatest parts of one row's number.</summary>
    private IEnumerable<NumberPart> First(Model model, Leaf leaf, IReadOnlyList<object?> root)
    {
        string isRoot = string.Concat(root.Select((value, index) =>
            $" AND (p.root_{index} = {Literal.Of(value)})"));
        (string? bronze, string pointer, string join) = Pointer(leaf.Table);
        string[] key = [.. KeyColumns(leaf.Table)];
        string keys = string.Concat(key.Select(column => $", p.\"{column}\"")) + (bronze is null ? "" : $", {pointer}");
        string order = string.Concat(key.Select(column => $", p.\"{column}\" NULLS FIRST"));
        return engine.Query($"""
            SELECT p.part_value{keys} FROM {Staged} AS p {join}
            WHERE 1 = 1{isRoot} ORDER BY abs(p.part_value) DESC{order} LIMIT {limit}
            """, cancellation).Rows.Select(row => new NumberPart(
                leaf.Table,
                key.Zip(row.Skip(1)).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal),
                (long)row[0]!,
                bronze is null || row[^1] is null ? null : new BronzePointer(bronze, (long)row[^3]!, (string)row[^2]!, (long)row[^1]!)));
    }

    private IEnumerable<Leaf> Leaves(Model model, string column, Reached reached, int sign)
    {
        foreach (SumOf sum in model.Trace.Sums[column])
        {
            Model? of = _models.GetValueOrDefault(sum.Table);
            int signed = sign * sum.Sign;
            if (of?.Trace.Sums.ContainsKey(sum.Value) is true)
            {
                foreach (Leaf leaf in Leaves(of, sum.Value, reached with { Rows = Joined(model, sum, reached, "") }, signed))
                {
                    yield return leaf;
                }
            }
            else
            {
                string value = signed < 0 ? "-i.part_value" : "i.part_value";
                yield return new Leaf(sum.Table,
                    Joined(model, sum, reached, $"cast({value} AS bigint) AS part_value, ") + " AND i.part_value <> 0");
            }
        }
    }

    /// <summary>
    /// SELECT of the rows of a sum's table that belong to given rows, with what these were reached from.
    /// </summary>
    private string Joined(Model model, SumOf sum, Reached reached, string value)
    {
        string roots = string.Concat(Enumerable.Range(0, reached.Roots).Select(index => $"t.root_{index}, "));
        var links = new List<string>();
        string condition = sum.By ?? Belongs(model, sum.Table, links);
        string linked = string.Concat(links.Select((expression, index) => $", {expression} AS link_{index}"));
        string where = sum.Where is null ? "" : $" WHERE {sum.Where}";
        return $"SELECT {roots}{value}{Columns(sum.Table, "i")} FROM ({reached.Rows}) AS t "
            + $"CROSS JOIN (SELECT x.*{linked}, {sum.Value} AS part_value FROM {sum.Table} AS x{where}) AS i WHERE ({condition})";
    }

    /// <summary>By the scope, and by the columns of the grain that both have.</summary>
    private string Belongs(Model model, string table, List<string> links)
    {
        var conditions = new List<string>();
        IReadOnlyList<string> named = [];
        if (model.Scope?.Reads.GetValueOrDefault(table) is [PieceMapping.Direct direct])
        {
            links.AddRange(direct.Expressions.Select(expression =>
                direct.Where is null ? expression : $"CASE WHEN {direct.Where} THEN {expression} END"));
            named = model.Scope.Key;
            conditions.AddRange(named.Select((column, index) => $"i.link_{index} = t.\"{column}\""));
        }

        conditions.AddRange(model.Grain.Except(named).Intersect(ColumnsOf(table)).Select(column => $"i.\"{column}\" = t.\"{column}\""));
        return conditions.Count > 0 ? string.Join(" AND ", conditions) : throw new InvalidOperationException(
            $"trace.yaml: say by which columns rows of {table} belong to those of {model.Name}: `<value> of {table} by i.… = t.…`.");
    }

    /// <summary>
    /// The raw row that a row stands for: the raw table, SQL of its pointer, and the join that it needs.
    /// </summary>
    private (string? Bronze, string Pointer, string Join) Pointer(string table)
    {
        string? rowOf = TracePlan.IsBronze(table) ? table : _models[table].Trace.RowOf;
        if (rowOf is null)
        {
            return (null, "", "");
        }

        if (TracePlan.IsBronze(rowOf))
        {
            return (rowOf, "p._batch_id, p._source_file, p._source_row", "");
        }

        Model silver = _models[rowOf];
        string same = string.Join(" AND ", silver.Grain.Select(column => $"s.\"{column}\" = p.\"{column}\""));
        return (silver.Trace.RowOf, "s._batch_id, s._source_file, s._source_row", $"LEFT JOIN {rowOf} AS s ON {same}");
    }

    private IEnumerable<string> KeyColumns(string table) => TracePlan.IsBronze(table) ? []
        : _models[table] is { Grain.Count: > 0 } model ? model.Grain
        : ColumnsOf(table).Except(Scope.Row);

    private IEnumerable<string> ColumnsOf(string table) => _models.TryGetValue(table, out Model? model)
        ? model.Table.Columns.Select(column => column.Name)
        : library.Catalog.Find(table)!.Columns.Select(column => column.Name);

    private string Columns(string table, string alias) =>
        string.Join(", ", ColumnsOf(table).Select(column => $"{alias}.\"{column}\""));

    private static string Key(IEnumerable<object?> values) => string.Join('\u0001', values.Select(Literal.Key));
}
