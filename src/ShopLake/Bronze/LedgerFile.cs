using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ShopLake.Bronze;

/// <summary>A ledger record as bytes: JSON with its own checksum, so that damage shows.</summary>
internal static class LedgerFile
{
    private static readonly LedgerJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        IgnoreReadOnlyProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
    });

    private static ReadOnlySpan<byte> Head => "{\"sha256\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"record\":"u8;

    private static ReadOnlySpan<byte> Tail => "}\n"u8;

    public static string Name(long sequence) => $"{sequence:D12}.json";

    public static (byte[] Bytes, string Hash) Write(LedgerRecord record)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(record, Json.LedgerRecord);
        string hash = Hash(content);
        return ([.. Head, .. Encoding.ASCII.GetBytes(hash), .. Middle, .. content, .. Tail], hash);
    }

    /// <exception cref="FormatException">The bytes are not exactly what <see cref="Write"/> wrote.</exception>
    public static (LedgerRecord Record, string Hash) Read(ReadOnlySpan<byte> bytes)
    {
        const int hashLength = 64;
        int start = Head.Length + hashLength + Middle.Length;
        if (bytes.Length < start + Tail.Length || !bytes.StartsWith(Head) || !bytes.EndsWith(Tail)
            || !bytes[(Head.Length + hashLength)..].StartsWith(Middle))
        {
            throw new FormatException("it is cut or not a ledger record");
        }

        ReadOnlySpan<byte> content = bytes[start..^Tail.Length];
        string hash = Hash(content);
        if (!bytes.Slice(Head.Length, hashLength).SequenceEqual(Encoding.ASCII.GetBytes(hash)))
        {
            throw new FormatException("its checksum does not match");
        }

        try
        {
            return (JsonSerializer.Deserialize(content, Json.LedgerRecord)!, hash);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"it was written by another version: {exception.Message}", exception);
        }
    }

    /// <summary>Whether these bytes are the whole record of this hash.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes, string hash)
    {
        try
        {
            return Read(bytes).Hash == hash;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <summary>Written when the program is compiled: by reflection the first record alone takes a tenth of a run that finds nothing new.</summary>
[JsonSerializable(typeof(LedgerRecord))]
internal sealed partial class LedgerJson : JsonSerializerContext;
