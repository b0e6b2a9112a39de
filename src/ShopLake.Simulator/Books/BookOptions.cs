namespace ShopLake.Simulator.Books;

/// <summary>The settings of the lake that the numbers depend on.</summary>
public sealed record BookOptions
{
    /// <summary>The zone whose days are business days.</summary>
    public TimeZoneInfo ReportingZone { get; init; } = TimeZoneInfo.Utc;

    public TimeSpan FunnelWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>An event that reaches the server later than this after it happened is late.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>An event that claims to happen further than this after its arrival has a wrong clock.</summary>
    public TimeSpan SkewTolerance { get; init; } = TimeSpan.FromMinutes(5);
}
