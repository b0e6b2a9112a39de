using System.Globalization;
using System.Runtime.InteropServices;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Gold as Parquet under <c>gold/</c> of the lake, for readers that must never wait for a run: <c>gold</c> is a link to one
/// whole generation and is swapped atomically. A reader that resolves the link once sees one state of all tables.
/// </summary>
public sealed partial class GoldFolder(string lake)
{
    /// <summary>A reader that opened the generation before a swap may finish reading it.</summary>
    private const int GenerationsKept = 2;

    private readonly string _link = Path.Combine(lake, "gold");
    private readonly string _generations = Path.Combine(lake, ".gold");

    /// <summary>The published generation, or null before the first one.</summary>
    public long? Current => new DirectoryInfo(_link).LinkTarget is { } target
        && long.TryParse(Path.GetFileName(target), CultureInfo.InvariantCulture, out long generation) ? generation : null;

    /// <summary>The folder of the published generation with the link resolved, or null before the first one.</summary>
    public string? CurrentFolder => Current is { } generation ? FolderOf(generation) : null;

    /// <summary>Whether a generation was written whole, published or not.</summary>
    public bool Holds(long generation) => Directory.Exists(FolderOf(generation));

    /// <summary>Writes every Gold table of an engine as a generation that nobody sees yet.</summary>
    /// <param name="engine">The engine, inside its transaction.</param>
    /// <param name="models">All models.</param>
    /// <param name="generation">Number of the generation.</param>
    /// <param name="unchanged">Tables that are as the published generation has them; their files are copied.</param>
    public void Write(IParquetEngine engine, IEnumerable<Model> models, long generation, IReadOnlySet<string> unchanged)
    {
        string folder = FolderOf(generation);
        string unfinished = folder + ".tmp";
        string? published = CurrentFolder;
        DeleteFolder(unfinished);
        DeleteFolder(folder);
        Directory.CreateDirectory(unfinished);
        foreach (Model model in models.Where(model => model.Table.Schema == "gold"))
        {
            string name = model.Table.Name + ".parquet";
            string file = Path.Combine(unfinished, name);
            if (published is not null && unchanged.Contains(model.Name) && File.Exists(Path.Combine(published, name)))
            {
                File.Copy(Path.Combine(published, name), file);
            }
            else
            {
                engine.WriteParquet(model.Table, model.Grain, file);
            }

            using var written = File.OpenHandle(file, access: FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(written);
        }

        Directory.Move(unfinished, folder);
    }

    /// <summary>Points readers to the generation. Doing it again changes nothing.</summary>
    public void Publish(long generation)
    {
        if (Current != generation)
        {
            string next = _link + ".next";
            File.Delete(next);
            Directory.CreateSymbolicLink(next, Path.Combine(".gold", Name(generation)));
            if (Rename(next, _link) != 0)
            {
                throw new ShopLakeException(FailureKind.OutOfReach,
                    $"{_link} cannot be replaced ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}). "
                    + "If it is a folder of your own, move it away and run again.");
            }
        }

        string oldest = Name(generation - GenerationsKept + 1);
        foreach (string folder in Directory.EnumerateDirectories(_generations))
        {
            string name = Path.GetFileName(folder);
            if (string.CompareOrdinal(name, oldest) < 0 || string.CompareOrdinal(name, Name(generation)) > 0)
            {
                DeleteFolder(folder);
            }
        }
    }

    /// <summary>Takes Gold away from readers. Doing it again changes nothing.</summary>
    public void Withdraw()
    {
        if (Current is not null)
        {
            File.Delete(_link);
        }

        DeleteFolder(_generations);
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name(long generation) => generation.ToString("D12", CultureInfo.InvariantCulture);

    private string FolderOf(long generation) => Path.Combine(_generations, Name(generation));

    /// <summary>.NET moves files and folders but refuses a link to a folder; rename(2) replaces one link by another at once.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
