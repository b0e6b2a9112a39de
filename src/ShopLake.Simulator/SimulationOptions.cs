using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator;

/// <summary>The size of the shop, its time, and what goes wrong in its feeds.</summary>
public sealed record SimulationOptions
{
    /// <summary>The same seed and options give the same bytes on any machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Accounts opened by the end.</summary>
    public int Users { get; init; } = 2_500;

    public int Products { get; init; } = 200;

    public int Days { get; init; } = 181;

    /// <summary>First day, in UTC.</summary>
    public DateOnly StartDay { get; init; } = new(2025, 1, 1);

    /// <summary>Orders by the end, for each account: a mean, guests' orders included.</summary>
    public double OrdersPerUser { get; init; } = 9;

    /// <summary>Views, carts and checkouts for each order: a mean over all visits.</summary>
    public double EventsPerOrder { get; init; } = 15;

    /// <summary>IANA name of the zone whose days are business days.</summary>
    public string ReportingZone { get; init; } = "Europe/Berlin";

    public string Currency { get; init; } = "EUR";

    public FaultRates Faults { get; init; } = new();

    /// <summary>Receives <c>shoplake.yaml</c> and <c>feeds/&lt;day&gt;/</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>A shop small enough to be played hundreds of times in a test.</summary>
    public static SimulationOptions Tiny(string outputFolder, ulong seed = 1) => new()
    {
        OutputFolder = outputFolder,
        Seed = seed,
        Users = 10,
        Products = 8,
        Days = 5,
        OrdersPerUser = 3,
        EventsPerOrder = 8,
    };
}
