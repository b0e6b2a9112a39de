using System.Diagnostics;

namespace ShopLake.Bronze;

/// <summary>
/// The lock that lets one process at a time write to a lake; the system takes it away when that process ends, however
/// it ends.
/// </summary>
internal static class BronzeTurn
{
    /// <summary>Waits until nobody else writes.</summary>
    /// <param name="waits">Called once, when the wait is long enough to wonder about.</param>
    /// <exception cref="IOException">The lake cannot be written.</exception>
    public static FileStream Take(BronzeLayout layout, Action waits, CancellationToken cancellation)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(20);
        TimeSpan untold = TimeSpan.FromSeconds(3);
        var waited = Stopwatch.StartNew();
        bool isTold = false;
        FileStream? turn;
        while ((turn = TryTake(layout)) is null)
        {
            if (!isTold && waited.Elapsed > untold)
            {
                waits();
                isTold = true;
            }

            cancellation.WaitHandle.WaitOne(pause);
            cancellation.ThrowIfCancellationRequested();
        }

        return turn;
    }

    /// <returns>Null while another process writes.</returns>
    /// <exception cref="IOException">The lake cannot be written.</exception>
    public static FileStream? TryTake(BronzeLayout layout) => FileLock.TryTake(layout.LockFile);
}
