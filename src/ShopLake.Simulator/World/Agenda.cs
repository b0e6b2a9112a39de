namespace ShopLake.Simulator.World;

/// <summary>What is going to happen, played in order of time; at one time, in the order of planning.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action<DateTime>, (long Ticks, long Sequence)> _plans = new();
    private long _sequence;
    private long _now;

    public void Plan(DateTime at, Action<DateTime> happening)
    {
        if (at.Ticks < _now)
            throw new ArgumentOutOfRangeException(nameof(at), at, "The past cannot be planned.");
        _plans.Enqueue(happening, (at.Ticks, _sequence++));
    }

    /// <summary>Plays everything before <paramref name="end"/>, also what is planned meanwhile.</summary>
    public void PlayUntil(DateTime end)
    {
        while (_plans.TryPeek(out var happening, out var when) && when.Ticks < end.Ticks)
        {
            _plans.Dequeue();
            _now = when.Ticks;
            happening(new DateTime(when.Ticks, DateTimeKind.Utc));
        }
    }
}
