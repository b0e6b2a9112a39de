namespace ShopLake.Bronze;

/// <summary>
/// Many records in one file, a line each, as they stood in files of their own: a lake that is fed every few minutes has a
/// hundred thousand of them a year, and opening a file takes longer than reading what it holds.
/// </summary>
internal static class LedgerVolume
{
    /// <summary>How many records a volume gets.</summary>
    public const int Size = 1000;

    /// <summary>Named after its last record; its first is behind that of the volume before.</summary>
    public static string Name(long last) => $"{last:D12}.jsonl";

    /// <returns>The lines, each with its end; the last one without, if it was cut.</returns>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> content)
    {
        while (content.Length > 0)
        {
            int length = content.Span.IndexOf((byte)'\n') is >= 0 and int end ? end + 1 : content.Length;
            yield return content[..length];
            content = content[length..];
        }
    }
}
