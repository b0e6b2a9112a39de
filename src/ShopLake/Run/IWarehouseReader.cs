using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>
/// A warehouse opened for people's questions: they can read Bronze, Silver and Gold, change nothing, and reach no
/// file and no setting.
/// </summary>
public interface IWarehouseReader : IDisposable
{
    /// <summary>Runs one SELECT and hands its rows on one by one, in the types of <see cref="QueryResult"/>.</summary>
    /// <param name="columns">Told the names, once, before the rows; also when there are no rows.</param>
    /// <param name="row">Told the values; the list may be the same for every row: take what is to be kept.</param>
    /// <exception cref="ShopLakeException">The text is not one SELECT, or the engine refuses it.</exception>
    void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<IReadOnlyList<object?>> row,
        CancellationToken cancellation);

    /// <summary>As <see cref="Read"/>, with all rows in memory, for results known to be small.</summary>
    QueryResult Query(string sql, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = [];
        var rows = new List<object?[]>();
        Read(sql, columns => names = columns, row => rows.Add([.. row]), cancellation);
        return new QueryResult(names, rows);
    }

    bool Exists(TableDefinition table);
}
