namespace ShopLake.Simulator.Feeds;

/// <summary>
/// A table that a database exports once a day, with all versions: CSV files with a header and, as last column, when
/// they were exported. Rows come late, twice, ragged; all of them come.
/// </summary>
internal sealed class ExportFeed(FeedContext context, string table, string columns)
{
    private const int LateDays = 60;
    private const int DuplicateDays = 14;
    private readonly LineText _whole = new();

    public Feed Feed { get; } = new(context, table, "csv", columns + ",exported_at");

    /// <summary>A row with all that can happen to it on its way.</summary>
    /// <param name="at">When the row was written in the shop; it stands there in its file.</param>
    /// <param name="fields">The fields but for the last, without line end.</param>
    /// <param name="notBefore">The earliest batch that may bring it.</param>
    /// <param name="mayTear">The row has no rival that must come after it.</param>
    /// <returns>Its first batch and all Bronze rows, repeated ones included.</returns>
    public Placement Deliver(DateTime at, ReadOnlySpan<byte> fields, int notBefore = 0, bool mayTear = true)
    {
        var batch = Math.Max(context.Calendar.BatchOf(at), notBefore);
        if (context.Strikes(Fault.Late, context.Rates.Late))
            batch += context.Random.Between(1, LateDays);
        var first = Place(batch, at, fields, mayTear);
        var rows = first.Rows;
        if (context.Strikes(Fault.Duplicate, context.Rates.Duplicate))
            rows += Place(batch + context.Random.Below(DuplicateDays), at, fields).Rows;
        if (context.Strikes(Fault.RaggedLine, context.Rates.RaggedLine))
            Feed.PlaceRagged(batch, at, Ragged(fields));
        return new Placement(first.FirstBatch, rows);
    }

    /// <summary>A row that comes just once, in the given batch.</summary>
    public Placement Place(int batch, DateTime at, ReadOnlySpan<byte> fields, bool mayTear = false) =>
        Feed.Place(batch, at, Whole(batch, fields), mayTear);

    private ReadOnlySpan<byte> Whole(int batch, ReadOnlySpan<byte> fields) => _whole.Clear()
        .Raw(fields).Raw((byte)',').Time(context.Calendar.ExportedAt(batch)).Raw((byte)'\n').Written;

    /// <summary>Too few fields or one too many.</summary>
    private ReadOnlySpan<byte> Ragged(ReadOnlySpan<byte> fields)
    {
        _whole.Clear();
        if (context.Random.Chance(0.5))
            return _whole.Raw(fields[..fields.IndexOf((byte)',')]).Raw((byte)'\n').Written;
        return _whole.Raw(fields).Raw(",1,2,3\n"u8).Written;
    }
}
