using System.Text.RegularExpressions;
using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>
/// Rows of a query: <c>long</c>, <c>double</c>, <c>bool</c>, <c>string</c>, <c>decimal</c>, <c>DateTime</c> (UTC),
/// <c>DateOnly</c> or null. Columns of tables have these types on every engine; a computed day, instant or truth has
/// them where the engine has such a type, and is ISO text, or 1 and 0, where it has none (SQLite).
/// </summary>
public sealed record QueryResult(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows);

/// <summary>
/// A warehouse that runs the models. What writes tables is called between <see cref="Begin"/> and <see cref="Commit"/>; it
/// appears to readers at once or not at all, also where the process or the server is killed. Tables keep their names
/// (<c>silver.orders</c>) and their columns' types. Errors of SQL are <see cref="ShopLakeException"/> of
/// <see cref="FailureKind.Usage"/> with the engine's message; an engine that cannot be reached, or that is lost, fails
/// with <see cref="FailureKind.OutOfReach"/>.
/// </summary>
/// <remarks>
/// How an engine's warehouses are opened is told in <c>ShopLake.Engines</c>, by its <c>IEngineProvider</c>.
/// </remarks>
public interface IEngine : IDisposable
{
    /// <summary>The column of staged rows that holds their <see cref="Place"/>.</summary>
    const string PlaceColumn = "_place";

    /// <summary>The word for it in <c>shoplake.yaml</c>.</summary>
    string Name { get; }

    string Version { get; }

    /// <summary>
    /// Its table that keeps rows of a raw table: the raw table itself for all of them, another one for those that stand in small
    /// files; null where all are read from the files of Bronze.
    /// </summary>
    TableDefinition? KeptOf(TableDefinition raw);

    /// <summary>Starts the run's transaction. Not nested.</summary>
    void Begin();

    /// <summary>
    /// The same for a run that makes every table of the models anew and keeps those of <c>ops</c>: an engine may make them
    /// beside what stands instead of inside it.
    /// </summary>
    void BeginAnew() => Begin();

    /// <summary>Publishes the run.</summary>
    void Commit();

    /// <summary>Forgets the run; does nothing when none is open.</summary>
    void Rollback();

    /// <summary>
    /// Makes a raw table readable under its name, up to the state's commit. An engine that reads Parquet shows the
    /// files, and may keep the rows of small ones; any other keeps a table of its own, takes the rows from
    /// <see cref="BronzeState.Rows"/>, and restages no history.
    /// </summary>
    /// <param name="table">The raw table.</param>
    /// <param name="bronze">The rows.</param>
    /// <param name="after">The engine's table holds everything up to this commit; 0 where it is to be made
    /// anew.</param>
    /// <param name="cancellation">Stops inside.</param>
    /// <returns>
    /// A SELECT of the rows of later commits than <paramref name="after"/>; null where the engine knows that there are none.
    /// </returns>
    string? ExposeBronze(TableDefinition table, BronzeState bronze, long after, CancellationToken cancellation);

    /// <summary>
    /// Creates the table, typed and empty, with its comments; then fills it from the SELECT by column name.
    /// Replaces what stood there; running it twice gives the same table.
    /// </summary>
    /// <returns>Rows of the table.</returns>
    long Materialize(TableDefinition table, string comment, string select, CancellationToken cancellation);

    /// <summary>
    /// Told, once a table was made and filled, by which columns its rows will be looked up: for engines whose speed
    /// hangs on indexes and on statistics of what a table holds. Others do nothing. The first are the columns that tell
    /// rows apart.
    /// </summary>
    void Index(TableDefinition table, IReadOnlyList<IReadOnlyList<string>> keys, CancellationToken cancellation);

    /// <summary>
    /// Keeps the rows of a SELECT under a name of this session until the next call with that name, also outside of a run: what
    /// only asks begins none.
    /// </summary>
    /// <returns>Rows kept.</returns>
    long Stage(string name, string select, CancellationToken cancellation);

    /// <summary>Staged rows as a FROM reads them, where others are looked up by them.</summary>
    string Staged(string name) => name;

    /// <summary>The same for rows by whose key columns others are found: an engine that only joins by indexes needs one.</summary>
    long StageKeys(string name, IReadOnlyList<string> key, string select, CancellationToken cancellation) =>
        Stage(name, select, cancellation);

    /// <summary>
    /// Stages the rows of a model's SELECT. Its inputs may first be narrowed by SELECTs of their own, each reading those before it:
    /// in one statement, but where an engine judges its joins better by tables than by subqueries.
    /// </summary>
    /// <param name="name">Name of the staged rows.</param>
    /// <param name="table">The model's table, whose columns the SELECT gives: what a NULL without a type is meant to be.</param>
    /// <param name="narrowed">The narrowed inputs.</param>
    /// <param name="select">The SELECT.</param>
    /// <param name="cancellation">Stops inside.</param>
    void StageModel(
        string name, TableDefinition table, IReadOnlyList<(string Name, string Select)> narrowed, string select,
        CancellationToken cancellation) => Stage(name, Joined(narrowed, select), cancellation);

