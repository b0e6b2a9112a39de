using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>
/// The rows of one user, product or order so far. A row that changes nothing is of use only as long as it is the
/// current one; the next row turns it into what it then is.
/// </summary>
internal sealed class Timeline
{
    private Disposition? _onceNotLatest;

    /// <summary>Counts a new latest row.</summary>
    /// <param name="onceNotLatest">What the row will be when another comes after it; null if it stays of use.</param>
    public void Append(FeedContext context, string table, Disposition? onceNotLatest)
    {
        if (_onceNotLatest is { } disposition)
        {
            context.Became(table, Disposition.Used, -1);
            context.Became(table, disposition, 1);
        }

        context.Became(table, Disposition.Used, 1);
        _onceNotLatest = onceNotLatest;
    }
}
