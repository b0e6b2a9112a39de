using System.Globalization;
using ShopLake.Bronze;

namespace ShopLake.Run;

/// <summary>
/// States of a set of files of which readers see one, whole: each state is a folder with a number, and a link, swapped
/// atomically, points to the published one. Whoever resolves the link once sees one state of all files, however long it
/// reads.
/// </summary>
/// <param name="folder">Holds the link, and the states in a hidden folder beside it.</param>
/// <param name="name">Name of the link.</param>
/// <param name="storage">Does what must survive a loss of power; null for the usual one.</param>
public sealed class Generations(string folder, string name, DurableStorage? storage = null)
{
    /// <summary>A reader that opened the state before a swap may finish reading it.</summary>
    private const int Kept = 2;

    private readonly DurableStorage _storage = storage ?? new DurableStorage();
    private readonly string _link = Path.Combine(folder, name);
    private readonly string _states = Path.Combine(folder, "." + name);

    /// <summary>The published state, or null before the first one, and where somebody deleted it.</summary>
    public long? Current => new DirectoryInfo(_link).LinkTarget is { } target
        && long.TryParse(Path.GetFileName(target), CultureInfo.InvariantCulture, out long generation) && Holds(generation)
            ? generation
            : null;

    /// <summary>The folder of the published state with the link resolved, or null before the first one.</summary>
    public string? CurrentFolder => Current is { } generation ? FolderOf(generation) : null;

    /// <summary>Whether a state was written whole, published or not.</summary>
    public bool Holds(long generation) => Directory.Exists(FolderOf(generation));

    /// <summary>An empty folder for files that nobody sees; what an interrupted run left there is gone.</summary>
    public string Begin(long generation)
    {
        string unfinished = Unfinished(generation);
        DeleteFolder(unfinished);
        DeleteFolder(FolderOf(generation));
        Directory.CreateDirectory(unfinished);
        return unfinished;
    }

    /// <summary>Puts a file of another state into a begun one, too.</summary>
    public void Share(string file, string shared) => _storage.Share(file, shared);

    /// <summary>Makes the files of a begun state, and of folders in it, lasting and whole, still seen by nobody.</summary>
    public void Finish(long generation)
    {
        string unfinished = Unfinished(generation);
        foreach (string file in Directory.EnumerateFiles(unfinished, "*", SearchOption.AllDirectories))
        {
            _storage.Sync(file);
        }

        foreach (string inside in Directory.EnumerateDirectories(unfinished))
        {
            _storage.SyncFolder(inside);
        }

        _storage.SyncFolder(unfinished);
        _storage.Swap(unfinished, FolderOf(generation));
        _storage.SyncFolder(_states);
    }

    /// <summary>Forgets a begun state.</summary>
    public void Abandon(long generation) => DeleteFolder(Unfinished(generation));

    /// <summary>Points readers to the state. Doing it again changes nothing.</summary>
    public void Publish(long generation)
    {
        if (Current != generation)
        {
            string next = _link + ".next";
            File.Delete(next);
            Directory.CreateSymbolicLink(next, Path.Combine("." + name, Number(generation)));
            _storage.Swap(next, _link);
            _storage.SyncFolder(folder);
        }

        string oldest = Number(generation - Kept + 1);
        foreach (string state in Directory.EnumerateDirectories(_states))
        {
            string number = Path.GetFileName(state);
            if (string.CompareOrdinal(number, oldest) < 0 || string.CompareOrdinal(number, Number(generation)) > 0)
            {
                DeleteFolder(state);
            }
        }
    }

    /// <summary>Takes all states away from readers. Doing it again changes nothing.</summary>
    public void Withdraw()
    {
        if (new DirectoryInfo(_link).LinkTarget is not null)
        {
            File.Delete(_link);
        }

        DeleteFolder(_states);
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Number(long generation) => generation.ToString("D12", CultureInfo.InvariantCulture);

    private string FolderOf(long generation) => Path.Combine(_states, Number(generation));

    private string Unfinished(long generation) => FolderOf(generation) + ".tmp";
}
