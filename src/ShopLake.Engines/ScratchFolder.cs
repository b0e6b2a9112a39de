namespace ShopLake.Engines;

/// <summary>
/// A folder that is gone when disposed. One whose process was killed is gone when the next one is made.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly FileStream _held;

    private ScratchFolder(string folder)
    {
        Folder = folder;
        _held = Hold(folder);
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    /// <param name="parent">Holds such folders and nothing else.</param>
    public static ScratchFolder In(string parent)
    {
        Directory.CreateDirectory(parent);
        foreach (string other in Directory.EnumerateDirectories(parent))
        {
            ClearIfLeft(other);
        }

        return new ScratchFolder(Path.Combine(parent, Guid.NewGuid().ToString()));
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        _held.Dispose();
    }

    /// <summary>
    /// The file beside the folder that its process holds, from before the folder is there until it is gone.
    /// </summary>
    private static FileStream Hold(string folder) => new(
        folder + ".held", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
        FileOptions.DeleteOnClose);

    private static void ClearIfLeft(string folder)
    {
        try
        {
            using FileStream held = Hold(folder);
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Its process lives.
        }
    }
}
