using System.Globalization;

namespace ShopLake.Run;

/// <summary>What one look at the touched pieces tells of all of them, so that no row of an input need be asked.</summary>
/// <param name="Days">The first and the last of the days that pieces name, by piece column.</param>
/// <param name="WholeInputs">Inputs of which all rows are in one piece, where that piece is touched.</param>
internal sealed record PieceFacts(
    IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> Days, IReadOnlySet<string> WholeInputs)
{
    /// <param name="sql">The SQL of the scope whose pieces are staged, at least one.</param>
    /// <param name="engine">Where they are staged.</param>
    public static PieceFacts Read(ScopeSql sql, IEngine engine, CancellationToken cancellation)
    {
        IReadOnlyList<string> days = sql.DayColumns;
        IReadOnlyList<string> inputs = sql.InputsOfOnePiece;
        string[] asked =
        [
            .. days.SelectMany(day => new[] { $"as_text(min({day}))", $"as_text(max({day}))" }),
            .. inputs.Select(input => $"max(CASE WHEN {sql.IsPieceOf(input)} THEN 1 ELSE 0 END)"),
        ];
        object?[] told = asked.Length == 0
            ? []
            : engine.Query($"SELECT {string.Join(", ", asked)} FROM {sql.Pieces} AS p", cancellation).Rows[0];
        return new PieceFacts(
            days.Select((day, index) => (Name: day, First: Day(told[2 * index]), Last: Day(told[(2 * index) + 1])))
                .ToDictionary(day => day.Name, day => (day.First, day.Last), StringComparer.Ordinal),
            inputs.Where((_, index) => Convert.ToInt64(told[(2 * days.Count) + index], CultureInfo.InvariantCulture) == 1)
                .ToHashSet(StringComparer.Ordinal));

        static DateOnly Day(object? text) => DateOnly.ParseExact((string)text!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
