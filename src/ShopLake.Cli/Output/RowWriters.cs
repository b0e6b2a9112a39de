using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ShopLake.Cli.Output;

/// <summary>Takes the rows of a result one by one.</summary>
internal interface IRowWriter
{
    void Begin(IReadOnlyList<string> columns);

    /// <param name="row">May be the same list for every row, with other values.</param>
    void Write(IReadOnlyList<object?> row);

    void End();
}

/// <summary>A table for people: at most so many rows, and a word on how many there are.</summary>
internal sealed class TableRows(Terminal terminal, int rowsShown) : IRowWriter
{
    private readonly List<IReadOnlyList<object?>> _rows = [];
    private IReadOnlyList<string> _columns = [];
    private long _count;

    public void Begin(IReadOnlyList<string> columns) => _columns = columns;

    public void Write(IReadOnlyList<object?> row)
    {
        if (_count++ < rowsShown)
            _rows.Add([.. row]);
    }

    public void End()
    {
        terminal.WriteTable(_columns, _rows);
        if (_count > rowsShown)
        {
            terminal.Log($"{CellText.Count(rowsShown)} of {CellText.Count(_count)} rows; --csv and --json give all.");
        }
    }
}

/// <summary>Gathers the pieces of rows: a console's writer hands each to the system by itself, which takes longer than making it.</summary>
internal sealed class GatheredText(TextWriter output)
{
    private const int Enough = 1 << 16;

    private readonly StringBuilder _text = new();

    public void Write(string piece)
    {
        _text.Append(piece);
        if (_text.Length >= Enough)
            HandOver();
    }

    public void HandOver()
    {
        output.Write(_text);
        _text.Clear();
    }
}

/// <summary>CSV as RFC 4180 has it; NULL is an empty field, an empty text a quoted one.</summary>
internal sealed class CsvRows(TextWriter output) : IRowWriter
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly GatheredText _text = new(output);

    public void Begin(IReadOnlyList<string> columns) => Write(columns);

    public void Write(IReadOnlyList<object?> row)
    {
        for (int i = 0; i < row.Count; i++)
        {
            if (i > 0)
                _text.Write(",");

            string text = CellText.Of(row[i]);
            bool isQuoted = text.AsSpan().ContainsAny(Special) || row[i] is "";
            _text.Write(isQuoted ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
        }

        _text.Write("\n");
    }

    public void End() => _text.HandOver();
}

/// <summary>A JSON array with one object a line for each row.</summary>
internal sealed class JsonRows(TextWriter output) : IRowWriter
{
    private readonly GatheredText _text = new(output);
    private readonly JsonObjects _objects = new();
    private string _separator = "[\n";

    public void Begin(IReadOnlyList<string> columns) => _objects.Columns = columns;

    public void Write(IReadOnlyList<object?> row)
    {
        _text.Write(_separator);
        _text.Write(_objects.Of(row));
        _separator = ",\n";
    }

    public void End()
    {
        _text.Write(_separator == ",\n" ? "\n]\n" : "[]\n");
        _text.HandOver();
    }
}

/// <summary>JSON lines: an object for each row, nothing around them.</summary>
internal sealed class JsonLines(TextWriter output) : IRowWriter
{
    private readonly JsonObjects _objects = new();

    public void Begin(IReadOnlyList<string> columns) => _objects.Columns = columns;

    public void Write(IReadOnlyList<object?> row)
    {
        output.Write(_objects.Of(row));
        output.Write('\n');
    }

    public void End()
    {
    }
}

/// <summary>Rows as JSON objects, each in one line.</summary>
internal sealed class JsonObjects
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new();

    /// <exception cref="ShopLakeException">Two have one name, of which an object's reader would see one.</exception>
    public IReadOnlyList<string> Columns
    {
        get;
        set
        {
            string[] repeated = [.. value.GroupBy(name => name, StringComparer.Ordinal).Where(names => names.Count() > 1).Select(names => names.Key)];
            field = repeated.Length == 0 ? value : throw new ShopLakeException(FailureKind.Usage,
                $"Several columns are named {string.Join(", ", repeated)}, and an object of JSON has a name once.\n"
                + "Try: name each of them differently by AS, or --csv.");
        }
    } = [];

    public string Of(IReadOnlyList<object?> row)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            json.WriteStartObject();
            for (int i = 0; i < row.Count; i++)
            {
                json.WritePropertyName(Columns[i]);
                WriteValue(json, row[i]);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(_line.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or int or uint or ulong or BigInteger:
                json.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case IDictionary map:
                WriteMap(json, map);
                break;
            case IEnumerable list and not string and not byte[]:
                json.WriteStartArray();
                foreach (object? item in list)
                    WriteValue(json, item);

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(CellText.Of(value));
                break;
        }
    }

    private static void WriteMap(Utf8JsonWriter json, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(CellText.Of(entry.Key));
            WriteValue(json, entry.Value);
        }

        json.WriteEndObject();
    }
}
