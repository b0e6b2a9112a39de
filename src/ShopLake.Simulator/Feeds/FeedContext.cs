using ShopLake.Simulator.Books;
using ShopLake.Simulator.World;

namespace ShopLake.Simulator.Feeds;

/// <summary>What the feeds of one shop share: its calendar, its faults, and what became of the rows.</summary>
internal sealed class FeedContext(SimulationOptions options, IFactSink facts)
{
    private static readonly string[] Tables = ["users", "products", "orders", "order_items", "payments", "events"];
    private static readonly Disposition[] Dispositions = Enum.GetValues<Disposition>();
    private readonly long[] _rows = new long[Tables.Length * Dispositions.Length];
    private readonly long[] _injected = new long[Enum.GetValues<Fault>().Length];

    public ulong Seed { get; } = options.Seed;

    public string Folder { get; } = Path.Combine(options.OutputFolder, "feeds");

    public BatchCalendar Calendar { get; } = new(options.StartDay);

    public FaultRates Rates { get; } = options.Faults;

    /// <summary>A stream of its own, so that the same shop can be played with other faults.</summary>
    public SeededRandom Random { get; } = new(options.Seed, "faults");

    public IFactSink Facts { get; } = facts;

    /// <summary>Memory of files that are already written.</summary>
    public Stack<byte[]> Chunks { get; } = new();

    /// <summary>Draws whether a fault happens, and counts it.</summary>
    public bool Strikes(Fault fault, double rate)
    {
        if (!Random.Chance(rate))
            return false;
        Count(fault);
        return true;
    }

    public void Count(Fault fault) => _injected[(int)fault]++;

    public void Became(string table, Disposition disposition, long rows) =>
        _rows[(Array.IndexOf(Tables, table) * Dispositions.Length) + (int)disposition] += rows;

    /// <summary>Rows that stay out of Silver: each fails exactly the one rule.</summary>
    public void Quarantined(string table, string rule, string? recordKey, long? amountMinor, int rows)
    {
        Became(table, Disposition.Quarantined, rows);
        for (var row = 0; row < rows; row++)
            Facts.Record(new QuarantineFact(table, rule, recordKey, amountMinor));
    }

    /// <summary>Tells the books what became of all rows.</summary>
    public void RecordDispositions()
    {
        for (var table = 0; table < Tables.Length; table++)
            foreach (var disposition in Dispositions)
                if (_rows[(table * Dispositions.Length) + (int)disposition] is > 0 and var rows)
                    Facts.Record(new DeliveryFact(Tables[table], disposition, rows));
    }

    public IReadOnlyDictionary<Fault, long> Injected() =>
        Enum.GetValues<Fault>().ToDictionary(fault => fault, fault => _injected[(int)fault]);
}
