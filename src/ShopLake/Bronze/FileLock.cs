namespace ShopLake.Bronze;

/// <summary>A file that one process at a time holds. The operating system lets go of it when the process ends, however it ends.</summary>
public static class FileLock
{
    // What each system calls a file that somebody else has locked; any other error would not pass by waiting.
    private const int Linux = 11;
    private const int MacOS = 35;
    private const int Windows = unchecked((int)0x80070020);

    /// <param name="file">Made where it is missing.</param>
    /// <returns>Null while another process holds it.</returns>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is Linux or MacOS or Windows)
        {
            return null;
        }
    }
}
