using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>
/// What a trace needs of one table: pieces of it, staged in the engine by the values that tell them apart, or all of
/// it.
/// </summary>
/// <param name="table">Schema and table.</param>
/// <param name="key">The columns that cut it; none where it is one piece.</param>
internal sealed class WantedRows(string table, IReadOnlyList<string> key)
{
    private int _turn;

    /// <summary>Pieces so far.</summary>
    public long Count { get; private set; }

    public bool IsWhole { get; private set; }

    public bool IsEmpty => Count == 0 && !IsWhole;

    /// <summary>Whether pieces were added that nobody has followed yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>The staged pieces as a FROM reads them: columns piece_0, piece_1, …</summary>
    public string Pieces { get; private set; } = "";

    /// <summary>Name of the staged pieces.</summary>
    public string Name => $"wanted_{table.Replace('.', '_')}_{_turn}";

    /// <summary>The rows of the table in these pieces, as a SELECT.</summary>
    public string Rows => IsWhole || key.Count == 0
        ? $"SELECT * FROM {table}"
        : $"SELECT k.* FROM {table} AS k INNER JOIN {Pieces} AS w ON "
            + string.Join(" AND ", key.Select((column, index) => $"k.\"{column}\" = w.piece_{index}"));

    /// <summary>Also wants the pieces that rows of the table are in.</summary>
    public void AddRows(IEngine engine, string rows, CancellationToken cancellation) =>
        Add(engine, $"SELECT DISTINCT {KeyOf("k")} FROM ({rows}) AS k", cancellation);

    /// <summary>Also wants pieces, selected as piece_0, piece_1, …</summary>
    public void Add(IEngine engine, string pieces, CancellationToken cancellation)
    {
        if (IsWhole)
        {
            return;
        }

        string[] pieceColumns = [.. Enumerable.Range(0, Math.Max(1, key.Count)).Select(index => $"piece_{index}")];
        string columns = string.Join(", ", pieceColumns);
        string before = Count == 0 ? "" : $"SELECT {columns} FROM {Name} UNION ";
        _turn = 1 - _turn;
        long count = engine.StageKeys(Name, pieceColumns, $"{before}SELECT DISTINCT {columns} FROM ({pieces}) AS added", cancellation);
        Pieces = engine.Staged(Name);
        IsNew |= count > Count;
        Count = count;
    }

    /// <summary>Wants all of the table.</summary>
    public void AddAll()
    {
        IsNew |= !IsWhole;
        IsWhole = true;
    }

    private string KeyOf(string alias) => key.Count == 0
        ? "1 AS piece_0"
        : string.Join(", ", key.Select((column, index) => $"{alias}.\"{column}\" AS piece_{index}"));
}
