using ShopLake.Catalog;

namespace ShopLake.Models;

/// <summary>A table name in a model's SQL.</summary>
/// <param name="Name">Schema and table, as written.</param>
/// <param name="Offset">Where the name stands in the SQL text, in characters.</param>
/// <param name="HasAlias">Whether the text gives it another name to be called by.</param>
public sealed record TableReference(string Name, int Offset, bool HasAlias);

/// <summary>One table and the plain SELECT that computes it.</summary>
public sealed record Model
{
    /// <summary>Schema and table, for example <c>gold.orders</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The file it was read from, or where a generated model comes from.</summary>
    public required string File { get; init; }

    public required string What { get; init; }

    /// <summary>Whether the shop wrote it: the shipped ones have tests that hold each table equal to its rebuild.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The columns by which its rows are replaced: those of its pieces, and those that tell the rows of a piece apart.</summary>
    public IEnumerable<string> ReplacedBy => (Scope?.Key ?? []).Union(Grain);

    /// <summary>The columns that tell its rows apart; empty for a table of one row or of loose findings.</summary>
    public required IReadOnlyList<string> Grain { get; init; }

    /// <summary>
    /// The day by whose months the rows of a Gold table are spread over files, so that a run writes those only in which something
    /// changed; null for one file.
    /// </summary>
    public string? FilePerMonth { get; init; }

    /// <summary>The whole text of the file, its header included, so that positions in errors are positions in the file.</summary>
    public required string Sql { get; init; }

    public required TableDefinition Table { get; init; }

    /// <summary>Whether its table is for readers: of Silver or Gold, and not a step between them.</summary>
    public bool IsPublic => IsPublicTable(Table.FullName);

    /// <summary>Every table it reads, in the order of the text.</summary>
    public required IReadOnlyList<TableReference> References { get; init; }

    /// <summary>For each table that it reads, the names of columns that it may read; null where it may read all.</summary>
    public required IReadOnlyDictionary<string, IReadOnlySet<string>?> Mentions { get; init; }

    /// <summary>How it is cut into pieces; null when it is always computed whole.</summary>
    public Scope? Scope { get; init; }

    /// <summary>
    /// The same model without those of its rules that no change of these inputs can reach; null where it is no list of rules.
    /// </summary>
    internal Func<IReadOnlyCollection<string>, Model>? ReachedBy { get; init; }

    /// <summary>How its rows and numbers point back to what they were made of.</summary>
    public TraceHints Trace { get; init; } = TraceHints.None;

    /// <summary>The same, where only the name of the table is left.</summary>
    public static bool IsPublicTable(string name) =>
        name.StartsWith("silver.", StringComparison.Ordinal) || name.StartsWith("gold.", StringComparison.Ordinal);

    /// <summary>The columns of a table that its SQL may read, or its scope.</summary>
    public IReadOnlyList<string> ColumnsOf(TableDefinition input)
    {
        IEnumerable<string> columns = input.Columns.Select(column => column.Name);
        if (Mentions[input.FullName] is not { } mentioned)
        {
            return [.. columns];
        }

        IReadOnlySet<string> pointing = Scope?.Words ?? new HashSet<string>();
        return [.. columns.Where(column => mentioned.Contains(column) || pointing.Contains(column))];
    }

    /// <summary>The SQL with tables replaced by others, each still called by the name that the text uses.</summary>
    public string SqlReading(IReadOnlyDictionary<string, string> replacements)
    {
        string sql = Sql;
        foreach (TableReference reference in References.OrderByDescending(reference => reference.Offset))
        {
            if (replacements.TryGetValue(reference.Name, out string? replacement))
            {
                string alias = reference.HasAlias ? "" : $" AS {reference.Name[(reference.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]}";
                sql = string.Concat(sql.AsSpan(0, reference.Offset), replacement, alias,
                    sql.AsSpan(reference.Offset + reference.Name.Length));
            }
        }

        return sql;
    }
}

public enum Severity
{
    /// <summary>Counted and shown.</summary>
    Warn,

    /// <summary>The row stays out of Silver, with its reason.</summary>
    Quarantine,

    /// <summary>Nothing is published; the last good state stays readable.</summary>
    Fail,
}

/// <summary>A rule: a SELECT that returns the offending rows. No rows, no offence.</summary>
public sealed record Check
{
    public required string Rule { get; init; }

    /// <summary>Whether the shop wrote it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The table whose rows are judged.</summary>
    public required string On { get; init; }

    public required Severity Severity { get; init; }

    public required string What { get; init; }

    public required string File { get; init; }

    public required string Sql { get; init; }

    public required IReadOnlyList<TableReference> References { get; init; }

    /// <summary>For each table that it reads, the names of columns that it may read; null where it may read all.</summary>
    public required IReadOnlyDictionary<string, IReadOnlySet<string>?> Mentions { get; init; }

    /// <summary>How its findings are cut: by raw row for quarantine, else by <c>record_key</c>; null when it is always judged whole.</summary>
    public Scope? Scope { get; init; }
}
