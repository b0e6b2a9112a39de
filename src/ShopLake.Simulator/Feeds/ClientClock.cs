using ShopLake.Simulator.World;

namespace ShopLake.Simulator.Feeds;

/// <summary>The clock of a visitor's device: what time it shows when it is truly another.</summary>
internal readonly record struct ClientClock(TimeSpan Ahead, bool IsAtTolerance, bool IsUnset)
{
    /// <summary>Five minutes: a clock further ahead of the event's arrival is taken for wrong.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static readonly DateTime Epoch = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static ClientClock Right { get; }

    /// <summary>Ahead, behind, at the very edge of what is tolerated, or never set.</summary>
    public static ClientClock Wrong(SeededRandom random) => random.Below(20) switch
    {
        < 7 => new(-random.Span(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(50)), false, false),
        < 10 => new(-random.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(20)), false, false),
        < 13 => new(random.Span(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4)), false, false),
        < 14 => new(TimeSpan.Zero, IsAtTolerance: true, IsUnset: false),
        < 18 => new(random.Span(TimeSpan.FromMinutes(30), TimeSpan.FromDays(3)), false, false),
        < 19 => new(random.Span(TimeSpan.FromDays(300), TimeSpan.FromDays(3_000)), false, false),
        _ => new(TimeSpan.Zero, IsAtTolerance: false, IsUnset: true),
    };

    public DateTime Read(DateTime trueTime, DateTime receivedAt)
    {
        if (IsAtTolerance)
            return receivedAt + Tolerance;
        return IsUnset ? Epoch + trueTime.TimeOfDay : trueTime + Ahead;
    }
}
