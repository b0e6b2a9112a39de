using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;

namespace ShopLake.Engines.Spark;

/// <summary>
/// Spark with Delta Lake, for what one machine cannot hold. Every statement costs about a second whatever it computes,
/// and nothing that grows with the data comes to this process: it tells Spark what to do and reads a few numbers.
/// </summary>
internal sealed class SparkEngine : IEngine
{
    /// <summary>So many that few statements are needed, and so few that planning one of them stays quick.</summary>
    private const int TablesInOneDigest = 20;

    private readonly SparkWorkplace _work;
    private readonly SparkSession _session;
    private readonly ISparkTables _tables;
    private readonly SparkSql _sql = new();
    private bool _isOpen;

    private SparkEngine(SparkWorkplace work, ISparkTables tables)
    {
        _work = work;
        _session = work.Session;
        _tables = tables;
    }

    public string Name => "spark";

    public string Version => $"Spark {_session.Version}";

    /// <param name="work">Disposed with the engine, and where there is none to open.</param>
    /// <param name="tables">Its tables, published or not.</param>
    public static SparkEngine Open(SparkWorkplace work, Func<SparkWorkplace, ISparkTables> tables)
    {
        try
        {
            return new SparkEngine(work, tables(work));
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    public void Begin()
    {
        _tables.Begin();
        _isOpen = true;
    }

    public void Commit()
    {
        _tables.Commit();
        _isOpen = false;
    }

    public void Rollback()
    {
        if (_isOpen)
        {
            _tables.Rollback();
            _isOpen = false;
        }
    }

    public TableDefinition? KeptOf(TableDefinition raw) => null;

    public string? ExposeBronze(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation)
    {
        _tables.LedgerSequence = bronze.LedgerSequence;
        return _work.Bronze.Show(table, bronze, after, cancellation);
    }

    public long Materialize(TableDefinition table, string comment, string select, CancellationToken cancellation) =>
        _tables.Write(table, comment, In(select), cancellation);

    /// <summary>Delta keeps the least and the greatest value of each file, and has no indexes.</summary>
    public void Index(TableDefinition table, IReadOnlyList<IReadOnlyList<string>> keys, CancellationToken cancellation)
    {
    }

    public long Stage(string name, string select, CancellationToken cancellation) =>
        _work.Staging.Keep(name, columns: null, In(select), cancellation);

    /// <summary>
    /// An input that is narrowed for several readers is kept: Spark would narrow it anew for each, and holds tens of megabytes
    /// for each join by which it does so.
    /// </summary>
    public void StageModel(
        string name, TableDefinition table, IReadOnlyList<(string Name, string Select)> narrowed, string select,
        CancellationToken cancellation)
    {
        IReadOnlyList<(string Name, string Select)> joined = IEngine.StageSome(
            narrowed,
            (input, behind) => behind.Append(select).Sum(other => IEngine.Times(input, other)) > 1,
            (input, rows) => Stage(input, rows, cancellation));
        _work.Staging.Keep(name, table.Columns,
            $"SELECT {SparkText.Typed(table)} FROM (\n{In(IEngine.Joined(joined, select))}\n) AS model", cancellation);
    }

    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, string? standing,
        CancellationToken cancellation) =>
        _tables.Replace(table, key, changes, rows, cancellation);

    public void Fill(TableDefinition table, string comment, IEnumerable<object?[]> rows) =>
        _tables.Fill(table, comment, [.. rows]);

    public void Append(TableDefinition table, string comment, IEnumerable<object?[]> rows) =>
        _tables.Append(table, comment, [.. rows]);

    public bool Exists(TableDefinition table) => _tables.Exists(table.FullName);

    public void Drop(string name) => _tables.Drop(name);

    public QueryResult Query(string sql, CancellationToken cancellation) => _session.Query(In(sql), cancellation);

    public TableDigest Digest(TableDefinition table, CancellationToken cancellation) =>
        Digests([table], cancellation)[0];

    public IReadOnlyList<TableDigest> Digests(IReadOnlyList<TableDefinition> tables, CancellationToken cancellation)
    {
        string parts = string.Join(", ", Enumerable.Range(0, 4).Select(part => FormattableString.Invariant(
            $"coalesce(sum(cast(conv(substr(h, {(8 * part) + 1}, 8), 16, 10) AS bigint)), 0)")));
        IEnumerable<string> digests = tables.Select((table, index) =>
        {
            string row = string.Join(" || '|' || ", table.Columns.Select(SparkText.Canonical));
            return FormattableString.Invariant(
                $"SELECT {index} AS n, count(*), {parts} FROM (SELECT md5({row}) AS h FROM {PlaceOf(table.FullName)}) AS r");
        });
        return
        [
            .. digests.Chunk(TablesInOneDigest)
                .SelectMany(chunk => _session.Query(string.Join(" UNION ALL ", chunk), cancellation).Rows)
                .OrderBy(digest => (long)digest[0]!)
                .Select(digest => new TableDigest(
                    (long)digest[1]!, (long)digest[2]!, (long)digest[3]!, (long)digest[4]!, (long)digest[5]!)),
        ];
    }

    public void Dispose()
    {
        Rollback();
        _sql.Dispose();
        _work.Dispose();
    }

    private string In(string select) => _sql.In(select, PlaceOf);

    private string PlaceOf(string name) => SparkPlaces.Of(
        name, _tables.PlaceOf(name), _work.Bronze, _tables.LedgerSequence);
}
