namespace ShopLake.Simulator.Feeds;

/// <summary>The records of one file that is not written yet, in memory.</summary>
/// <param name="chunks">Memory of files that are already written.</param>
/// <param name="comesAgainIn">The batch in which the file comes again, whole, because it is torn in its own.</param>
internal sealed class PendingFile(Stack<byte[]> chunks, int? comesAgainIn)
{
    public const int ChunkBytes = 256 * 1024;

    private readonly List<(long Ticks, Place Place)> _lines = [];
    private readonly List<byte[]> _chunks = [];
    private int _usedOfChunk = ChunkBytes;
    private Place? _torn;

    public int? ComesAgainIn { get; } = comesAgainIn;

    /// <summary>Lines that do not have the fields of the file.</summary>
    public int RaggedLines { get; set; }

    public bool HasTornLine => _torn is not null;

    public int Lines => _lines.Count;

    public void Add(DateTime order, ReadOnlySpan<byte> line) => _lines.Add((order.Ticks, Keep(line)));

    /// <summary>Keeps the record in the middle of which the file is going to end.</summary>
    public void AddTorn(ReadOnlySpan<byte> line) => _torn = Keep(line);

    public ReadOnlySpan<byte> TornLine => _torn is { } place ? Read(place) : [];

    /// <summary>In order of time; at one time, in the order they were added.</summary>
    public void Sort() => _lines.Sort(static (x, y) => x.CompareTo(y));

    public void WriteLines(Stream stream)
    {
        foreach (var (_, place) in _lines)
            stream.Write(Read(place));
    }

    /// <summary>Gives the memory back to those who fill the next files.</summary>
    public void Release()
    {
        foreach (var chunk in _chunks)
            chunks.Push(chunk);
        _chunks.Clear();
    }

    private ReadOnlySpan<byte> Read(Place place) => _chunks[place.Chunk].AsSpan(place.Offset, place.Length);

    private Place Keep(ReadOnlySpan<byte> line)
    {
        if (_usedOfChunk + line.Length > ChunkBytes)
        {
            _chunks.Add(chunks.TryPop(out var chunk) ? chunk : new byte[ChunkBytes]);
            _usedOfChunk = 0;
        }

        var place = new Place(_chunks.Count - 1, _usedOfChunk, line.Length);
        line.CopyTo(_chunks[^1].AsSpan(_usedOfChunk));
        _usedOfChunk += line.Length;
        return place;
    }

    private readonly record struct Place(int Chunk, int Offset, int Length) : IComparable<Place>
    {
        public int CompareTo(Place other) =>
            Chunk != other.Chunk ? Chunk.CompareTo(other.Chunk) : Offset.CompareTo(other.Offset);
    }
}
