using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;

namespace ShopLake.Engines.Spark;

/// <summary>
/// Answers questions about one published state. A question is one SELECT over names of the warehouse, in the words that
/// models are written in; so it can change nothing, and waits for no run.
/// </summary>
internal sealed class SparkReader : IWarehouseReader
{
    private readonly SparkSql _sql = new();
    private readonly SparkSession _session;
    private readonly SparkBronze _bronze;
    private readonly SparkState _state;
    private readonly string _folder;

    /// <param name="session">Knows the vocabulary; disposed with the reader.</param>
    /// <param name="stateAt">Bronze up to a commit, with the catalogue.</param>
    /// <param name="state">The published state.</param>
    /// <param name="folder">Where its tables are.</param>
    public SparkReader(SparkSession session, SparkBronze.At stateAt, SparkState state, string folder)
    {
        _session = session;
        _bronze = new SparkBronze(session, stateAt, staging: null);
        _state = state;
        _folder = folder;
    }

    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation) =>
        _session.Read(_sql.In(sql, PlaceOf), columns, row, cancellation);

    public bool Exists(TableDefinition table) => _state.Tables.ContainsKey(table.FullName);

    public void Dispose()
    {
        _sql.Dispose();
        _session.Dispose();
    }

    private string PlaceOf(string name) => SparkPlaces.Of(name,
        _state.Tables.TryGetValue(name, out SparkTable? table) ? SparkState.PlaceOf(_folder, name, table) : null,
        _bronze, _state.LedgerSequence);
}
