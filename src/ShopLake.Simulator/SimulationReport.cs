using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator;

/// <summary>What the feeds hold.</summary>
/// <param name="Batches">Names of the folders under <c>feeds/</c>, in the order of delivery.</param>
/// <param name="Injected">How often each reality was injected.</param>
public sealed record SimulationReport(
    IReadOnlyList<string> Batches,
    IReadOnlyList<FeedReport> Feeds,
    IReadOnlyDictionary<Fault, long> Injected);

/// <param name="Table">users, products, orders, order_items, payments or events.</param>
/// <param name="Files">Files written.</param>
/// <param name="Rows">Records that can be split into their fields: rows of Bronze.</param>
/// <param name="DeadLetters">Records that cannot: torn and ragged lines.</param>
/// <param name="Bytes">Size of the files.</param>
public sealed record FeedReport(string Table, int Files, long Rows, long DeadLetters, long Bytes);
