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
    /// <exception cref="ShopLakeException">Delimiter and quote are not one ASCII character each.</exception>
    public static CsvSplitter Splitter(CsvDialect dialect, Limits limits)
    {
        if (!char.IsAscii(dialect.Delimiter) || !char.IsAscii(dialect.Quote) || dialect.Delimiter == dialect.Quote
            || dialect.Delimiter is '\n' or '\r')
        {
            throw new ShopLakeException(FailureKind.Usage, "Delimiter and quote must be two different ASCII "
                + "characters, and the delimiter no line end.");
        }

        return new CsvSplitter((byte)dialect.Delimiter, (byte)dialect.Quote, limits.LineLength);
    }

    /// <summary>Splits a record that the splitter found sound.</summary>
    public static void Fields(ReadOnlySpan<byte> record, byte delimiter, byte quote, List<CsvField> fields)
    {
        fields.Clear();
        int position = 0;
        while (true)
        {
            CsvField field = position < record.Length && record[position] == quote
                ? QuotedField(record, position, quote)
                : PlainField(record, position, delimiter);
            fields.Add(field);
            position = field.Start + field.Length + (field.IsQuoted ? 1 : 0);
            if (position >= record.Length)
            {
                return;
            }

            position++;
        }
    }

    /// <summary>A field's text, its doubled quotes made single.</summary>
    /// <param name="scratch">Room for the text where it has to be changed; grows as needed.</param>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record, CsvField field, byte quote, ref byte[] scratch)
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
        for (int i = 0; i < raw.Length; i++)
        {
            scratch[length++] = raw[i];
            i += raw[i] == quote ? 1 : 0;
        }

        return scratch.AsSpan(0, length);
    }

    /// <exception cref="UnreadableFileException">The first record is no header.</exception>
    public static IReadOnlyList<string> Header(RecordBlock block, CsvDialect dialect, Limits limits, string file)
    {
        RecordSpan record = block.Records[0];
        string? mistake = record.Reason ?? block.TextMistake(record);
        if (mistake is not null)
        {
            throw new UnreadableFileException($"{file} line 1: the header cannot be read, {mistake}. "
                + "If the file is text, set `encoding`, `quote` and `delimiter`; if not, it does not belong here.");
        }

        ReadOnlySpan<byte> bytes = block.Bytes(record);
        var fields = new List<CsvField>();
        Fields(bytes, (byte)dialect.Delimiter, (byte)dialect.Quote, fields);
        if (fields.Count > limits.Columns)
        {
            throw new UnreadableFileException($"{file} line 1: the header has {fields.Count} columns, more than "
                + $"limits.columns = {limits.Columns}. Raise the limit if the file is right.");
        }

        var names = new List<string>();
        byte[] scratch = [];
        foreach (CsvField field in fields)
        {
            names.Add(Encoding.UTF8.GetString(Text(bytes, field, (byte)dialect.Quote, ref scratch)));
        }

        return names;
    }

    /// <exception cref="UnreadableFileException">A name comes twice.</exception>
    public static void CheckNames(IReadOnlyList<string> names, string file)
    {
        string[] twice =
        [
            .. names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
                .Select(group => group.Key),
        ];
        if (twice.Length > 0)
        {
            throw new UnreadableFileException($"{file} line 1: these columns come twice: {string.Join(", ", twice)}. "
                + "Give each its own name.");
        }
    }

    private static CsvField PlainField(ReadOnlySpan<byte> record, int start, byte delimiter)
    {
        int length = record[start..].IndexOf(delimiter);
        return new CsvField(start, length < 0 ? record.Length - start : length, false, false);
    }

    private static CsvField QuotedField(ReadOnlySpan<byte> record, int start, byte quote)
    {
        int position = start + 1;
        bool isDoubled = false;
        while (true)
        {
            position += record[position..].IndexOf(quote);
            if (position + 1 >= record.Length || record[position + 1] != quote)
            {
                return new CsvField(start + 1, position - start - 1, true, isDoubled);
            }

            isDoubled = true;
            position += 2;
        }
    }
}
