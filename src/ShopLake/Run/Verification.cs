using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>A table, live and rebuilt.</summary>
/// <param name="Table">Schema and table.</param>
/// <param name="Live">Digest of what readers see.</param>
/// <param name="Rebuilt">Digest of the rebuild.</param>
/// <param name="OnlyLive">Rows that only the live table has, the first few.</param>
/// <param name="OnlyRebuilt">Rows that only the rebuild has, the first few.</param>
public sealed record VerifiedTable(
    string Table, TableDigest Live, TableDigest Rebuilt,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyLive, IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyRebuilt)
{
    public bool IsEqual => Live == Rebuilt;
}

/// <summary>Compares the live tables with a rebuild, row for row.</summary>
public static class Verification
{
    private const int RowsShown = 5;

    public static IReadOnlyList<VerifiedTable> Compare(
        IEngine live, IEngine rebuilt, ModelLibrary library, CancellationToken cancellation)
    {
        Model[] models =
        [
            .. library.Models.Where(model => model.Table.Schema is "silver" or "gold").OrderBy(model => model.Name, StringComparer.Ordinal),
        ];
        TableDefinition[] tables = [.. models.Select(model => model.Table)];
        return
        [
            .. models.Zip(live.Digests(tables, cancellation), rebuilt.Digests(tables, cancellation))
                .Select(table => CompareTable(live, rebuilt, table.First, table.Second, table.Third, cancellation)),
        ];
    }

    private static VerifiedTable CompareTable(
        IEngine live, IEngine rebuilt, Model model, TableDigest ours, TableDigest theirs, CancellationToken cancellation) =>
        ours == theirs
            ? new VerifiedTable(model.Name, ours, theirs, [], [])
            : new VerifiedTable(model.Name, ours, theirs,
                OnlyIn(live, rebuilt, model, cancellation), OnlyIn(rebuilt, live, model, cancellation));

    /// <summary>The two tables may live in two databases, so the rows are compared here.</summary>
    private static IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyIn(
        IEngine one, IEngine other, Model model, CancellationToken cancellation)
    {
        string[] columns = [.. model.Table.Columns.Select(column => column.Name)];
        string select = $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {model.Name}";
        return [.. Missing(columns, one.Query(select, cancellation).Rows, other.Query(select, cancellation).Rows).Take(RowsShown)];
    }

    /// <summary>Rows that others have fewer copies of, in a fixed order.</summary>
    internal static IEnumerable<IReadOnlyDictionary<string, object?>> Missing(
        string[] columns, IEnumerable<object?[]> rows, IEnumerable<object?[]> others)
    {
        Dictionary<string, int> copies = others
            .GroupBy(Text, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return rows
            .Where(row => copies.GetValueOrDefault(Text(row)) is 0 || --copies[Text(row)] < 0)
            .OrderBy(Text, StringComparer.Ordinal)
            .Select(row => columns.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal));
    }

    private static string Text(object?[] row) => string.Join('\u0001', row.Select(value => value switch
    {
        null => "~",
        DateTime instant => instant.ToString("o"),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => $"'{value}",
    }));
}
