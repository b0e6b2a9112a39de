using System.Text;
using System.Text.Json;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// Rows from JSON lines: a record is one object, its fields are the object's keys. Text is given unescaped, everything
/// else as it is written; what is rescued stays JSON.
/// </summary>
internal sealed class JsonRowWriter(SourceFields fields, Limits limits) : RowWriter(fields)
{
    private const string NulMistake = "it holds a NUL character";

    private readonly JsonReaderOptions _options = new() { MaxDepth = limits.JsonDepth };
    private readonly List<Key> _keys = [];
    private readonly Dictionary<string, int> _keysByName = new(StringComparer.Ordinal);
    private readonly List<Value> _values = [];
    private readonly List<int> _expected = [];
    private readonly ByteBuilder _unescaped = new();
    private readonly int[] _fieldRecord = new int[fields.Fields.Count];
    private FileReading? _file;
    private int _record;

    private enum ValueKind
    {
        Null,

        /// <summary>As it stands in the record.</summary>
        Raw,

        /// <summary>As it stands in the record, the quotes around it left out.</summary>
        Text,

        /// <summary>In <see cref="_unescaped"/>; the record holds it with escapes.</summary>
        Unescaped,
    }

    protected override string? TryWrite(ReadOnlySpan<byte> record, FileReading file, int row)
    {
        _record++;
        _values.Clear();
        _unescaped.Clear();
        string? mistake = Read(record);
        if (mistake is not null)
        {
            return mistake;
        }

        Notice(file);
        foreach (Value value in _values)
        {
            Key key = _keys[value.Key];
            if (key.Field >= 0)
            {
                SetValue(record, value, key.Field, row);
            }

            if (key.RescuePrefix is not null && value.Kind != ValueKind.Null)
            {
                Rest.Append(Rest.Length > 0 ? ","u8 : default);
                Rest.Append(key.RescuePrefix);
                Rest.Append(record.Slice(value.RawStart, value.RawLength));
            }
        }

        for (int field = 0; field < _fieldRecord.Length; field++)
        {
            if (_fieldRecord[field] != _record)
            {
                SetNull(field, row);
            }
        }

        return null;
    }

    private string? Read(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record, _options);
        try
        {
            return ReadObject(ref reader);
        }
        catch (JsonException exception)
        {
            return reader.CurrentDepth >= limits.JsonDepth
                ? $"it is nested deeper than {limits.JsonDepth} (limits.json_depth)"
                : $"it is not valid JSON at byte {exception.BytePositionInLine}";
        }
        catch (InvalidOperationException)
        {
            return $"a text near byte {reader.TokenStartIndex} holds half of a surrogate pair";
        }
    }

    private string? ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "it is not a JSON object";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_values.Count == limits.Columns)
            {
                return $"it has more than {limits.Columns} keys (limits.columns)";
            }

            int key = FindKey(ref reader);
            int field = _keys[key].Field;
            if (_keys[key].Record == _record || (field >= 0 && _fieldRecord[field] == _record))
            {
                return $"the key {_keys[key].Name} comes twice";
            }

            _keys[key].Record = _record;
            if (field >= 0)
            {
                _fieldRecord[field] = _record;
            }

            reader.Read();
            string? mistake = ReadValue(ref reader, key);
            if (mistake is not null)
            {
                return mistake;
            }
        }

        // Anything but white space behind the object is an error of the reader.
        reader.Read();
        return null;
    }

    private string? ReadValue(ref Utf8JsonReader reader, int key)
    {
        int start = (int)reader.TokenStartIndex;
        ValueKind kind = reader.TokenType switch
        {
            JsonTokenType.Null => ValueKind.Null,
            JsonTokenType.String => reader.ValueIsEscaped ? ValueKind.Unescaped : ValueKind.Text,
            _ => ValueKind.Raw,
        };
        int unescapedStart = _unescaped.Length;
        bool hasNul = false;
        int depth = reader.CurrentDepth;
        bool isNested = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            hasNul |= reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                && Unescape(ref reader, kind == ValueKind.Unescaped);
        }
        while (isNested && reader.Read() && reader.CurrentDepth > depth);

        _values.Add(new Value(
            key, kind, start, (int)reader.BytesConsumed - start, unescapedStart, _unescaped.Length - unescapedStart));
        return hasNul ? NulMistake : null;
    }

    /// <returns>The text holds a NUL.</returns>
    private bool Unescape(ref Utf8JsonReader reader, bool isKept)
    {
        Span<byte> room = _unescaped.Room(reader.ValueSpan.Length);
        int length = reader.CopyString(room);
        _unescaped.Advance(isKept ? length : 0);
        return room[..length].Contains((byte)0);
    }

    private int FindKey(ref Utf8JsonReader reader)
    {
        // Records of one feed nearly always have the same keys in the same order.
        int position = _values.Count;
        if (position < _expected.Count && reader.ValueTextEquals(_keys[_expected[position]].Utf8))
        {
            return _expected[position];
        }

        string name = reader.GetString()!;
        if (!_keysByName.TryGetValue(name, out int key))
        {
            key = _keys.Count;
            _keysByName.Add(name, key);
            _keys.Add(new Key(name, Fields.Find(name), Fields.RescuePrefix(name)));
        }

        while (_expected.Count <= position)
        {
            _expected.Add(key);
        }

        _expected[position] = key;
        return key;
    }

    /// <summary>Tells the file which keys it has; each only once.</summary>
    private void Notice(FileReading file)
    {
        if (_file != file)
        {
            _file = file;
            _keys.ForEach(key => key.IsNoticed = false);
        }

        foreach (Value value in _values)
        {
            Key key = _keys[value.Key];
            if (!key.IsNoticed)
            {
                key.IsNoticed = true;
                file.SawKey(key.Name);
            }
        }
    }

    private void SetValue(ReadOnlySpan<byte> record, Value value, int field, int row)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                SetNull(field, row);
                break;
            case ValueKind.Raw:
                SetField(field, row, record.Slice(value.RawStart, value.RawLength));
                break;
            case ValueKind.Text:
                SetField(field, row, record.Slice(value.RawStart + 1, value.RawLength - 2));
                break;
            default:
                SetField(field, row, _unescaped.Written.Slice(value.UnescapedStart, value.UnescapedLength));
                break;
        }
    }

    private readonly record struct Value(
        int Key, ValueKind Kind, int RawStart, int RawLength, int UnescapedStart, int UnescapedLength);

    private sealed class Key(string name, int field, byte[]? rescuePrefix)
    {
        public string Name { get; } = name;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

        public int Field { get; } = field;

        public byte[]? RescuePrefix { get; } = rescuePrefix;

        /// <summary>The last record that had the key.</summary>
        public int Record { get; set; }

        public bool IsNoticed { get; set; }
    }
}
