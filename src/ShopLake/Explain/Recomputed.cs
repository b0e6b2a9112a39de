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
    /// Where rows, found by their grain, differ from the computed ones: the row, the column, both values; or how many
    /// rows there are, where a damaged table holds one more than once.
    /// </summary>
    public static IReadOnlyList<string> Differences(
        IEngine scratch, Model target, IReadOnlyList<TableRow> rows, CancellationToken cancellation)
    {
        string[] columns = [.. target.Table.Columns.Select(column => column.Name)];
        ILookup<string, TableRow> computed = scratch.Query(
                $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {target.Name}", cancellation).Rows
            .Select(values => new TableRow(columns, values))
            .ToLookup(row => Key(target, row), StringComparer.Ordinal);
        return
        [
            .. rows.GroupBy(row => Key(target, row), StringComparer.Ordinal)
                .SelectMany(same => Compare(same.Key, [.. same], [.. computed[same.Key]])),
        ];

        IEnumerable<string> Compare(string key, TableRow[] there, TableRow[] again) =>
            again.Length == 0 ? [$"{key}: not there when computed again"]
            : again.Length != there.Length ? [$"{key}: there {there.Length} times, computed again {again.Length}"]
            : there.Zip(again).SelectMany(pair => columns.Except(target.Trace.Relative)
                .Where(column => !Equals(pair.First[column], pair.Second[column]))
                .Select(column => $"{key} {column}: {Literal.Of(pair.First[column])}, computed again {Literal.Of(pair.Second[column])}"));
    }

    public static string Key(Model target, TableRow row) =>
        string.Join(", ", target.Grain.Select(column => $"{column} = {Literal.Of(row[column])}"));
}
