using System.Security.Cryptography;
using System.Text;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.World;

/// <summary>The feeds of a small shop, played for one test.</summary>
internal sealed class PlayedShop : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PlayedShop(ulong seed = 1, FaultRates? faults = null, int days = 5)
    {
        Options = SimulationOptions.Tiny(_folder.Path, seed) with { Days = days, Faults = faults ?? new FaultRates() };
        Report = Simulation.Run(Options, Facts);
        // What holds for every row of a feed must not hold for want of any.
        Report.Feeds.Select(feed => feed.Rows).ShouldAllBe(rows => rows > 0);
    }

    public SimulationOptions Options { get; }

    public SimulationReport Report { get; }

    public KeptFacts Facts { get; } = new();

    public IEnumerable<string> Files(string table) => Directory
        .EnumerateFiles(Path.Combine(_folder.Path, "feeds"), $"{table}*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file)[table.Length] is '.' or '-')
        .Order(StringComparer.Ordinal);

    /// <summary>All records of a table, header lines left out.</summary>
    public IEnumerable<string> Lines(string table) =>
        Files(table).SelectMany(file => File.ReadLines(file).Skip(table == "events" ? 0 : 1));

    /// <summary>One hash over the names and bytes of all feeds.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory
            .EnumerateFiles(Path.Combine(_folder.Path, "feeds"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(_folder.Path, file).Replace('\\', '/')));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Keeps the facts as they are told.</summary>
internal sealed class KeptFacts : IFactSink
{
    public List<object> All { get; } = [];

    public IEnumerable<T> Of<T>() => All.OfType<T>();

    public void Record(in UserFact fact) => All.Add(fact);

    public void Record(in ProductFact fact) => All.Add(fact);

    public void Record(in OrderFact fact) => All.Add(fact);

    public void Record(in OrderStatusFact fact) => All.Add(fact);

    public void Record(in OrderItemFact fact) => All.Add(fact);

    public void Record(in PaymentFact fact) => All.Add(fact);

    public void Record(in EventFact fact) => All.Add(fact);

    public void Record(in DeliveryFact fact) => All.Add(fact);

    public void Record(in QuarantineFact fact) => All.Add(fact);
}
