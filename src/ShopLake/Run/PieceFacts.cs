using System.Globalization;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>What one look at the touched pieces tells of all of them, so that no row of an input need be asked.</summary>
/// <param name="Days">The first and the last of the days that pieces name, by piece column.</param>
/// <param name="WholeInputs">Inputs of which all rows are in one piece, where that piece is touched.</param>
/// <param name="AtHand">For mappings of inputs, the staged rows that hold all which the touched pieces name.</param>
internal sealed record PieceFacts(
    IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> Days, IReadOnlySet<string> WholeInputs,
    IReadOnlyDictionary<(string Input, PieceMapping Mapping), string> AtHand)
{
    /// <param name="sql">The SQL of the scope whose pieces are staged, at least one.</param>
    /// <param name="atHand">Rows of some pieces of models.</param>
    /// <param name="engine">Where they are staged.</param>
    public static PieceFacts Read(
        ScopeSql sql, IReadOnlyDictionary<string, RowsAtHand> atHand, IEngine engine, CancellationToken cancellation)
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
                .ToHashSet(StringComparer.Ordinal),
            RowsOfPieces(sql, atHand, engine, cancellation));

        static DateOnly Day(object? text) => DateOnly.ParseExact((string)text!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static Dictionary<(string Input, PieceMapping Mapping), string> RowsOfPieces(
        ScopeSql sql, IReadOnlyDictionary<string, RowsAtHand> atHand, IEngine engine, CancellationToken cancellation)
    {
        (string Input, PieceMapping.Direct Mapping)[] lookups =
        [
            .. sql.Lookups.Where(lookup => atHand.TryGetValue(lookup.Input, out RowsAtHand? rows)
                && rows.Key.All(lookup.Mapping.Expressions.Contains)),
        ];
        if (lookups.Length == 0)
        {
            return [];
        }

        IEnumerable<string> missing = lookups.Select((lookup, index) =>
            $"SELECT {index} AS lookup, count(*) AS pieces FROM ({sql.PiecesBeyond(lookup.Mapping, atHand[lookup.Input])}) AS beyond");
        return engine.Query(string.Join(" UNION ALL ", missing) + " ORDER BY lookup", cancellation).Rows.Zip(lookups)
            .Where(lookup => (long)lookup.First[1]! == 0)
            .ToDictionary(lookup => (lookup.Second.Input, (PieceMapping)lookup.Second.Mapping), lookup => atHand[lookup.Second.Input].Rows);
    }
}
