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
    private const string HoldsNul = "it holds a NUL character";

    private readonly JsonReaderOptions _options = new() { MaxDepth = limits.JsonDepth };
    private readonly Dictionary<string, Key> _keys = new(StringComparer.Ordinal);
    private readonly List<Key> _expected = [];
    private readonly ByteBuilder _unescaped = new();

    // The record in which a field was given, and in which it got a text: the rest of a row's fields is NULL.
    private readonly int[] _given = new int[fields.Fields.Count];
    private readonly int[] _written = new int[fields.Fields.Count];
    private FileReading? _file;
    private int _record;
    private int _row;

    protected override string? TryWrite(ReadOnlySpan<byte> record, FileReading file, int row)
    {
        _record++;
        _row = row;
        _file = file;
        string? mistake = Read(record);
        if (mistake is not null)
        {
            return mistake;
        }

        for (int field = 0; field < _written.Length; field++)
        {
            if (_written[field] != _record)
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
            return ReadObject(ref reader, record);
        }
        catch (JsonException exception)
        {
            return IsTooDeep(reader, record)
                ? $"it is nested deeper than {limits.JsonDepth} (limits.json_depth)"
                : $"it is not valid JSON at byte {exception.BytePositionInLine}";
        }
        catch (InvalidOperationException)
        {
            return $"a text near byte {reader.TokenStartIndex} holds half of a surrogate pair";
        }
    }

    /// <summary>The reader stopped in front of an object or array for which the limit leaves no room.</summary>
    private bool IsTooDeep(Utf8JsonReader reader, ReadOnlySpan<byte> record)
    {
        bool isInside = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        int depth = reader.CurrentDepth + (isInside ? 1 : 0);
        ReadOnlySpan<byte> rest = record[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
        return depth >= limits.JsonDepth && rest is [(byte)'{' or (byte)'[', ..];
    }

    private string? ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> record)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "it is not a JSON object";
        }

        int count = 0;
        for (; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; count++)
        {
            if (count == limits.Columns)
            {
                return $"it has more than {limits.Columns} keys (limits.columns)";
            }

            Key key = FindKey(ref reader, count);
            if (key.HoldsNul)
            {
                return HoldsNul;
            }

            if (key.Record == _record || (key.Field >= 0 && _given[key.Field] == _record))
            {
                return $"the key {key.Name} comes twice";
            }

            Notice(key);
            reader.Read();
            if (!TryReadValue(ref reader, key, record))
            {
                return HoldsNul;
            }
        }

        // Anything but white space behind the object is an error of the reader.
        reader.Read();
        return null;
    }

    /// <returns>False when a text holds a NUL.</returns>
    private bool TryReadValue(ref Utf8JsonReader reader, Key key, ReadOnlySpan<byte> record)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        int start = (int)reader.TokenStartIndex;
        bool isText = reader.TokenType == JsonTokenType.String;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !TrySkip(ref reader))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = record[start..(int)reader.BytesConsumed];
        ReadOnlySpan<byte> text = isText ? raw[1..^1] : raw;
        if (isText && reader.ValueIsEscaped)
        {
            text = Unescape(ref reader);
            if (text.Contains((byte)0))
            {
                return false;
            }
        }

        if (key.Field >= 0)
        {
            SetField(key.Field, _row, text);
            _written[key.Field] = _record;
        }

        if (key.RescuePrefix is not null)
        {
            Rest.Append(Rest.Length > 0 ? ","u8 : default);
            Rest.Append(key.RescuePrefix);
            Rest.Append(raw);
        }

        return true;
    }

    /// <summary>Goes to the end of an object or array, looking at the texts in it.</summary>
    private bool TrySkip(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                && Unescape(ref reader).Contains((byte)0))
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> Unescape(scoped ref Utf8JsonReader reader)
    {
        _unescaped.Clear();
        Span<byte> room = _unescaped.Room(reader.ValueSpan.Length);
        return room[..reader.CopyString(room)];
    }

    private Key FindKey(ref Utf8JsonReader reader, int position)
    {
        // Records of one feed nearly always have the same keys in the same order.
        if (position < _expected.Count && reader.ValueTextEquals(_expected[position].Utf8))
        {
            return _expected[position];
        }

        string name = reader.GetString()!;
        if (!_keys.TryGetValue(name, out Key? key))
        {
            key = new Key(name, Fields.Find(name), Fields.RescuePrefix(name));
            _keys.Add(name, key);
        }

        while (_expected.Count <= position)
        {
            _expected.Add(key);
        }

        _expected[position] = key;
        return key;
    }

    /// <summary>Marks the key as given in this record, and tells the file that it has it.</summary>
    private void Notice(Key key)
    {
        key.Record = _record;
        if (key.Field >= 0)
        {
            _given[key.Field] = _record;
        }

        if (key.File != _file)
        {
            key.File = _file;
            _file!.SawKey(key.Name);
        }
    }

    private sealed class Key(string name, int field, byte[]? rescuePrefix)
    {
        public string Name { get; } = name;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

        public bool HoldsNul { get; } = name.Contains('\0');

        public int Field { get; } = field;

        public byte[]? RescuePrefix { get; } = rescuePrefix;

        /// <summary>The last record that had the key.</summary>
        public int Record { get; set; }

        /// <summary>The last file that was told.</summary>
        public FileReading? File { get; set; }
    }
}
