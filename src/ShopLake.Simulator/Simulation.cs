using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;
using ShopLake.Simulator.World;

namespace ShopLake.Simulator;

/// <summary>
/// A shop that never was: its customers, catalogue, orders and money are played from a seed, its feeds are written
/// with the faults of real ones, and what truly happened is told to whoever keeps books.
/// </summary>
public static class Simulation
{
    /// <summary>Plays the shop and writes <c>shoplake.yaml</c> and <c>feeds/</c> into the output folder.</summary>
    /// <param name="facts">Learns each fact as it happens; null when nobody keeps books.</param>
    /// <exception cref="ArgumentException">The options make no shop, or the folder already holds feeds.</exception>
    public static SimulationReport Run(
        SimulationOptions options, IFactSink? facts = null, CancellationToken cancellation = default)
    {
        Check(options);
        Directory.CreateDirectory(options.OutputFolder);
        LakeFile.Write(options);
        return new SimulatedShop(options, facts ?? new NoBooks()).Play(cancellation);
    }

    private static void Check(SimulationOptions options)
    {
        string[] mistakes =
        [
            .. Least(options.Users, nameof(options.Users)),
            .. Least(options.Products, nameof(options.Products)),
            .. Least(options.Days, nameof(options.Days)),
        ];
        if (mistakes.Length > 0)
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        var feeds = Path.Combine(options.OutputFolder, "feeds");
        if (Directory.Exists(feeds))
            throw new ArgumentException(
                $"{feeds} exists already: name another output folder, or remove it.", nameof(options));

        static IEnumerable<string> Least(int value, string name)
        {
            if (value < 1)
                yield return $"{name} is {value}; it must be at least 1.";
        }
    }

    private sealed class NoBooks : IFactSink
    {
        public void Record(in UserFact fact)
        {
        }

        public void Record(in ProductFact fact)
        {
        }

        public void Record(in OrderFact fact)
        {
        }

        public void Record(in OrderStatusFact fact)
        {
        }

        public void Record(in OrderItemFact fact)
        {
        }

        public void Record(in PaymentFact fact)
        {
        }

        public void Record(in EventFact fact)
        {
        }

        public void Record(in DeliveryFact fact)
        {
        }

        public void Record(in QuarantineFact fact)
        {
        }
    }
}
