namespace ShopLake.Configuration;

public enum SourceFormat
{
    Csv,
    Jsonl,
    Parquet,
}

/// <summary>One feed of the shop: where it lies, how it is written, and which Bronze column takes what.</summary>
public sealed record Source
{
    public required string Name { get; init; }

    /// <summary>users, products, orders, order_items, payments or events.</summary>
    public required string Table { get; init; }

    /// <summary>Glob of the files, absolute; null for a <see cref="Query"/> source.</summary>
    public string? Path { get; init; }

    public SourceFormat Format { get; init; } = SourceFormat.Csv;

    public CsvDialect Csv { get; init; } = new();

    public string SourceSystem { get; init; } = "";

    /// <summary>IANA zone in which times without an offset are read.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Bronze column ← source; null takes fields by the Bronze names.</summary>
    public IReadOnlyDictionary<string, ColumnMapping>? Columns { get; init; }

    /// <summary>Fields and the texts that mark a deletion: <c>deleted_when: { op: D }</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? DeletedWhen { get; init; }

    /// <summary>The files grow at their end between deliveries.</summary>
    public bool Growing { get; init; }

    /// <summary>The longest that it may bring nothing new; null where that is not judged.</summary>
    public TimeSpan? FreshWithin { get; init; }

    /// <summary>Keep the delivered bytes beside Bronze.</summary>
    public bool Archive { get; init; }

    /// <summary>DuckDB SQL over <see cref="Files"/>, for feeds that need shaping at extraction.</summary>
    public string? Query { get; init; }

    /// <summary>View name → absolute glob; each is all text inside <see cref="Query"/>.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Its rows come as values instead of bytes, so that none of them becomes a dead letter.</summary>
    public bool IsRelation => Query is not null || Format == SourceFormat.Parquet;

    /// <summary>Line of <c>shoplake.yaml</c> where the source begins.</summary>
    public int Line { get; init; }
}

/// <summary>How a CSV file is written. Nothing is guessed.</summary>
public sealed record CsvDialect
{
    /// <summary>One character or several.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>One character; empty where fields are never quoted.</summary>
    public string Quote { get; init; } = "\"";

    /// <summary>utf-8 (a BOM is skipped), utf-16 (by its BOM), utf-16le, utf-16be or latin-1.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>Names of the columns of a file without a header line; null when the first record names them.</summary>
    public IReadOnlyList<string>? Header { get; init; }
}

/// <summary>Where the value of a Bronze column comes from.</summary>
public abstract record ColumnMapping
{
    private ColumnMapping()
    {
    }

    /// <param name="Name">The source's column or top-level JSON key, matched without regard to case.</param>
    /// <param name="Epoch">For times written as a number since 1970 UTC: its unit.</param>
    public sealed record FromColumn(string Name, EpochUnit? Epoch = null) : ColumnMapping;

    public sealed record Constant(string Value) : ColumnMapping;

    /// <param name="Text">Text with <c>{column}</c>, <c>{_source_file}</c> and <c>{_source_row}</c>.</param>
    public sealed record Template(string Text) : ColumnMapping;
}

public enum EpochUnit
{
    Seconds,
    Milliseconds,
    Microseconds,
}
