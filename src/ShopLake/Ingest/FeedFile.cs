using System.Runtime.InteropServices;

namespace ShopLake.Ingest;

/// <summary>A file that a source's path names, as it is now. Behind a link it is the file at which the link ends.</summary>
/// <param name="Path">Absolute, of the file itself.</param>
/// <param name="Name">As Bronze names it: the link's, where there is one.</param>
internal sealed partial record FeedFile(string Path, string Name, FileStamp Stamp)
{
    /// <param name="path">Absolute.</param>
    /// <exception cref="UnreadableFileException">It cannot be looked at, or is a pipe, a socket or a device.</exception>
    public static FeedFile Of(string path, string name)
    {
        try
        {
            // Length and time of a link are its own, and say nothing of what is read through it.
            var file = new FileInfo(path);
            file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            if (!IsRegular(file.FullName))
            {
                throw new UnreadableFileException($"{name} is no file but a pipe, a socket or a device. "
                    + "Write what it gives to a file and deliver that, or take it out of the feed.");
            }

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

    /// <summary>.NET does not tell, and opening a pipe waits for somebody to write to it.</summary>
    private static bool IsRegular(string path)
    {
        const int workingFolder = -100;
        const int followLinks = 0;
        const uint typeOnly = 1;
        const int mode = 28;
        const int typeBits = 0xf000;
        const int regular = 0x8000;
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // The layout of statx(2) is the same on every processor. What it cannot look at is told when it is opened.
        byte[] status = new byte[256];
        return Status(workingFolder, path, followLinks, typeOnly, status) != 0
            || (BitConverter.ToUInt16(status, mode) & typeBits) == regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
