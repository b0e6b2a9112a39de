namespace ShopLake.Ingest;

/// <summary>
/// Turns records into rows of a DuckDB chunk. The columns: file, record number, one text for each field, and the other
/// fields of the record as the inside of a JSON object.
/// </summary>
internal abstract unsafe class RowWriter(SourceFields fields)
{
    private const int FileColumn = 0;
    private const int RecordColumn = 1;
    private const int FirstField = 2;

    private readonly nint[] _vectors = new nint[fields.Fields.Count + FirstField + 1];
    private readonly nint[] _data = new nint[fields.Fields.Count + FirstField + 1];
    private readonly nint[] _validity = new nint[fields.Fields.Count + FirstField + 1];
    private RecordBlock? _block;

    /// <summary>Records are left that this writer has taken from the feed.</summary>
    public bool HasRecords => _block is not null;

    protected SourceFields Fields => fields;

    /// <summary>The fields of the row that Bronze has no column for, built up by <see cref="TryWrite"/>.</summary>
    protected ByteBuilder Rest { get; } = new();

    private int RestColumn => _vectors.Length - 1;

    /// <returns>Rows written; 0 when the feed is empty.</returns>
    public int Fill(nint chunk, RecordFeed feed)
    {
        for (int column = 0; column < _vectors.Length; column++)
        {
            _vectors[column] = DuckDbVectors.Vector(chunk, (ulong)column);
            _data[column] = (nint)DuckDbVectors.Data(_vectors[column]);
            _validity[column] = 0;
        }

        int rows = 0;
        while (rows < DuckDbVectors.Capacity && (_block ?? feed.Next()) is { } block)
        {
            rows = FillFrom(block, rows, feed);
            _block = block.IsDone ? null : block;
            if (block.IsDone)
            {
                feed.Return(block);
            }
        }

        return rows;
    }

    /// <summary>Writes a record's fields and <see cref="Rest"/>.</summary>
    /// <returns>Why the record is none; what was written is then overwritten, so no field may be NULL yet.</returns>
    protected abstract string? TryWrite(ReadOnlySpan<byte> record, FileReading file, int row);

    protected void SetField(int field, int row, ReadOnlySpan<byte> text) => SetText(field + FirstField, row, text);

    protected void SetNull(int field, int row) => SetColumnNull(field + FirstField, row);

    private int FillFrom(RecordBlock block, int row, RecordFeed feed)
    {
        int first = row;
        var records = (long*)_data[RecordColumn];
        for (; row < DuckDbVectors.Capacity && !block.IsDone; block.Next++)
        {
            RecordSpan record = block.Records[block.Next];
            Rest.Clear();
            string? textMistake = block.TextMistake(record);
            if (textMistake is not null)
            {
                block.File.CountWrongText();
            }

            string? mistake = textMistake ?? record.Reason ?? TryWrite(block.Bytes(record), block.File, row);
            if (mistake is not null)
            {
                feed.Reject(block, block.Next, mistake);
                continue;
            }

            if (Rest.Length > 0)
            {
                SetText(RestColumn, row, Rest.Written);
            }
            else
            {
                SetColumnNull(RestColumn, row);
            }

            records[row] = block.FirstRecord + block.Next;
            row++;
        }

        if (row > first)
        {
            SetText(FileColumn, first, block.File.NameBytes);
            DuckDbVectors.RepeatText((void*)_data[FileColumn], first, row - first - 1);
        }

        return row;
    }

    private void SetText(int column, int row, ReadOnlySpan<byte> text) =>
        DuckDbVectors.SetText(_vectors[column], (void*)_data[column], row, text);

    private void SetColumnNull(int column, int row)
    {
        if (_validity[column] == 0)
        {
            _validity[column] = (nint)DuckDbVectors.WritableValidity(_vectors[column]);
        }

        DuckDbVectors.SetNull((ulong*)_validity[column], row);
    }
}
