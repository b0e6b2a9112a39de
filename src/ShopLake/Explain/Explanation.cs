using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>What a trace needs to compute the traced rows again from the raw rows that it found.</summary>
/// <param name="Scratch">An engine over an empty warehouse.</param>
/// <param name="Bronze">Bronze as the traced tables have seen it.</param>
public sealed record TraceProving(IEngine Scratch, LakeConfiguration Configuration, BronzeState Bronze);

/// <summary>Explains rows of Silver and Gold.</summary>
public static class Explanation
{
    /// <summary>From rows of a table to the raw rows that decided them.</summary>
    /// <param name="engine">Holds the tables; they are only read.</param>
    /// <param name="library">By which they were computed.</param>
    /// <param name="table">A table of Silver or Gold.</param>
    /// <param name="where">A condition over its columns, in the SQL of the models.</param>
    /// <param name="limit">How many raw rows of a table, and parts of a number, are given at most.</param>
    /// <param name="proving">Given, the traced rows are computed again from the raw rows alone.</param>
    /// <param name="cancellation">Stops between and inside steps.</param>
    /// <exception cref="ShopLakeException">
    /// There is no such table, the condition is none, or no row fulfils it.
    /// </exception>
    public static Trace Trace(
        IEngine engine, ModelLibrary library, string table, string where, int limit, TraceProving? proving,
        CancellationToken cancellation)
    {
        Model target = Target(library, table);
        string select = Select(target, where);
        QueryResult found = engine.Query(select, cancellation);
        if (found.Rows.Count == 0)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"No row of {target.Name} fulfils {where}.\nTry: shoplake query \"SELECT * FROM {target.Name}\"");
        }

        var tracer = new Tracer(engine, library, target, cancellation);
        tracer.Follow(select);
        TableRow[] rows = [.. found.Rows.Select(row => new TableRow(found.Columns, row))];
        return new Trace(
            target.Name, rows, target.Trace.Relative, Steps(engine, tracer, cancellation),
            [.. tracer.BronzeTables.Select(raw => BronzeRows.Read(engine, raw, tracer[raw.FullName], null, limit, cancellation))],
            new NumberParts(engine, library, limit, cancellation).Of(target, rows, select),
            proving is null ? null : Prove(engine, library, tracer, rows, proving, cancellation));
    }

    internal static Model Target(ModelLibrary library, string table)
    {
        string[] known = [.. library.Models.Where(model => model.IsPublic).Select(model => model.Name)];
        return known.Contains(table)
            ? library.Models.First(model => model.Name == table)
            : throw new ShopLakeException(FailureKind.Usage,
                $"{table} is not a table of Silver or Gold.{ModelLibrary.Suggest(table, known)}\nTry: shoplake status, which lists them.");
    }

    /// <summary>The rows of a table that fulfil a condition, and nothing but a SELECT of them.</summary>
    private static string Select(Model target, string where)
    {
        string columns = string.Join(", ", target.Table.Columns.Select(column => $"\"{column.Name}\""));
        using var parser = new SqlParser();
        parser.RequireCondition("--where", where);
        return $"SELECT {columns} FROM {target.Name} WHERE (\n{where}\n)";
    }

    private static IReadOnlyList<TraceStep> Steps(IEngine engine, Tracer tracer, CancellationToken cancellation)
    {
        (string Table, IReadOnlyList<string> Inputs)[] tables =
        [
            .. tracer.Plan.Models.Where(model => !tracer[model.Name].IsEmpty).Select(model => (model.Name, tracer.Plan.InputsOf(model))),
            .. tracer.BronzeTables.Select(raw => (raw.FullName, (IReadOnlyList<string>)[])),
        ];
        string[] counts =
        [
            .. tables.SelectMany((table, index) => new[]
            {
                $"SELECT {2 * index} AS place, count(*) AS row_count FROM ({tracer[table.Table].Rows}) AS wanted",
                $"SELECT {(2 * index) + 1} AS place, count(*) AS row_count FROM {table.Table}",
            }),
        ];
        var counted = engine.Query(string.Join(" UNION ALL ", counts), cancellation).Rows
            .ToDictionary(row => Convert.ToInt32(row[0], System.Globalization.CultureInfo.InvariantCulture), row => (long)row[1]!);
        HashSet<string> shown = [.. tables.Select(table => table.Table)];
        return [.. tables.Select((table, index) => new TraceStep(
            table.Table, counted[2 * index], counted[(2 * index) + 1], [.. table.Inputs.Where(shown.Contains)]))];
    }

    private static TraceProof Prove(
        IEngine engine, ModelLibrary library, Tracer tracer, IReadOnlyList<TableRow> rows, TraceProving proving,
        CancellationToken cancellation)
    {
        using var narrowed = new NarrowedBronze(
            engine, proving.Bronze, tracer, proving.Bronze.LedgerSequence, proving.Configuration.Limits.MemoryLimit, cancellation);
        Recomputed.From(proving.Scratch, library, proving.Configuration, narrowed.State, tracer.Plan.Target, cancellation);
        return new TraceProof(Recomputed.Differences(proving.Scratch, tracer.Plan.Target, rows, cancellation));
    }
}
