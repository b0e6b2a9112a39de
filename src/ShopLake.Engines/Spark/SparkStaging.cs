using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>
/// Rows kept under temporary names of a session: Parquet files in a folder that is gone with it. Spark's own cache
/// would keep the whole history of a computation, which grows with each step that is built on another.
/// </summary>
internal sealed class SparkStaging(SparkSession session, string folder)
{
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Computes a SELECT once and shows its rows under a name.</summary>
    /// <param name="columns">Of the SELECT, in its types; null where Spark is to say what they are.</param>
    /// <returns>Rows kept.</returns>
    public long Keep(string name, IReadOnlyList<ColumnDefinition>? columns, string select, CancellationToken cancellation)
    {
        string rows = Path.Combine(folder, FormattableString.Invariant($"{name}-{_count++}"));
        session.Execute($"INSERT OVERWRITE DIRECTORY {SparkText.Literal(rows)} USING parquet\n{select}", cancellation);
        session.CreateParquetView(name, columns, [rows], cancellation);
        Forget(name);
        _folders[name] = rows;
        return (long)session.Query($"SELECT count(*) FROM {name}", cancellation).Rows[0][0]!;
    }

    /// <summary>Gives the room of rows back that nothing shows any more.</summary>
    public void Forget(string name)
    {
        if (_folders.Remove(name, out string? rows))
        {
            Directory.Delete(rows, recursive: true);
        }
    }
}