    /// <summary>Whether rows are looked up by reading a column whole, so that rows which are at hand are better read again.</summary>
    bool LooksUpByReading => false;

    /// <summary>
    /// The column by which a row that was read is found again in the same run; null where looking it up by its key is no dearer.
    /// </summary>
    string? Place => null;

    /// <summary>
    /// Puts staged rows in the place of those rows of a table that share their key with a changed row.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="key">Columns that are never NULL; none where the whole table is replaced.</param>
    /// <param name="changes">Name of the staged rows that changed, gone and new.</param>
    /// <param name="rows">Name of the staged rows that stand now, complete for each key that has a change.</param>
    /// <param name="standing">
    /// Name of the staged rows that stood before, complete for each key that has a change, with their <see cref="Place"/> in the
    /// column <see cref="PlaceColumn"/>; null where they were not staged.
    /// </param>
    /// <param name="cancellation">Stops inside.</param>
    void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, string? standing,
        CancellationToken cancellation);

    /// <summary>
    /// Creates the table and fills it with rows that the program has: the configuration and the record of runs.
    /// </summary>
    void Fill(TableDefinition table, string comment, IEnumerable<object?[]> rows);

    /// <summary>Adds rows; creates the table where it is missing.</summary>
    void Append(TableDefinition table, string comment, IEnumerable<object?[]> rows);

    bool Exists(TableDefinition table);

    /// <summary>Drops a table of the models, if it is there.</summary>
    /// <param name="name">Schema and table.</param>
    void Drop(string name);

    QueryResult Query(string sql, CancellationToken cancellation);

    /// <summary>What the table holds, equal across engines for equal rows.</summary>
    TableDigest Digest(TableDefinition table, CancellationToken cancellation);

    /// <summary>The digests of several tables, in their order: for engines to which each question is a second.</summary>
    IReadOnlyList<TableDigest> Digests(IReadOnlyList<TableDefinition> tables, CancellationToken cancellation) =>
        [.. tables.Select(table => Digest(table, cancellation))];

    /// <summary>
    /// Digests that are compared with those of the same engine only, cheaper than the defined ones; null where it has no such.
    /// </summary>
    IReadOnlyList<TableDigest>? OwnDigests(IReadOnlyList<TableDefinition> tables, CancellationToken cancellation) => null;

    /// <summary>Stages some of the narrowed inputs, each by a SELECT that names those before it which are not staged.</summary>
    /// <param name="narrowed">The narrowed inputs.</param>
    /// <param name="isStaged">Told the name of an input and the SELECTs of those behind it.</param>
    /// <param name="stage">Told the name of an input and its SELECT.</param>
    /// <returns>The others, to be named first by whatever reads them.</returns>
    protected static IReadOnlyList<(string Name, string Select)> StageSome(
        IReadOnlyList<(string Name, string Select)> narrowed, Func<string, IEnumerable<string>, bool> isStaged,
        Action<string, string> stage)
    {
        var others = new List<(string Name, string Select)>();
        foreach ((int index, (string Name, string Select) input) in narrowed.Index())
        {
            if (isStaged(input.Name, narrowed.Skip(index + 1).Select(behind => behind.Select)))
            {
                stage(input.Name, Joined(others, input.Select));
            }
            else
            {
                others.Add(input);
            }
        }

        return others;
    }

    /// <summary>How often a SELECT names a narrowed input.</summary>
    protected static int Times(string name, string select) => Regex.Count(select, $@"\b{name}\b");

    /// <summary>One SELECT that names its narrowed inputs first.</summary>
    protected static string Joined(IReadOnlyList<(string Name, string Select)> narrowed, string select) =>
        narrowed.Count == 0 ? select : "WITH "
            + string.Join(", ", narrowed.Select(input => $"{input.Name} AS ({input.Select})")) + $" {select}";
}

/// <summary>
/// An engine that writes Parquet. Where it is the one, Gold is also published as files, for readers that must never
/// wait for a run; engines that let several processes read their tables publish those alone.
/// </summary>
public interface IParquetEngine : IEngine
{
    /// <summary>Writes rows of a table as one Parquet file.</summary>
    /// <param name="table">The table.</param>
    /// <param name="condition">Which of its rows; null for all.</param>
    /// <param name="order">Columns that the rows are sorted by.</param>
    /// <param name="file">The file, which is not there yet.</param>
    void WriteParquet(TableDefinition table, string? condition, IReadOnlyList<string> order, string file);

    /// <summary>The digest of a table's rows as such files hold them.</summary>
    TableDigest DigestParquet(TableDefinition table, IReadOnlyList<string> files, CancellationToken cancellation);

    /// <summary>The same by <see cref="IEngine.OwnDigests"/>: equal to the table's own digest where its rows are.</summary>
    TableDigest OwnDigestParquet(TableDefinition table, IReadOnlyList<string> files, CancellationToken cancellation);
}
