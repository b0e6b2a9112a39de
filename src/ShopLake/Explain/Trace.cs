namespace ShopLake.Explain;

/// <summary>A row by its columns.</summary>
/// <remarks>Values are those of <see cref="Run.QueryResult"/>.</remarks>
public sealed record TableRow(IReadOnlyList<string> Columns, IReadOnlyList<object?> Values)
{
    public object? this[string column]
    {
        get
        {
            int index = 0;
            while (Columns[index] != column)
            {
                index++;
            }

            return Values[index];
        }
    }
}

/// <summary>A table on the way from Bronze to the traced rows.</summary>
/// <param name="Table">Schema and table.</param>
/// <param name="Rows">Its rows that the traced rows hang on.</param>
/// <param name="OfRows">All of its rows.</param>
/// <param name="Inputs">The tables before it on the way.</param>
public sealed record TraceStep(string Table, long Rows, long OfRows, IReadOnlyList<string> Inputs);

/// <summary>A raw row that decided a traced row.</summary>
/// <param name="Pointer">Where it is.</param>
/// <param name="Disposition">used, superseded, duplicate, ignored or quarantined.</param>
/// <param name="Reasons">Why it is quarantined: a sentence for each rule.</param>
/// <param name="Values">Its own columns.</param>
public sealed record TracedBronzeRow(
    BronzePointer Pointer, string Disposition, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, object?> Values);

/// <summary>The raw rows of one table: how many of each disposition, and the first of them.</summary>
public sealed record TracedBronze(
    string Table, IReadOnlyDictionary<string, long> Dispositions, IReadOnlyList<TracedBronzeRow> Rows)
{
    public long Count => Dispositions.Values.Sum();
}

/// <summary>A row that gives a part of a number.</summary>
/// <param name="Table">The table furthest back that the number is a sum of.</param>
/// <param name="Row">The row, by the columns that tell it apart.</param>
/// <param name="Value">What it gives.</param>
/// <param name="Bronze">The raw row that it stands for; null where it stands for no single one.</param>
public sealed record NumberPart(string Table, IReadOnlyDictionary<string, object?> Row, long Value, BronzePointer? Bronze);

/// <summary>Where a raw row is: its table, the commit that brought it, its file, its record number from 1.</summary>
public sealed record BronzePointer(string Table, long BatchId, string SourceFile, long SourceRow);

/// <summary>A number of a traced row as a sum.</summary>
/// <param name="Column">The column.</param>
/// <param name="Row">The row that it is of, by its grain.</param>
/// <param name="Shown">What the row says; null where it is not known yet.</param>
/// <param name="Total">What the parts add up to.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Parts">The first of them, greatest first.</param>
public sealed record NumberTrace(string Column, TableRow Row, long? Shown, long Total, long Count, IReadOnlyList<NumberPart> Parts)
{
    public bool AddsUp => Shown is null || Shown == Total;
}

/// <summary>A traced row computed again from the traced raw rows alone.</summary>
/// <param name="Differences">
/// Columns in which it came out otherwise, with both values; empty when the trace holds.
/// </param>
public sealed record TraceProof(IReadOnlyList<string> Differences)
{
    public bool Holds => Differences.Count == 0;
}

/// <summary>Where rows of a table come from.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">The traced rows.</param>
/// <param name="Relative">Columns that compare a row with all others: the raw rows shown do not decide them.</param>
/// <param name="Steps">The way from the table to Bronze, the table first.</param>
/// <param name="Bronze">The raw rows.</param>
/// <param name="Numbers">The numbers of the rows as sums.</param>
/// <param name="Proof">The rows computed again from the raw rows alone; null when that was not asked for.</param>
public sealed record Trace(
    string Table, IReadOnlyList<TableRow> Rows, IReadOnlyList<string> Relative, IReadOnlyList<TraceStep> Steps,
    IReadOnlyList<TracedBronze> Bronze, IReadOnlyList<NumberTrace> Numbers, TraceProof? Proof);
