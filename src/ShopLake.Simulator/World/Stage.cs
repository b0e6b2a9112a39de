using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>What the parts of the shop share: time, what is planned, and those who write down what happens.</summary>
internal sealed class Stage(SimulationOptions options, IFactSink facts, ShopFeeds feeds)
{
    public SimulationOptions Options { get; } = options;

    public Agenda Agenda { get; } = new();

    /// <summary>Learns what truly happens.</summary>
    public IFactSink Facts { get; } = facts;

    /// <summary>Writes down what the shop's systems say of it.</summary>
    public ShopFeeds Feeds { get; } = feeds;

    public DateTime StartAt { get; } = options.StartDay.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public double ExpectedOrders { get; } = options.Users * options.OrdersPerUser;

    public DateTime DayStart(int day) => StartAt.AddDays(day);
}
