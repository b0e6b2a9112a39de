using System.Text;
using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Engines.Postgres;

/// <summary>
/// Where the tables that models call <c>silver.orders</c> really stand. In the live warehouse under that very name; in a
/// warehouse beside it, in schemas of its own; and a table that gets other columns, beside its old self until the run is published.
/// </summary>
/// <param name="prefix">Stands before the name of every schema; empty for the live warehouse.</param>
internal sealed class PostgresPlaces(string prefix) : IDisposable
{
    public static readonly IReadOnlyList<string> TableSchemas = ["bronze", "prep", "silver", "gold", "config", "ops"];

    /// <summary>The tables that stand beside their old selves.</summary>
    private readonly HashSet<string> _moved = new(StringComparer.Ordinal);
    private SqlParser? _parser;

    public string Prefix => prefix;

    /// <summary>The schema of the vocabulary's functions.</summary>
    public string FunctionSchema => prefix + "shoplake";

    public IEnumerable<string> Schemas => TableSchemas.Append("shoplake").Select(schema => prefix + schema);

    /// <summary>Schema and table, to be written into SQL.</summary>
    public string Of(string fullName) => At(_moved.Contains(fullName) ? NextSchema : prefix, fullName);

    public string Of(TableDefinition table) => Of(table.FullName);

    /// <summary>Where the table stood before it was moved.</summary>
    public string OldOf(string fullName) => At(prefix, fullName);

    /// <summary>From here on the table stands beside its old self.</summary>
    /// <returns>The schema there.</returns>
    public string Move(TableDefinition table)
    {
        _moved.Add(table.FullName);
        return NextSchema + table.Schema;
    }

    public void ForgetMoves() => _moved.Clear();

    /// <summary>A SELECT with the names of tables as they stand.</summary>
    public string In(string select)
    {
        if (prefix.Length == 0 && _moved.Count == 0)
        {
            return select;
        }

        _parser ??= new SqlParser();
        var text = new StringBuilder(select);
        foreach (TableReference reference in _parser.References("query", select)
            .Where(reference => TableSchemas.Contains(reference.Name[..reference.Name.IndexOf('.', StringComparison.Ordinal)]))
            .OrderByDescending(reference => reference.Offset))
        {
            text.Remove(reference.Offset, reference.Name.Length).Insert(reference.Offset, Of(reference.Name));
        }

        return text.ToString();
    }

    public void Dispose() => _parser?.Dispose();

    private string NextSchema => prefix + "next_";

    private static string At(string schemaPrefix, string fullName)
    {
        int dot = fullName.IndexOf('.', StringComparison.Ordinal);
        return $"{PostgresText.Name(schemaPrefix + fullName[..dot])}.{PostgresText.Name(fullName[(dot + 1)..])}";
    }
}
