using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>
/// Rows kept under temporary names of a session: Parquet files in a folder that is gone with it. Spark's own cache
/// would keep the whole history of a computation, which grows with each step that is built on another.
/// </summary>
internal sealed class SparkStaging(SparkSession session, ParquetFiles files, string folder)
{
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Computes a SELECT once and shows its rows under a name.</summary>
    /// <param name="columns">Of the SELECT, in its types; null where Spark is to say what they are.</param>
    /// <returns>Rows kept.</returns>
    public long Keep(string name, IReadOnlyList<ColumnDefinition>? columns, string select, CancellationToken cancellation)
    {
        string rows = Path.Combine(folder, FormattableString.Invariant($"{name}-{_count++}"));
        long count = Write(rows, [], select, cancellation).Sum(file => file.Rows);
        session.CreateParquetView(name, columns, [rows], cancellation);
        Forget(name);
        _folders[name] = rows;
        return count;
    }

    /// <summary>Keeps rows that the program has: every statement that reads them would plan them anew, row by row.</summary>
    public void Keep(
        string name, IReadOnlyList<ColumnDefinition> columns, IEnumerable<object?[]> rows, CancellationToken cancellation) =>
        Keep(name, columns, Shown(columns, rows, cancellation), cancellation);

    /// <summary>Sends rows that the program has to the session, until the next ones.</summary>
    /// <returns>SELECT of them.</returns>
    public string Shown(IReadOnlyList<ColumnDefinition> columns, IEnumerable<object?[]> rows, CancellationToken cancellation)
    {
        const string view = "rows_of_the_program";
        session.CreateView(view, columns, rows, cancellation);
        return $"SELECT /*+ COALESCE(1) */ * FROM {view}";
    }

    /// <summary>Writes the rows of a SELECT as Parquet files.</summary>
    /// <param name="place">A folder that is not there yet.</param>
    /// <param name="columns">What the files are asked about, see <see cref="ParquetFiles.Below"/>.</param>
    public IReadOnlyList<ParquetFile> Write(
        string place, IReadOnlyList<ColumnDefinition> columns, string select, CancellationToken cancellation)
    {
        session.Execute($"INSERT OVERWRITE DIRECTORY {SparkText.Literal(place)} USING parquet\n{select}", cancellation);
        return files.Below(place, columns);
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
