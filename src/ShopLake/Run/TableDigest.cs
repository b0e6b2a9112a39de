using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace ShopLake.Run;

/// <summary>
/// What a table holds, in five numbers that do not depend on the order of rows or on the engine: the count of rows, and
/// the sums of four parts of each row's MD5. Equal tables have equal digests on every engine.
/// </summary>
public sealed record TableDigest(
    long Rows, [property: JsonIgnore] long Part0, [property: JsonIgnore] long Part1, [property: JsonIgnore] long Part2,
    [property: JsonIgnore] long Part3)
{
    /// <summary>Sixteen hexadecimal digits a person can compare.</summary>
    [JsonPropertyName("digest")]
    public string Short => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{Rows} {Part0} {Part1} {Part2} {Part3}"))))[..16];

    /// <summary>The digest of rows. It is the definition for engines that compute it themselves.</summary>
    /// <param name="rows">Values in the order of the table's columns, in the types of
    /// <see cref="QueryResult"/>.</param>
    public static TableDigest Of(IEnumerable<IReadOnlyList<object?>> rows)
    {
        var sum = new Sum();
        foreach (IReadOnlyList<object?> row in rows)
        {
            sum.Add(row);
        }

        return sum.Result;
    }

    /// <summary>Takes in rows one by one, for engines that do not compute digests themselves.</summary>
    public sealed class Sum
    {
        private readonly StringBuilder _line = new();
        private readonly long[] _parts = new long[4];
        private long _rows;

        public TableDigest Result => new(_rows, _parts[0], _parts[1], _parts[2], _parts[3]);

        public void Add(IReadOnlyList<object?> row)
        {
            _line.Clear();
            for (int column = 0; column < row.Count; column++)
            {
                _line.Append(column == 0 ? "" : "|");
                AppendCanonical(_line, row[column]);
            }

            Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
            HashRow(_line.ToString(), hash);
            _rows++;
            for (int part = 0; part < _parts.Length; part++)
            {
                _parts[part] += BinaryPrimitives.ReadUInt32BigEndian(hash[(4 * part)..]);
            }
        }
    }

    /// <summary>
    /// The one text that a value has on every engine; the separator of columns is escaped inside text. A rate is told in
    /// millionths, from a million millions on without those behind the point, which no longer fit.
    /// </summary>
    private static void AppendCanonical(StringBuilder line, object? value) => _ = value switch
    {
        null => line.Append('~'),
        string text => line.Append('\'').Append(
            text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\p", StringComparison.Ordinal)),
        long number => line.Append(CultureInfo.InvariantCulture, $"{number}"),
        bool flag => line.Append(flag ? 't' : 'f'),
        DateTime instant => line.Append(CultureInfo.InvariantCulture, $"{instant:yyyy-MM-dd HH:mm:ss.ffffff}"),
        DateOnly day => line.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}"),
        double rate => Math.Abs(rate) < 1e12
            ? line.Append(CultureInfo.InvariantCulture, $"{(long)Math.Floor((rate * 1e6) + 0.5)}")
            : line.Append(CultureInfo.InvariantCulture, $"{(long)Math.Floor(rate)}000000"),
        decimal amount => line.Append(CultureInfo.InvariantCulture, $"{amount:F4}"),
        _ => throw new ArgumentException($"A digest knows no {value.GetType()}.", nameof(value)),
    };

    [SuppressMessage("Security", "CA5351",
        Justification = "Tells rows apart; nobody is kept out by it, and every engine has it.")]
    private static void HashRow(string line, Span<byte> hash) => MD5.HashData(Encoding.UTF8.GetBytes(line), hash);
}
