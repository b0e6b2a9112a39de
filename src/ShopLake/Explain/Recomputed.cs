using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>A table computed from some of Bronze, and how rows of it came out.</summary>
internal static class Recomputed
{
    /// <summary>Computes a table and whatever it reads.</summary>
    public static void From(
        IEngine scratch, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze, Model target,
        CancellationToken cancellation)
    {
        scratch.Begin();
        Warehouse.Prepare(scratch, library, configuration, bronze, after: 0, cancellation);
        foreach (Model model in TracePlan.Ancestors(library, target))
        {
            scratch.Materialize(model.Table, model.What, model.Sql, cancellation);
        }

        scratch.Commit();
    }

    /// <summary>
    /// Where rows, found by their grain, differ from the computed ones: the row, the column, both values.
    /// </summary>
    public static IReadOnlyList<string> Differences(
        IEngine scratch, Model target, IReadOnlyList<TableRow> rows, CancellationToken cancellation)
    {
        string[] columns = [.. target.Table.Columns.Select(column => column.Name)];
        var computed = scratch.Query(
                $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {target.Name}", cancellation).Rows
            .Select(values => new TableRow(columns, values))
            .ToDictionary(row => Key(target, row), StringComparer.Ordinal);
        return
        [
            .. rows.SelectMany(row => computed.TryGetValue(Key(target, row), out TableRow? again)
                ? columns.Except(target.Trace.Relative).Where(column => !Equals(row[column], again[column]))
                    .Select(column => $"{Key(target, row)} {column}: {Literal.Of(row[column])}, computed again {Literal.Of(again[column])}")
                : [$"{Key(target, row)}: not there when computed again"]),
        ];
    }

    public static string Key(Model target, TableRow row) =>
        string.Join(", ", target.Grain.Select(column => $"{column} = {Literal.Of(row[column])}"));
}
