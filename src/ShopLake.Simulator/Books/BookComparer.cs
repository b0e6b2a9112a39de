using System.Globalization;

namespace ShopLake.Simulator.Books;

/// <summary>What differs between a table of the books and the same table from elsewhere.</summary>
/// <param name="Count">All differences, each cell on its own.</param>
/// <param name="Lines">The first of them by key, one line each.</param>
public sealed record BookDifferences(string Table, long Count, IReadOnlyList<string> Lines)
{
    public bool AreNone => Count == 0;

    public override string ToString() => AreNone
        ? $"{Table}: equal"
        : string.Join(Environment.NewLine, [$"{Table}: {Count} differences", .. Lines.Select(line => "  " + line)]);
}

/// <summary>
/// Compares a table of the books with the same table from any source, by grain, cell by cell, exactly.
/// </summary>
public static class BookComparer
{
    /// <param name="expected">As the books have it.</param>
    /// <param name="actualColumns">Names of the columns found, in any order.</param>
    /// <param name="actualRows">Rows with cells in the order of <paramref name="actualColumns"/>.</param>
    /// <param name="limit">How many differences to list.</param>
    public static BookDifferences Compare(
        BookTable expected,
        IReadOnlyList<string> actualColumns,
        IEnumerable<IReadOnlyList<object?>> actualRows,
        int limit = 20)
    {
        var found = new Collector(limit);
        var positions = actualColumns.Select((name, position) => (name, position)).ToDictionary();
        var missing = expected.Columns.Except(actualColumns).Order(StringComparer.Ordinal).ToList();
        foreach (var column in missing)
            found.Add($"column {column} is missing");
        foreach (var column in actualColumns.Except(expected.Columns).Except(expected.UnknownColumns))
            found.Add($"column {column} is not of this table");
        if (missing.Intersect(expected.Grain).Any())
            return new(expected.Name, found.Count, found.Lines);

        var expectedRows = ByKey(expected.Rows, KeyPositions(expected.Columns, expected.Grain), "the books", found);
        var actual = ByKey(actualRows, KeyPositions(actualColumns, expected.Grain), "the actual rows", found);
        var columns = expected.Columns.Except(expected.Grain).Where(positions.ContainsKey)
            .Select(name => new ColumnPair(name, Array.IndexOf([.. expected.Columns], name), positions[name]))
            .ToList();
        var differing = expectedRows.Keys.Union(expected.HasAllRows ? actual.Keys : [])
            .Where(key => !AreEqual(expectedRows.GetValueOrDefault(key), actual.GetValueOrDefault(key), columns))
            .Order(KeyOrder.Instance);
        foreach (var key in differing)
            if (!actual.TryGetValue(key, out var actualRow))
                found.Add($"{Describe(expected, key)}: missing, expected {Describe(expectedRows[key])}");
            else if (!expectedRows.TryGetValue(key, out var expectedRow))
                found.Add($"{Describe(expected, key)}: not expected, found {Describe(actualRow)}");
            else
                foreach (var column in columns.Where(column => !column.IsEqual(expectedRow, actualRow)))
                    found.Add($"{Describe(expected, key)}: {column.Name} "
                        + $"expected {Text(expectedRow[column.Expected])}, found {Text(actualRow[column.Actual])}");
        return new(expected.Name, found.Count, found.Lines);
    }

    private static bool AreEqual(
        IReadOnlyList<object?>? expected, IReadOnlyList<object?>? actual, List<ColumnPair> columns) =>
        expected is not null && actual is not null && columns.TrueForAll(column => column.IsEqual(expected, actual));

    private static List<int> KeyPositions(IReadOnlyList<string> columns, IReadOnlyList<string> grain) =>
        [.. grain.Select(name => columns.ToList().IndexOf(name))];

    private static Dictionary<RowKey, IReadOnlyList<object?>> ByKey(
        IEnumerable<IReadOnlyList<object?>> rows, List<int> positions, string origin, Collector found)
    {
        var byKey = new Dictionary<RowKey, IReadOnlyList<object?>>();
        foreach (var row in rows)
        {
            var key = new RowKey([.. positions.Select(position => Canonical(row[position]))]);
            if (!byKey.TryAdd(key, row))
                found.Add($"{key}: more than once in {origin}");
        }
        return byKey;
    }

    /// <summary>One form for values that mean the same: integers as long, absent values as NULL.</summary>
    private static object? Canonical(object? value) => value switch
    {
        DBNull => null,
        int number => (long)number,
        short number => (long)number,
        float number => (double)number,
        _ => value,
    };

    private static string Describe(BookTable table, RowKey key) => table.Grain.Count == 0 ? "the row" : key.ToString();

    private static string Describe(IReadOnlyList<object?> row) => string.Join(", ", row.Select(Text));

    private static string Text(object? value) => Canonical(value) switch
    {
        null => "NULL",
        DateTime at => at.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        { } other => other.ToString()!,
    };

    /// <summary>A column and where its cells stand on both sides.</summary>
    private readonly record struct ColumnPair(string Name, int Expected, int Actual)
    {
        public bool IsEqual(IReadOnlyList<object?> expectedRow, IReadOnlyList<object?> actualRow) =>
            Equals(Canonical(expectedRow[Expected]), Canonical(actualRow[Actual]));
    }

    private sealed class Collector(int limit)
    {
        private readonly List<string> _lines = [];

        public long Count { get; private set; }

        public IReadOnlyList<string> Lines => _lines;

        public void Add(string line)
        {
            Count++;
            if (_lines.Count < limit)
                _lines.Add(line);
        }
    }

    /// <summary>The cells of the grain, equal by value.</summary>
    private sealed record RowKey(IReadOnlyList<object?> Cells)
    {
        public bool Equals(RowKey? other) => other is not null && Cells.SequenceEqual(other.Cells);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var cell in Cells)
                hash.Add(cell);
            return hash.ToHashCode();
        }

        public override string ToString() => string.Join(" | ", Cells.Select(Text));
    }

    private sealed class KeyOrder : IComparer<RowKey>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(RowKey? x, RowKey? y)
        {
            foreach (var (first, second) in x!.Cells.Zip(y!.Cells))
            {
                var order = first is IComparable comparable && second?.GetType() == first.GetType()
                    ? first is string text ? string.CompareOrdinal(text, (string)second) : comparable.CompareTo(second)
                    : string.CompareOrdinal(Text(first), Text(second));
                if (order != 0)
                    return order;
            }
            return 0;
        }
    }
}
