using System.Globalization;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Where a live table that differs from its rebuild stopped following it.</summary>
/// <param name="Table">The first such table on the way from Bronze: what reads it differs because of it.</param>
/// <param name="After">
/// The last run's commit at which a rebuild gave the differing rows; null where none of those looked at did.
/// </param>
/// <param name="Looked">The commits that were looked at.</param>
public sealed record PartedTable(string Table, long? After, IReadOnlyList<long> Looked);

/// <summary>
/// Finds the commit after which a live table parted from its rebuild: rows that are wrong now were right at an earlier
/// run and were not brought on by the next, or were never right.
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
        Model first = library.Models.First(model => differing.Any(table => table.Table == model.Name));
        IReadOnlyList<IReadOnlyDictionary<string, object?>> wrong = differing.First(table => table.Table == first.Name).OnlyLive;
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
            if (wrong.All(row => Holds(engine, first, row, cancellation)))
            {
                return new PartedTable(first.Name, commit, looked);
            }
        }

        return new PartedTable(first.Name, null, looked);
    }

    private static bool Holds(
        IEngine engine, Model model, IReadOnlyDictionary<string, object?> row, CancellationToken cancellation)
    {
        string[] columns = [.. model.Table.Columns.Select(column => column.Name)];
        return engine.Query($"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM {model.Name}", cancellation).Rows
            .Any(values => columns.Zip(values).All(cell => Equals(row[cell.First], cell.Second)));
    }
}
