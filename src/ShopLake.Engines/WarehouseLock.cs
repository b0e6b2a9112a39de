using ShopLake.Bronze;

namespace ShopLake.Engines;

/// <summary>Runs of an engine that would let several write take turns by a file.</summary>
internal static class WarehouseLock
{
    /// <param name="warehouse">As people are to know it.</param>
    /// <param name="file">Made where it is missing.</param>
    /// <exception cref="ShopLakeException">Another process has locked the file.</exception>
    public static FileStream Take(string warehouse, string file) => FileLock.TryTake(file)
        ?? throw new ShopLakeException(FailureKind.OutOfReach, $"The warehouse {warehouse} is held: another process has locked "
            + $"{file}. Wait for that one to end (fuser {file} names it) and try again.");
}
