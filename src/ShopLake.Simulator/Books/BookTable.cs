namespace ShopLake.Simulator.Books;

/// <summary>
/// One Gold table as the books have it. Cells are NULL, <see cref="long"/>, <see cref="double"/>,
/// <see cref="string"/>, <see cref="bool"/>, <see cref="DateTime"/> (UTC) or <see cref="DateOnly"/>.
/// </summary>
/// <param name="Name">With its schema: <c>gold.revenue_daily</c>.</param>
/// <param name="Grain">Columns that tell its rows apart; none for a table of one row.</param>
/// <param name="Columns">The columns that the books know, in the order of the cells.</param>
public sealed record BookTable(string Name, IReadOnlyList<string> Grain, IReadOnlyList<string> Columns)
{
    private readonly List<object?[]> _rows = [];

    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>Columns of the table that a world cannot know, such as the lake's own sequence numbers.</summary>
    public IReadOnlyList<string> UnknownColumns { get; init; } = [];

    /// <summary>False where the table may hold further rows of which the books say nothing.</summary>
    public bool HasAllRows { get; init; } = true;

    /// <summary>Adds a row; the cells stand in the order of <see cref="Columns"/>.</summary>
    /// <exception cref="ArgumentException">The number of cells is not the number of columns.</exception>
    public void Add(params object?[] cells)
    {
        if (cells.Length != Columns.Count)
            throw new ArgumentException($"{Name} has {Columns.Count} columns, the row {cells.Length} cells.");
        for (var i = 0; i < cells.Length; i++)
            if (cells[i] is int number)
                cells[i] = (long)number;
        _rows.Add(cells);
    }
}
