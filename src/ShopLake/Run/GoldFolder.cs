using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Gold as Parquet under <c>gold/</c> of the lake, for readers that must never wait for a run: <c>gold</c> is a link to
/// one whole generation and is swapped atomically. A reader that resolves the link once sees one state of all tables. Each
/// table is a folder of files.
/// </summary>
public sealed class GoldFolder(string lake)
{
    private readonly Generations _generations = new(lake, "gold");

    /// <summary>The published generation, or null before the first one.</summary>
    public long? Current => _generations.Current;

    /// <summary>The folder of the published generation with the link resolved, or null before the first one.</summary>
    public string? CurrentFolder => _generations.CurrentFolder;

    /// <summary>The files of a table in the folder of a generation.</summary>
    public static IReadOnlyList<string> FilesOf(string generation, string table)
    {
        string folder = Path.Combine(generation, table);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.parquet").Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Whether a generation was written whole, published or not.</summary>
    public bool Holds(long generation) => _generations.Holds(generation);

    /// <summary>Writes every Gold table of an engine as a generation that nobody sees yet, and shares the published files that stand.</summary>
    /// <param name="engine">The engine, inside its transaction.</param>
    /// <param name="models">All models.</param>
    /// <param name="generation">Number of the generation.</param>
    /// <param name="changedFiles">Told a table, the files that hold other rows than the published ones; null where all may.</param>
    public void Write(
        IParquetEngine engine, IEnumerable<Model> models, long generation, Func<string, IReadOnlyList<string>?> changedFiles)
    {
        string? published = CurrentFolder;
        string folder = _generations.Begin(generation);
        foreach (Model model in models.Where(model => model.Table.Schema == "gold"))
        {
            IReadOnlyList<string>? changed = changedFiles(model.Name);
            Dictionary<string, string> standing = published is null || changed is null ? []
                : FilesOf(published, model.Table.Name).ToDictionary(file => Path.GetFileName(file), StringComparer.Ordinal);
            Write(engine, model, Path.Combine(folder, model.Table.Name), standing, changed ?? []);
        }

        _generations.Finish(generation);
    }

    /// <summary>Points readers to the generation. Doing it again changes nothing.</summary>
    public void Publish(long generation) => _generations.Publish(generation);

    /// <summary>Takes Gold away from readers. Doing it again changes nothing.</summary>
    public void Withdraw() => _generations.Withdraw();

    /// <param name="standing">The published files, by name.</param>
    /// <param name="changed">Names of those that hold other rows now.</param>
    private void Write(
        IParquetEngine engine, Model model, string folder, Dictionary<string, string> standing, IReadOnlyList<string> changed)
    {
        Directory.CreateDirectory(folder);
        IEnumerable<GoldPart> written = [];
        IEnumerable<string> shared = standing.Keys;
        if (standing.Count == 0 || changed.Count > 0)
        {
            ILookup<bool, GoldPart> parts = GoldPart.Of(engine, model, model.Name)
                .ToLookup(part => standing.ContainsKey(part.FileName) && !changed.Contains(part.FileName));
            shared = parts[true].Select(part => part.FileName);
            written = parts[false];
        }

        foreach (string name in shared)
        {
            _generations.Share(standing[name], Path.Combine(folder, name));
        }

        foreach (GoldPart part in written)
        {
            engine.WriteParquet(model.Table, part.Condition, model.Grain, Path.Combine(folder, part.FileName));
        }
    }
}
