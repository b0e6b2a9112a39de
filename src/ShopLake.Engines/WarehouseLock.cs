namespace ShopLake.Engines;

/// <summary>
/// Runs of an engine that would let several write take turns by a file. The operating system lets go of it when the
/// process ends, however it ends.
/// </summary>
internal static class WarehouseLock
{
    /// <param name="warehouse">As people are to know it.</param>
    /// <param name="file">Made where it is missing.</param>
    /// <exception cref="ShopLakeException">Another process has locked the file.</exception>
    public static FileStream Take(string warehouse, string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            throw new ShopLakeException(FailureKind.OutOfReach, $"The warehouse {warehouse} is held: another process has locked "
                + $"{file}. Wait for that one to end (fuser {file} names it) and try again.", exception);
        }
    }
}
