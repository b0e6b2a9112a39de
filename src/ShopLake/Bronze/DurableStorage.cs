using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ShopLake.Bronze;

/// <summary>What <see cref="DurableStorage"/> does to the disk.</summary>
public enum StorageAction
{
    /// <summary>A new file gets its content, which may still be in the memory of the operating system.</summary>
    Write,

    /// <summary>A file's content reaches the disk.</summary>
    Sync,

    Rename,

    /// <summary>A file gets its final name, unless that name is taken.</summary>
    Publish,

    /// <summary>The names in a folder reach the disk.</summary>
    SyncFolder,

    Delete,

    CreateFolder,
}

/// <param name="Path">The file or folder.</param>
/// <param name="Target">The new name of a rename or a publication.</param>
public sealed record StorageStep(StorageAction Action, string Path, string? Target = null);

/// <summary>
/// The only way by which Bronze changes the disk: each step is small, and its order is what survives a loss of power.
/// </summary>
/// <param name="before">Sees each step before it is done; what it throws stops the commit there.</param>
public sealed partial class DurableStorage(Action<StorageStep>? before = null)
{
    /// <summary>Says that a file is about to be written by someone else, for example DuckDB.</summary>
    public void Announce(string path) => before?.Invoke(new StorageStep(StorageAction.Write, path));

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Announce(path);
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(handle, content, 0);
    }

    /// <summary>Gives a file that nobody changes a second name; where the file system has no such names, a copy.</summary>
    public void Share(string path, string target)
    {
        Announce(target);
        if (Link(path, target) != 0)
        {
            File.Copy(path, target);
        }
    }

    public void Sync(string path)
    {
        before?.Invoke(new StorageStep(StorageAction.Sync, path));
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    public void Rename(string path, string target)
    {
        before?.Invoke(new StorageStep(StorageAction.Rename, path, target));
        File.Move(path, target, overwrite: true);
    }

    /// <summary>
    /// Gives a folder or a link its final name, in place of a link that has it: .NET moves both, but refuses to replace a
    /// link to a folder, which rename(2) does at once.
    /// </summary>
    /// <exception cref="ShopLakeException">Something else has the name.</exception>
    public void Swap(string path, string target)
    {
        before?.Invoke(new StorageStep(StorageAction.Rename, path, target));
        if (RenameAtOnce(path, target) != 0)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"{target} cannot be replaced ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}). "
                + "If it is a folder of your own, move it away and run again.");
        }
    }

    /// <returns>False when <paramref name="target"/> exists: somebody else was first.</returns>
    public bool TryPublish(string path, string target)
    {
        before?.Invoke(new StorageStep(StorageAction.Publish, path, target));
        try
        {
            File.Move(path, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    public void SyncFolder(string folder)
    {
        before?.Invoke(new StorageStep(StorageAction.SyncFolder, folder));
        if (!OperatingSystem.IsWindows())
        {
            FlushFolder(folder);
        }
    }

    public void Delete(string path)
    {
        before?.Invoke(new StorageStep(StorageAction.Delete, path));
        File.Delete(path);
    }

    /// <summary>Creates a folder and those above it, so that they survive a loss of power.</summary>
    public void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(folder);
        if (parent is not null)
        {
            CreateFolder(parent);
        }

        before?.Invoke(new StorageStep(StorageAction.CreateFolder, folder));
        Directory.CreateDirectory(folder);
        if (parent is not null)
        {
            SyncFolder(parent);
        }
    }

    private static void FlushFolder(string folder)
    {
        const int readOnly = 0;
        int descriptor = Open(folder, readOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{folder} cannot be opened to sync it: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            if (Flush(descriptor) != 0)
            {
                throw new IOException($"{folder} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string target);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAtOnce(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
