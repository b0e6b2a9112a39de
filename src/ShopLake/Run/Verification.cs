using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>A table, live and rebuilt; or the files of Gold and the table that they were written from.</summary>
/// <param name="Table">Schema and table; of files <c>gold/</c> and their folder.</param>
/// <param name="Live">Digest of what readers see.</param>
/// <param name="Rebuilt">Digest of the rebuild.</param>
/// <param name="OnlyLive">Rows that only the live table has, the first few.</param>
/// <param name="OnlyRebuilt">Rows that only the rebuild has, the first few.</param>
/// <param name="Fault">Why its rows cannot be compared at all; null where they were.</param>
public sealed record VerifiedTable(
    string Table, TableDigest Live, TableDigest Rebuilt,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyLive, IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyRebuilt,
    string? Fault = null)
{
    public bool IsEqual => Fault is null && Live == Rebuilt;
}

/// <summary>Compares the live tables with a rebuild, row for row.</summary>
public static class Verification
{
    private const int RowsShown = 5;

    /// <summary>Each has some thousands of rows at most.</summary>
    private const int BucketsLookedInto = 4;

    /// <summary>
    /// What two warehouses of one engine must agree in: the rows of Bronze that it keeps, then the tables of all models, inputs
    /// first.
    /// </summary>
    public static IReadOnlyList<TableDefinition> TablesOf(IEngine engine, ModelLibrary library) =>
    [
        .. LakeCatalog.RawTables.Select(table => engine.KeptOf(library.Catalog.Raw(table))).OfType<TableDefinition>(),
        .. library.Models.Select(model => model.Table),
    ];

    /// <summary>Compares tables, by their names.</summary>
    public static IReadOnlyList<VerifiedTable> Compare(
        IEngine live, IEngine rebuilt, IEnumerable<TableDefinition> tables, CancellationToken cancellation)
    {
        TableDefinition[] sorted = [.. tables.OrderBy(table => table.FullName, StringComparer.Ordinal)];
        Dictionary<string, string?> faults = sorted.ToDictionary(
            table => table.FullName, table => FaultOf(live, table, cancellation), StringComparer.Ordinal);
        TableDefinition[] whole = [.. sorted.Where(table => faults[table.FullName] is null)];
        return
        [
            .. Digests(live, rebuilt, whole, cancellation)
                .Select(table => CompareTable(live, rebuilt, table.Table, table.Live, table.Rebuilt, cancellation))
                .Concat(sorted.Except(whole).Select(table => new VerifiedTable(
                    table.FullName, TableDigest.Of([]), rebuilt.Digest(table, cancellation), [], [], faults[table.FullName])))
                .OrderBy(table => table.Table, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// What both sides hold of each table. The digest that every engine gives is shown of what readers see; where an engine has
    /// found both sides equal in its own way, it is the same of both and computed once.
    /// </summary>
    private static IEnumerable<(TableDefinition Table, TableDigest Live, TableDigest Rebuilt)> Digests(
        IEngine live, IEngine rebuilt, TableDefinition[] tables, CancellationToken cancellation)
    {
        if (live.Name != rebuilt.Name || live.OwnDigests(tables, cancellation) is not { } ours)
        {
            return tables.Zip(live.Digests(tables, cancellation), rebuilt.Digests(tables, cancellation));
        }

        (TableDefinition Table, TableDigest Live, TableDigest Rebuilt)[] own =
            [.. tables.Zip(ours, rebuilt.OwnDigests(tables, cancellation)!)];
        var shown = own.Where(table => Model.IsPublicTable(table.Table.FullName)).ToLookup(table => table.Live == table.Rebuilt, table => table.Table);
        TableDefinition[] equal = [.. shown[true]];
        TableDefinition[] different = [.. shown[false]];
        return own.Where(table => !Model.IsPublicTable(table.Table.FullName))
            .Concat(equal.Zip(live.Digests(equal, cancellation), (table, digest) => (table, digest, digest)))
            .Concat(different.Zip(live.Digests(different, cancellation), rebuilt.Digests(different, cancellation)));
    }

    /// <summary>
    /// Compares the files of Gold with the tables that they were written from, since most readers see the files alone.
    /// </summary>
    /// <param name="compared">Tells what the live tables hold; those that are missing or lack columns are passed over.</param>
    public static IReadOnlyList<VerifiedTable> CompareFiles(
        IParquetEngine live, GoldFolder gold, long generation, ModelLibrary library, IReadOnlyList<VerifiedTable> compared,
        CancellationToken cancellation)
    {
        if (gold.Current != generation)
        {
            return [new VerifiedTable("gold/", TableDigest.Of([]), TableDigest.Of([]), [], [], "is not the published state")];
        }

        return
        [
            .. from table in compared
               join model in library.Models on table.Table equals model.Name
               where model.Table.Schema == "gold" && table.Fault is null
               select CompareFiles(live, GoldFolder.FilesOf(gold.CurrentFolder!, model.Table.Name), model.Table, table.Live, cancellation),
        ];
    }

    private static VerifiedTable CompareFiles(
        IParquetEngine live, IReadOnlyList<string> files, TableDefinition table, TableDigest written, CancellationToken cancellation)
    {
        string name = $"gold/{table.Name}/";
        try
        {
            return files.Count == 0 ? new VerifiedTable(name, TableDigest.Of([]), written, [], [], "is missing")
                : live.OwnDigests([table], cancellation)?[0] == live.OwnDigestParquet(table, files, cancellation)
                    ? new VerifiedTable(name, written, written, [], [])
                    : new VerifiedTable(name, live.DigestParquet(table, files, cancellation), written, [], []);
        }
        catch (ShopLakeException damaged)
        {
            return new VerifiedTable(name, TableDigest.Of([]), written, [], [], $"cannot be read: {damaged.Message.Split('\n')[0]}");
        }
    }

    /// <summary>Why the rows of a live table cannot be compared at all; null where they can.</summary>
    internal static string? FaultOf(IEngine live, TableDefinition table, CancellationToken cancellation)
    {
        if (!live.Exists(table))
        {
            return "is missing";
        }

        IEnumerable<string> missing = table.Columns.Select(column => column.Name)
            .Except(live.Query($"SELECT * FROM {table.FullName} WHERE 1 = 0", cancellation).Columns, StringComparer.OrdinalIgnoreCase);
        string columns = string.Join(", ", missing);
        return columns.Length == 0 ? null : $"lacks {columns}";
    }

    /// <summary>The two tables may live in two databases, so the rows are compared here: not more of them than are needed to show some.</summary>
    private static VerifiedTable CompareTable(
        IEngine live, IEngine rebuilt, TableDefinition table, TableDigest ours, TableDigest theirs, CancellationToken cancellation)
    {
        if (ours == theirs)
        {
            return new VerifiedTable(table.FullName, ours, theirs, [], []);
        }

        string[] columns = [.. table.Columns.Select(column => column.Name)];
        string where = DifferingRows.Condition(live, rebuilt, table, columns, Math.Max(ours.Rows, theirs.Rows), BucketsLookedInto, cancellation);
        string select = $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {table.FullName} WHERE {where}";
        IReadOnlyList<object?[]> ourRows = live.Query(select, cancellation).Rows;
        IReadOnlyList<object?[]> theirRows = rebuilt.Query(select, cancellation).Rows;
        return new VerifiedTable(table.FullName, ours, theirs,
            [.. Missing(columns, ourRows, theirRows).Take(RowsShown)], [.. Missing(columns, theirRows, ourRows).Take(RowsShown)]);
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
