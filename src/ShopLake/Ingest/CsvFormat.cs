using System.Text;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>A field inside its record.</summary>
/// <param name="IsQuoted">An empty text then is a text, not NULL.</param>
/// <param name="HasDoubledQuotes">Each pair stands for one quote.</param>
internal readonly record struct CsvField(int Start, int Length, bool IsQuoted, bool HasDoubledQuotes);

/// <summary>What a CSV record is made of.</summary>
internal static class CsvFormat
{
    /// <summary>Splits a record that the splitter found sound.</summary>
    public static void Fields(ReadOnlySpan<byte> record, CsvSigns signs, List<CsvField> fields)
    {
        fields.Clear();
        int position = 0;
        while (true)
        {
            CsvField field = signs.IsQuote(record[position..])
                ? QuotedField(record, position + signs.Quote.Length, signs)
                : PlainField(record, position, signs);
            fields.Add(field);
            position = field.Start + field.Length + (field.IsQuoted ? signs.Quote.Length : 0);
            if (position >= record.Length)
            {
                return;
            }

            position += signs.Delimiter.Length;
        }
    }

    /// <summary>A field's text, its doubled quotes made single.</summary>
    /// <param name="scratch">Room for the text where it has to be changed; grows as needed.</param>
    public static ReadOnlySpan<byte> Text(
        ReadOnlySpan<byte> record, CsvField field, CsvSigns signs, ref byte[] scratch)
    {
        ReadOnlySpan<byte> raw = record.Slice(field.Start, field.Length);
        if (!field.HasDoubledQuotes)
        {
            return raw;
        }

        if (scratch.Length < raw.Length)
        {
            scratch = new byte[raw.Length * 2];
        }

        int length = 0;
        int position = 0;
        while (position < raw.Length)
        {
            bool isDoubled = signs.IsQuote(raw[position..]);
            int count = isDoubled ? signs.Quote.Length : 1;
            raw.Slice(position, count).CopyTo(scratch.AsSpan(length));
            length += count;
            position += isDoubled ? 2 * count : count;
        }

        return scratch.AsSpan(0, length);
    }

    /// <exception cref="UnreadableFileException">The first record is no header.</exception>
    public static IReadOnlyList<string> Header(RecordBlock block, CsvSigns signs, Limits limits, string file)
    {
        RecordSpan record = block.Records[0];
        string? mistake = block.TextMistake(record);
        if (mistake is null)
        {
            CheckLineEnds(block.Bytes(record), signs, file);
            mistake = record.Reason;
        }

        if (mistake is not null)
        {
            throw new UnreadableFileException($"{file} line 1: the header cannot be read, {mistake}. "
                + "If the file is text, set `encoding`, `quote` and `delimiter`; if not, it does not belong here.");
        }

        ReadOnlySpan<byte> bytes = block.Bytes(record);
        var fields = new List<CsvField>();
        Fields(bytes, signs, fields);
        if (fields.Count > limits.Columns)
        {
            throw new UnreadableFileException($"{file} line 1: the header has {fields.Count} columns, more than "
                + $"limits.columns = {limits.Columns}. Raise the limit if the file is right.");
        }

        var names = new List<string>();
        byte[] scratch = [];
        foreach (CsvField field in fields)
        {
            names.Add(Encoding.UTF8.GetString(Text(bytes, field, signs, ref scratch)));
        }

        return names;
    }

    /// <summary>A file whose lines end with a carriage return alone would be all header or one record, and its records be lost.</summary>
    /// <param name="line">The first one, without its own line end.</param>
    /// <exception cref="UnreadableFileException">A carriage return stands in it outside of quotes.</exception>
    public static void CheckLineEnds(ReadOnlySpan<byte> line, CsvSigns signs, string file)
    {
        bool isInQuotes = false;
        int position = 0;
        while (position < line.Length)
        {
            if (signs.IsQuote(line[position..]))
            {
                // A doubled quote leaves the text and enters it again.
                isInQuotes = !isInQuotes;
                position += signs.Quote.Length;
                continue;
            }

            if (line[position] == (byte)'\r' && !isInQuotes)
            {
                throw new UnreadableFileException(
                    $"{file}: its lines end with a carriage return alone; write them with line feeds.");
            }

            position++;
        }
    }

    /// <exception cref="UnreadableFileException">A name comes twice, or several columns have none.</exception>
    public static void CheckNames(IReadOnlyList<string> names, string file)
    {
        string[] twice =
        [
            .. names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
                .Select(group => group.Key),
        ];
        if (twice.Contains(""))
        {
            var nameless = names.Index().Where(name => name.Item.Length == 0).Select(name => name.Index + 1);
            throw new UnreadableFileException($"{file} line 1: the columns {string.Join(", ", nameless)} have no name. "
                + "Give each its own.");
        }

        if (twice.Length > 0)
        {
            throw new UnreadableFileException($"{file} line 1: these columns come twice: "
                + $"{string.Join(", ", twice.Select(VisibleText.Of))}. Give each its own name.");
        }
    }

    private static CsvField PlainField(ReadOnlySpan<byte> record, int start, CsvSigns signs)
    {
        int length = record[start..].IndexOf(signs.Delimiter);
        return new CsvField(start, length < 0 ? record.Length - start : length, false, false);
    }

    /// <param name="start">Behind the opening quote.</param>
    private static CsvField QuotedField(ReadOnlySpan<byte> record, int start, CsvSigns signs)
    {
        int position = start;
        bool isDoubled = false;
        while (true)
        {
            position += record[position..].IndexOf(signs.Quote);
            if (!signs.IsQuote(record[(position + signs.Quote.Length)..]))
            {
                return new CsvField(start, position - start, true, isDoubled);
            }

            isDoubled = true;
            position += 2 * signs.Quote.Length;
        }
    }
}
