using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// By which columns the rows of each table are looked up, as the headers of the models tell: its grain and the key of
/// its scope, by which rows are replaced, and the columns by which its readers' scopes reach into it.
/// </summary>
internal sealed class LookupKeys
{
    private readonly Dictionary<string, TableDefinition> _tables;
    private readonly Dictionary<string, List<IReadOnlyList<string>>> _keys = new(StringComparer.Ordinal);

    public LookupKeys(ModelLibrary library)
    {
        _tables = library.Models.Select(model => model.Table)
            .Concat(LakeCatalog.RawTables.Select(library.Catalog.Raw))
            .ToDictionary(table => table.FullName, StringComparer.Ordinal);
        foreach (Model model in library.Models)
        {
            Add(model.Name, [.. model.Grain]);
            Add(model.Name, [.. model.Scope?.Key ?? []]);
        }

        foreach ((string input, IReadOnlyList<PieceMapping> mappings) in library.Models
            .SelectMany(model => model.Scope?.Reads.AsEnumerable() ?? []))
        {
            foreach (PieceMapping mapping in mappings)
            {
                AddMapping(input, mapping);
            }
        }
    }

    /// <summary>Tells an engine by which columns the rows of a table are looked up.</summary>
    public void Index(IEngine engine, string table, CancellationToken cancellation) =>
        engine.Index(_tables[table], Of(table), cancellation);

    /// <summary>The column lists of one table, none the beginning of another; the grain first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Of(string table)
    {
        List<IReadOnlyList<string>> keys = _keys.GetValueOrDefault(table) ?? [];
        return [.. keys.Where((key, index) => !keys.Where((other, at) => at != index
            && (other.Count > key.Count || at < index) && other.Take(key.Count).SequenceEqual(key)).Any())];
    }

    private void AddMapping(string input, PieceMapping mapping)
    {
        switch (mapping)
        {
            case PieceMapping.Direct direct:
                Add(input, direct.Expressions);
                break;
            case PieceMapping.Via via:
                Add(input, [via.Expression]);
                Add(via.Table, [via.Column]);
                break;
            default:
                break;
        }
    }

    /// <summary>Of expressions those that are columns, as the table writes them: a model may write them in another case.</summary>
    private void Add(string table, IReadOnlyList<string> expressions)
    {
        // Of the configuration's tables a few rows are read whole.
        IReadOnlyList<ColumnDefinition> columns = _tables.GetValueOrDefault(table)?.Columns ?? [];
        string[] key =
        [
            .. expressions.Select(expression => columns.Select(column => column.Name)
                .FirstOrDefault(column => column.Equals(expression, StringComparison.OrdinalIgnoreCase))).OfType<string>(),
        ];
        if (key.Length == 0)
        {
            return;
        }

        if (!_keys.TryGetValue(table, out List<IReadOnlyList<string>>? keys))
        {
            _keys[table] = keys = [];
        }

        keys.Add(key);
    }
}
