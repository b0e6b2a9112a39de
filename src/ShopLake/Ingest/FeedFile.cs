namespace ShopLake.Ingest;

/// <summary>A file that a source's path names, as it is now.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Name">As Bronze names it.</param>
internal sealed record FeedFile(string Path, string Name, FileStamp Stamp)
{
    /// <param name="path">Absolute.</param>
    /// <exception cref="UnreadableFileException">It cannot be looked at.</exception>
    public static FeedFile Of(string path, string name)
    {
        try
        {
            var file = new FileInfo(path);
            return new FeedFile(file.FullName, name, FileStamp.Of(file));
        }
        catch (Exception exception) when (UnreadableFileException.IsOfSystem(exception))
        {
            throw UnreadableFileException.Of(name, exception);
        }
    }

    /// <summary>Path of a file as Bronze names it.</summary>
    public static string NameOf(string path, string projectFolder) =>
        System.IO.Path.GetRelativePath(projectFolder, path).Replace('\\', '/');
}
