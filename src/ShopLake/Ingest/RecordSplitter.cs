using System.Buffers;

namespace ShopLake.Ingest;

/// <summary>Where a record lies in its block, terminator excluded, and why it cannot be split into fields.</summary>
/// <param name="Reason">Null for a record that is sound so far.</param>
internal readonly record struct RecordSpan(int Start, int Length, string? Reason);

/// <summary>Finds where records end. This and nothing else decides what a record is.</summary>
internal abstract class RecordSplitter
{
    protected const byte NewLine = (byte)'\n';
    protected const byte CarriageReturn = (byte)'\r';

    /// <summary>Takes whole records from the front of the data.</summary>
    /// <param name="isLast">Nothing follows these bytes, so that a last record needs no terminator.</param>
    /// <returns>
    /// How many bytes the records and their terminators took; what is left belongs to an unfinished one.
    /// </returns>
    public int Split(ReadOnlySpan<byte> data, bool isLast, List<RecordSpan> records, int mostRecords)
    {
        int position = 0;
        while (position < data.Length && records.Count < mostRecords
            && TryFindEnd(data, position, isLast, out RecordSpan record, out int next))
        {
            if (record.Length > 0 || KeepsEmptyLines)
            {
                records.Add(record);
            }

            position = next;
        }

        return position;
    }

    /// <summary>An empty line is a record, not just a line.</summary>
    protected virtual bool KeepsEmptyLines => false;

    /// <param name="record">The record that begins at <paramref name="start"/>.</param>
    /// <param name="next">Where the one behind it begins.</param>
    /// <returns>False when its end is not in these bytes.</returns>
    protected abstract bool TryFindEnd(
        ReadOnlySpan<byte> data, int start, bool isLast, out RecordSpan record, out int next);

    /// <summary>Ends a record at the first line end.</summary>
    protected static bool TryFindLineEnd(
        ReadOnlySpan<byte> data, int start, bool isLast, string? reason, out RecordSpan record, out int next)
    {
        int length = data[start..].IndexOf(NewLine);
        if (length >= 0)
        {
            next = start + length + 1;
            record = Record(data, start, start + length, reason);
            return true;
        }

        next = data.Length;
        record = new RecordSpan(start, data.Length - start, reason);
        return isLast;
    }

    /// <param name="newLine">Where the line feed is; a carriage return before it belongs to the terminator.</param>
    protected static RecordSpan Record(ReadOnlySpan<byte> data, int start, int newLine, string? reason)
    {
        int end = newLine > start && data[newLine - 1] == CarriageReturn ? newLine - 1 : newLine;
        return new RecordSpan(start, end - start, reason);
    }
}

/// <summary>Every line is a record.</summary>
internal sealed class LineSplitter : RecordSplitter
{
    protected override bool TryFindEnd(
        ReadOnlySpan<byte> data, int start, bool isLast, out RecordSpan record, out int next) =>
        TryFindLineEnd(data, start, isLast, reason: null, out record, out next);
}

/// <summary>
/// Records of CSV: a field that begins with a quote may hold line ends. A record with a misplaced quote is the one line
/// it begins on, so that a lost quote costs one record and not the rest of the file.
/// </summary>
internal sealed class CsvSplitter : RecordSplitter
{
    private readonly CsvSigns _signs;
    private readonly long _lengthLimit;
    private readonly SearchValues<byte> _special;
    private readonly SearchValues<byte> _quoteOrNewLine;

    public CsvSplitter(CsvSigns signs, long lengthLimit)
    {
        _signs = signs;
        _lengthLimit = lengthLimit;
        _quoteOrNewLine = SearchValues.Create([.. signs.Quote[..Math.Min(1, signs.Quote.Length)], NewLine]);
        _special = SearchValues.Create(
            [signs.Delimiter[0], .. signs.Quote[..Math.Min(1, signs.Quote.Length)], NewLine]);
    }

    /// <summary>In a file of one column an empty line is a record whose field is empty.</summary>
    public bool HasOneColumn { get; set; }

    protected override bool KeepsEmptyLines => HasOneColumn;

    protected override bool TryFindEnd(
        ReadOnlySpan<byte> data, int start, bool isLast, out RecordSpan record, out int next)
    {
        // Most records hold no quote: the first line end is theirs.
        int first = data[start..].IndexOfAny(_quoteOrNewLine);
        if (first < 0 || data[start + first] == NewLine)
        {
            return TryFindLineEnd(data, start, isLast, reason: null, out record, out next);
        }

        return TryFindQuotedEnd(data, start, isLast, out record, out next);
    }

    private bool TryFindQuotedEnd(
        ReadOnlySpan<byte> data, int start, bool isLast, out RecordSpan record, out int next)
    {
        int position = start;
        while (true)
        {
            if (_signs.IsQuote(data[position..]))
            {
                int close = FindClosingQuote(data, position + _signs.Quote.Length);
                bool isUndecided = close < 0 || _signs.MayBeCut(data[(close + _signs.Quote.Length)..]);
                // A carriage return behind the longest record may belong to its line end.
                if (isUndecided && !isLast && data.Length - start <= _lengthLimit + 1)
                {
                    record = default;
                    next = start;
                    return false;
                }

                if (close < 0)
                {
                    return TryFindLineEnd(data, start, isLast, "a quoted field is never closed", out record, out next);
                }

                position = close + _signs.Quote.Length;
                if (position < data.Length && !EndsField(data[position..]))
                {
                    return TryFindLineEnd(
                        data, start, isLast, "text follows the closing quote of a field", out record, out next);
                }
            }

            position = FindSign(data, position);
            if (position < 0)
            {
                record = new RecordSpan(start, data.Length - start, null);
                next = data.Length;
                return isLast;
            }

            if (data[position] == NewLine)
            {
                record = Record(data, start, position, reason: null);
                next = position + 1;
                return true;
            }

            if (_signs.IsQuote(data[position..]))
            {
                const string reason = "a quote stands inside a field without quotes around it";
                return TryFindLineEnd(data, start, isLast, reason, out record, out next);
            }

            position += _signs.Delimiter.Length;
        }
    }

    /// <returns>Where the next line end, delimiter or quote is; -1 when there is none.</returns>
    private int FindSign(ReadOnlySpan<byte> data, int position)
    {
        while (true)
        {
            int step = data[position..].IndexOfAny(_special);
            if (step < 0)
            {
                return -1;
            }

            position += step;
            ReadOnlySpan<byte> rest = data[position..];
            if (rest[0] == NewLine || _signs.IsQuote(rest) || _signs.IsDelimiter(rest))
            {
                return position;
            }

            position++;
        }
    }

    /// <summary>A doubled quote is one quote of the text.</summary>
    private int FindClosingQuote(ReadOnlySpan<byte> data, int position)
    {
        while (true)
        {
            int step = data[position..].IndexOf(_signs.Quote);
            if (step < 0)
            {
                return -1;
            }

            position += step;
            if (!_signs.IsQuote(data[(position + _signs.Quote.Length)..]))
            {
                return position;
            }

            position += 2 * _signs.Quote.Length;
        }
    }

    private bool EndsField(ReadOnlySpan<byte> rest) =>
        _signs.IsDelimiter(rest) || rest[0] == NewLine || rest is [CarriageReturn, NewLine, ..];
}
