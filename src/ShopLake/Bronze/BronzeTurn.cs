namespace ShopLake.Bronze;

/// <summary>
/// The lock that lets one process at a time write to a lake; the system takes it away when that process ends, however
/// it ends.
/// </summary>
internal static class BronzeTurn
{
    /// <summary>Waits until nobody else writes.</summary>
    public static FileStream Take(BronzeLayout layout, CancellationToken cancellation)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(20);
        FileStream? turn;
        while ((turn = TryTake(layout)) is null)
        {
            cancellation.WaitHandle.WaitOne(pause);
            cancellation.ThrowIfCancellationRequested();
        }

        return turn;
    }

    /// <returns>Null while another process writes.</returns>
    public static FileStream? TryTake(BronzeLayout layout)
    {
        try
        {
            return new FileStream(layout.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(layout.LockFile))
        {
            return null;
        }
    }
}
