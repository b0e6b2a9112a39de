using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Gold as Parquet under <c>gold/</c> of the lake, for readers that must never wait for a run: <c>gold</c> is a link to
/// one whole generation and is swapped atomically. A reader that resolves the link once sees one state of all tables.
/// </summary>
public sealed class GoldFolder(string lake)
{
    private readonly Generations _generations = new(lake, "gold");

    /// <summary>The published generation, or null before the first one.</summary>
    public long? Current => _generations.Current;

    /// <summary>The folder of the published generation with the link resolved, or null before the first one.</summary>
    public string? CurrentFolder => _generations.CurrentFolder;

    /// <summary>Name of a table's file in the folder of a generation.</summary>
    public static string FileOf(TableDefinition table) => table.Name + ".parquet";

    /// <summary>Whether a generation was written whole, published or not.</summary>
    public bool Holds(long generation) => _generations.Holds(generation);

    /// <summary>Writes every Gold table of an engine as a generation that nobody sees yet.</summary>
    /// <param name="engine">The engine, inside its transaction.</param>
    /// <param name="models">All models.</param>
    /// <param name="generation">Number of the generation.</param>
    /// <param name="unchanged">Tables that are as the published generation has them; their files are shared.</param>
    public void Write(IParquetEngine engine, IEnumerable<Model> models, long generation, IReadOnlySet<string> unchanged)
    {
        string? published = CurrentFolder;
        string folder = _generations.Begin(generation);
        foreach (Model model in models.Where(model => model.Table.Schema == "gold"))
        {
            string name = FileOf(model.Table);
            string file = Path.Combine(folder, name);
            if (published is not null && unchanged.Contains(model.Name) && File.Exists(Path.Combine(published, name)))
            {
                _generations.Share(Path.Combine(published, name), file);
            }
            else
            {
                engine.WriteParquet(model.Table, model.Grain, file);
            }
        }

        _generations.Finish(generation);
    }

    /// <summary>Points readers to the generation. Doing it again changes nothing.</summary>
    public void Publish(long generation) => _generations.Publish(generation);

    /// <summary>Takes Gold away from readers. Doing it again changes nothing.</summary>
    public void Withdraw() => _generations.Withdraw();
}
