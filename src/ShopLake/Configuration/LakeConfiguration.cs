namespace ShopLake.Configuration;

/// <summary>
/// <c>shoplake.yaml</c>, read and checked. Every path in it is absolute, every default filled in.
/// </summary>
public sealed record LakeConfiguration
{
    /// <summary>The folder that holds <c>shoplake.yaml</c>; relative paths are relative to it.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>The folder of the lake: <c>bronze/</c>, <c>gold/</c>, the warehouse file.</summary>
    public required string Lake { get; init; }

    public string Engine { get; init; } = "duckdb";

    /// <summary>Where a server engine listens; secret parts come from the environment.</summary>
    public string? Url { get; init; }

    public MoneyRules Money { get; init; } = new();

    public TimeRules Time { get; init; } = new();

    public IReadOnlyList<Source> Sources { get; init; } = [];

    /// <summary>For a field of <see cref="Configuration.Vocabulary"/>: the source's word → ours.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Vocabulary { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Folder with the user's own models and checks, laid out like ShopLake's.</summary>
    public string? Models { get; init; }

    public Limits Limits { get; init; } = new();
}

/// <param name="Currency">ISO 4217 code; one a lake.</param>
/// <param name="Decimals">Digits behind the point of a minor unit, 0 to 4.</param>
public sealed record MoneyRules(string Currency = "EUR", int Decimals = 2);

public sealed record TimeRules
{
    /// <summary>IANA name of the zone whose days are business days.</summary>
    public string ReportingZone { get; init; } = "UTC";

    public DateOnly EarliestDay { get; init; } = new(2000, 1, 1);

    public TimeSpan LateAfter { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan SkewTolerance { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FunnelWindow { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>Named limits; what passes one becomes a dead letter or a clear error.</summary>
public sealed record Limits
{
    /// <summary>Bytes of one record, its terminator excluded.</summary>
    public long LineLength { get; init; } = 16 * 1024 * 1024;

    public int JsonDepth { get; init; } = 64;

    public int Columns { get; init; } = 1_000;

    /// <summary>Decompressed bytes for each compressed byte.</summary>
    public int DecompressionRatio { get; init; } = 1_000;

    /// <summary>Rows of one Bronze file; a larger delivery is one batch of several files.</summary>
    public long BatchRows { get; init; } = 50_000_000;

    /// <summary>What DuckDB may hold in memory before it spills, in DuckDB's words.</summary>
    public string MemoryLimit { get; init; } = "4GB";
}
