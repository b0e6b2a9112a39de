using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// Turns local times of a source into UTC. An hour that comes twice is its first occurrence; a time that the clock
/// skips moves forward by the gap.
/// </summary>
internal sealed class SourceZone
{
    private const int FirstCachedDay = -36_525; // 1870
    private const int CachedDays = 120_000; // to 2198
    private const int Unknown = 0;
    private const int HasTransition = 1;

    // Seconds to subtract on a day without a transition, shifted so that the two marks above are free. Threads may fill
    // an entry twice; they fill in the same.
    private readonly int[] _offsets;
    private readonly TimeZoneInfo _zone;

    /// <param name="name">IANA name.</param>
    /// <exception cref="ShopLakeException">The name is not known.</exception>
    public SourceZone(string name)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"Time zone {name} is not known; use an IANA name, for example Europe/Berlin or UTC.");
        }

        _zone = zone;
        IsFixed = !zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0;
        _offsets = IsFixed ? [] : new int[CachedDays];
    }

    /// <summary>Every time exists once: none can be skipped or come twice.</summary>
    public bool IsFixed { get; }

    public bool IsUtc => IsFixed && _zone.BaseUtcOffset == TimeSpan.Zero;

    /// <param name="day">Days since 1970-01-01, local.</param>
    /// <param name="second">Seconds since local midnight.</param>
    /// <param name="isMoved">The clock skips this time; the result lies behind the gap.</param>
    /// <returns>Seconds since 1970 UTC.</returns>
    public long ToUtc(int day, int second, out bool isMoved)
    {
        isMoved = false;
        long local = (day * 86_400L) + second;
        if (IsFixed)
        {
            return local - (long)_zone.BaseUtcOffset.TotalSeconds;
        }

        int index = day - FirstCachedDay;
        if ((uint)index >= CachedDays)
        {
            return local - OffsetAt(local, out isMoved);
        }

        if (_offsets[index] == Unknown)
        {
            _offsets[index] = DayOffset(day) is { } offset ? (offset * 2) + HasTransition + 1 : HasTransition;
        }

        return _offsets[index] == HasTransition
            ? local - OffsetAt(local, out isMoved)
            : local - ((_offsets[index] - HasTransition - 1) / 2);
    }

    /// <returns>The day's one offset in seconds, null when it or a day beside it has several.</returns>
    private int? DayOffset(int day)
    {
        DateTime noon = DateTime.UnixEpoch.AddDays(day).AddHours(12);
        TimeSpan offset = _zone.GetUtcOffset(noon);
        return new[] { -1.5, 1.5 }.All(days => _zone.GetUtcOffset(noon.AddDays(days)) == offset) ? (int)offset.TotalSeconds : null;
    }

    private long OffsetAt(long local, out bool isMoved) =>
        (long)ZoneClock.OffsetOf(_zone, DateTime.UnixEpoch.AddSeconds(local), out isMoved).TotalSeconds;
}
