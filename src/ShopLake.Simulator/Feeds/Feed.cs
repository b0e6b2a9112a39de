using ShopLake.Simulator.World;

namespace ShopLake.Simulator.Feeds;

/// <summary>Where a line went.</summary>
/// <param name="FirstBatch">The first batch from which it can be read whole.</param>
/// <param name="Rows">How many Bronze rows it makes: two where its file is delivered again.</param>
internal readonly record struct Placement(int FirstBatch, int Rows);

/// <summary>
/// One table's lines on their way to files: a file for each batch, written when the batch closes, and now and then
/// one that ends within a record and comes again, whole, some batches later.
/// </summary>
internal sealed class Feed(FeedContext context, string table, string extension, string? header)
{
    private readonly Dictionary<int, PendingFile> _pending = [];
    private readonly byte[] _header = header is null ? [] : System.Text.Encoding.UTF8.GetBytes(header + "\n");
    private int _closed = -1;
    private int _files;
    private long _rows;
    private long _deadLetters;
    private long _bytes;

    public string Table { get; } = table;

    /// <summary>The last batch that still has to be written; -1 when there is none.</summary>
    public int LastPendingBatch => _pending.Count == 0 ? -1 : _pending.Keys.Max();

    /// <summary>The last batch that holds a file.</summary>
    public int LastBatch { get; private set; }

    public FeedReport Report => new(Table, _files, _rows, _deadLetters, _bytes);

    /// <param name="order">Where in the file the line stands among the others.</param>
    /// <param name="line">The whole record, its line end included.</param>
    /// <param name="mayTear">The file may end within this record, which can then be read later only.</param>
    public Placement Place(int batch, DateTime order, ReadOnlySpan<byte> line, bool mayTear = false)
    {
        var file = FileOf(batch);
        if (file.ComesAgainIn is { } later && mayTear && !file.HasTornLine)
        {
            file.AddTorn(line);
            return new Placement(later, 1);
        }

        file.Add(context.Strikes(Fault.OutOfOrder, context.Rates.OutOfOrder) ? AnyTimeOf(batch) : order, line);
        return new Placement(batch, file.ComesAgainIn is null ? 1 : 2);
    }

    /// <summary>A line that cannot be split into the fields of its file.</summary>
    public void PlaceRagged(int batch, DateTime order, ReadOnlySpan<byte> line)
    {
        var file = FileOf(batch);
        file.Add(order, line);
        file.RaggedLines++;
    }

    /// <summary>Writes the batch's file, if there is anything in it.</summary>
    public void Close(int batch)
    {
        _closed = batch;
        if (!_pending.Remove(batch, out var file))
            return;
        file.Sort();
        Write(batch, $"{Table}.{extension}", file, isTorn: file.ComesAgainIn is not null);
        if (file.ComesAgainIn is { } later)
        {
            context.Count(Fault.TornFile);
            Write(later, $"{Table}-{context.Calendar.Name(batch)}.{extension}", file, isTorn: false);
        }

        file.Release();
    }

    private void Write(int batch, string name, PendingFile file, bool isTorn)
    {
        var folder = Path.Combine(context.Folder, context.Calendar.Name(batch));
        Directory.CreateDirectory(folder);
        using var stream = new FileStream(
            Path.Combine(folder, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 18);
        stream.Write(_header);
        file.WriteLines(stream);
        if (isTorn)
            stream.Write(Cut(file));
        else
            stream.Write(file.TornLine);
        _files++;
        _bytes += stream.Position;
        _deadLetters += file.RaggedLines + (isTorn ? 1 : 0);
        _rows += file.Lines - file.RaggedLines + (!isTorn && file.HasTornLine ? 1 : 0);
        LastBatch = Math.Max(LastBatch, batch);
    }

    /// <summary>The beginning of the torn record: without its last field, nobody can take it for a row.</summary>
    private static ReadOnlySpan<byte> Cut(PendingFile file)
    {
        var line = file.TornLine;
        if (line.IsEmpty)
            return "torn"u8;
        var end = SeededRandom.Mix((ulong)line.Length) % (ulong)line.LastIndexOf((byte)',');
        return line[..(1 + (int)end)];
    }

    /// <summary>The batch in which the file of <paramref name="batch"/> comes again because it was torn.</summary>
    private int? ComesAgain(int batch)
    {
        var random = new SeededRandom(context.Seed ^ SeededRandom.Mix((ulong)batch), Table);
        return random.Chance(context.Rates.TornFile) ? batch + random.Between(1, 3) : null;
    }

    private DateTime AnyTimeOf(int batch) =>
        context.Calendar.Start(batch) + context.Random.Span(TimeSpan.Zero, TimeSpan.FromDays(1));

    private PendingFile FileOf(int batch)
    {
        if (batch <= _closed)
            throw new InvalidOperationException($"Batch {batch} of {Table} is written already.");
        if (!_pending.TryGetValue(batch, out var file))
            _pending.Add(batch, file = new PendingFile(context.Chunks, ComesAgain(batch)));
        return file;
    }
}
