namespace ShopLake.Ingest;

/// <summary>Rows from CSV: an empty field without quotes is NULL.</summary>
internal sealed class CsvRowWriter(SourceFields fields) : RowWriter(fields)
{
    private readonly CsvSigns _signs = new(fields.Source.Csv);
    private readonly List<CsvField> _fields = [];
    private byte[] _scratch = [];

    protected override string? TryWrite(ReadOnlySpan<byte> record, FileReading file, int row)
    {
        ColumnLayout columns = file.Columns!;
        CsvFormat.Fields(record, _signs, _fields);
        if (_fields.Count != columns.Names.Count)
        {
            string fields = _fields.Count == 1 ? "field" : "fields";
            return $"it has {_fields.Count} {fields} where the header has {columns.Names.Count}";
        }

        for (int column = 0; column < _fields.Count; column++)
        {
            CsvField field = _fields[column];
            int target = columns.Fields[column];
            byte[]? rescue = columns.RescuePrefixes[column];
            if (field.Length == 0 && !field.IsQuoted)
            {
                if (target >= 0)
                {
                    SetNull(target, row);
                }

                continue;
            }

            ReadOnlySpan<byte> text = CsvFormat.Text(record, field, _signs, ref _scratch);
            if (target >= 0)
            {
                SetField(target, row, text);
            }

            if (rescue is not null)
            {
                Rest.Append(Rest.Length > 0 ? ","u8 : default);
                Rest.Append(rescue);
                Rest.AppendJson(text);
            }
        }

        foreach (int missing in columns.Missing)
        {
            SetNull(missing, row);
        }

        return null;
    }
}
