using System.Globalization;
using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>
/// Tells where two tables in two databases differ without reading them: both databases add up hashes of their rows by
/// buckets, and only rows of buckets that came out otherwise have to be compared one by one.
/// </summary>
internal static class DifferingRows
{
    /// <summary>Tables up to this size are read whole.</summary>
    private const long RowsReadWhole = 20_000;

    private const long RowsOfBucket = 2_000;
    private const long MostBuckets = 16_384;
    private const long Hashes = 1L << 32;

    /// <summary>
    /// A condition over a table's columns that holds for rows in which the two differ, for all of those with the same key, and
    /// for few others.
    /// </summary>
    /// <param name="one">Holds the table.</param>
    /// <param name="other">Holds the other one of that name.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The columns that tell which rows are compared with each other.</param>
    /// <param name="rows">About how many rows the larger one has.</param>
    /// <param name="limit">How many buckets are looked into at most: where much differs, a part of it shows that.</param>
    /// <param name="cancellation">Stops inside.</param>
    public static string Condition(
        IEngine one, IEngine other, TableDefinition table, IReadOnlyList<string> key, long rows, int limit, CancellationToken cancellation)
    {
        if (rows <= RowsReadWhole)
        {
            return "1 = 1";
        }

        long width = Hashes / Math.Min(MostBuckets, rows / RowsOfBucket);
        string bucket = string.Create(CultureInfo.InvariantCulture,
            $"int_div(hash_part({Text(table.Columns.Where(column => key.Contains(column.Name)))}, 0), {width})");
        string sums = $"SELECT place, count(*) AS row_count, cast(sum(hashed) AS bigint) AS total FROM ("
            + $"SELECT {bucket} AS place, hash_part({Text(table.Columns)}, 1) AS hashed FROM {table.FullName}) AS hashes GROUP BY place";
        Dictionary<long, (long, long)> ours = Sums(one);
        Dictionary<long, (long, long)> theirs = Sums(other);
        string[] differing =
        [
            .. ours.Keys.Union(theirs.Keys).Where(place => ours.GetValueOrDefault(place) != theirs.GetValueOrDefault(place))
                .Order().Take(limit).Select(place => place.ToString(CultureInfo.InvariantCulture)),
        ];
        // Where digests differ by what these hashes leave out, every row has to be looked at.
        return differing.Length == 0 ? "1 = 1" : $"{bucket} IN ({string.Join(", ", differing)})";

        Dictionary<long, (long, long)> Sums(IEngine engine) =>
            engine.Query(sums, cancellation).Rows.ToDictionary(row => (long)row[0]!, row => ((long)row[1]!, (long)row[2]!));
    }

    private static string Text(IEnumerable<ColumnDefinition> columns) =>
        string.Join(" || '|' || ", columns.Select(column => $"coalesce({Text(column.Type, $"\"{column.Name}\"")}, '~')").DefaultIfEmpty("''"));

    /// <summary>One text for a value on every engine; of a rate what its digest shows, as far as that fits a number.</summary>
    private static string Text(ColumnType type, string name) => type switch
    {
        ColumnType.Boolean => $"CASE WHEN {name} THEN 't' WHEN NOT {name} THEN 'f' END",
        ColumnType.Timestamp => $"as_text(micros_between(as_utc('2000-01-01 00:00:00'), {name}))",
        ColumnType.Double => $"CASE WHEN abs({name}) < 1e12 THEN as_text(cast(floor({name} * 1000000 + 0.5) AS bigint)) "
            + $"WHEN {name} IS NOT NULL THEN 'much' END",
        _ => $"as_text({name})",
    };
}
