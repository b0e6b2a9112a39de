namespace ShopLake.Ingest;

/// <summary>A file that a source's path names, as it is now. Behind a link it is the file at which the link ends.</summary>
/// <param name="Path">Absolute, of the file itself.</param>
/// <param name="Name">As Bronze names it: the link's, where there is one.</param>
internal sealed record FeedFile(string Path, string Name, FileStamp Stamp)
{
    /// <param name="path">Absolute.</param>
    /// <exception cref="UnreadableFileException">It cannot be looked at.</exception>
    public static FeedFile Of(string path, string name)
    {
        try
        {
            // Length and time of a link are its own, and say nothing of what is read through it.
            var file = new FileInfo(path);
            file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
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
