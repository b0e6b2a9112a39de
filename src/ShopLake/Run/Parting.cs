using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Where a live table that differs from its rebuild stopped following it.</summary>
/// <param name="Table">The first such table on the way from Bronze: what reads it differs because of it.</param>
/// <param name="After">
/// The last run's commit at which a rebuild held of the differing rows what the live table holds; null where none did.
/// </param>
/// <param name="Looked">The commits that were looked at.</param>
public sealed record PartedTable(string Table, long? After, IReadOnlyList<long> Looked)
{
    /// <summary>The file of a model that the shop wrote, with a scope that may leave out what its rows hang on; null for others.</summary>
    public string? OwnScope { get; init; }
}

/// <summary>
/// Finds the commit after which a live table parted from its rebuild: what it holds of the differing rows now was right
/// at an earlier run and was not brought on by the next, or was never right.
/// </summary>
public static class Parting
{
    /// <summary>Each is a rebuild of the table.</summary>
    private const int RunsLookedAt = 12;

    /// <param name="live">The live tables.</param>
    /// <param name="differing">What differs.</param>
    /// <param name="published">The commit that the live tables say they are at.</param>
    /// <param name="library">The models.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="bronzeAt">Bronze up to a commit.</param>
    /// <param name="scratch">An engine for one rebuild.</param>
    /// <param name="cancellation">Stops between and inside rebuilds.</param>
    public static PartedTable Find(
        IEngine live, IReadOnlyList<VerifiedTable> differing, long published, ModelLibrary library,
        LakeConfiguration configuration, Func<long, BronzeState> bronzeAt, Func<IEngine> scratch, CancellationToken cancellation)
    {
        TableDefinition first = Verification.TablesOf(live, library).First(table => differing.Any(other => other.Table == table.FullName));
        VerifiedTable parted = differing.First(table => table.Table == first.FullName);
        IReadOnlyList<IReadOnlyDictionary<string, object?>> wrong = [.. parted.OnlyLive, .. parted.OnlyRebuilt];
        IReadOnlyList<long> held = wrong.Count == 0 ? [] : Copies(live, first, wrong, cancellation);
        long[] commits =
        [
            .. live.Query(
                $"SELECT DISTINCT ledger_sequence FROM {OpsTables.Runs.FullName} WHERE outcome = 'published' "
                + string.Create(CultureInfo.InvariantCulture, $"AND ledger_sequence < {published} ORDER BY ledger_sequence DESC LIMIT {RunsLookedAt}"),
                cancellation).Rows.Select(row => (long)row[0]!),
        ];
        var looked = new List<long>();
        foreach (long commit in wrong.Count == 0 ? [] : commits)
        {
            looked.Add(commit);
            using IEngine engine = scratch();
            Rebuild.Into(engine, library, configuration, bronzeAt(commit), null, cancellation);
            if (Copies(engine, first, wrong, cancellation).SequenceEqual(held))
            {
                return Parted(commit);
            }
        }

        return Parted(null);

        PartedTable Parted(long? after) => new(first.FullName, after, looked)
        {
            OwnScope = library.Models.FirstOrDefault(model => model.Name == first.FullName && model is { IsOwn: true, Scope: not null })?.File,
        };
    }

    /// <summary>How often a table holds each of these rows.</summary>
    private static IReadOnlyList<long> Copies(
        IEngine engine, TableDefinition table, IReadOnlyList<IReadOnlyDictionary<string, object?>> wanted, CancellationToken cancellation)
    {
        string[] columns = [.. table.Columns.Select(column => column.Name)];
        IReadOnlyList<object?[]> rows = engine.Query(
            $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {table.FullName} "
            + $"WHERE {string.Join(" OR ", wanted.Select(AreLike))}", cancellation).Rows;
        return [.. wanted.Select(row => rows.LongCount(values => columns.Zip(values).All(cell => Equals(row[cell.First], cell.Second))))];
    }

    /// <summary>By values that every engine writes alike, so that few others are read.</summary>
    private static string AreLike(IReadOnlyDictionary<string, object?> row) => $"({string.Join(" AND ", row
        .Where(cell => cell.Value is string or long).Select(cell => $"\"{cell.Key}\" = {Literal.Of(cell.Value)}").DefaultIfEmpty("1 = 1"))})";
}
