using System.Numerics;

namespace ShopLake.Simulator.World;

/// <summary>
/// A reproducible stream of numbers (xoshiro256**, seeded by splitmix64): the same on every machine, because only
/// integer arithmetic and exact floating-point operations take part. Each purpose has its own stream, so that what
/// one part of the shop draws never disturbs another.
/// </summary>
internal sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededRandom(ulong seed, string purpose)
    {
        var state = seed;
        foreach (var letter in purpose)
            state = Mix(state ^ letter) + 0x9E3779B97F4A7C15;
        (_a, _b, _c, _d) = (Mix(state + 1), Mix(state + 2), Mix(state + 3), Mix(state + 4));
    }

    /// <summary>Begins at a known state, as the published test values do.</summary>
    internal SeededRandom(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>A bijection that spreads every bit over all others (the finalizer of splitmix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>In [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>In [0, <paramref name="bound"/>).</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    public int Below(int bound) => (int)Below((long)bound);

    /// <summary>Both ends included.</summary>
    public long Between(long low, long high) => low + Below(high - low + 1);

    public int Between(int low, int high) => (int)Between((long)low, high);

    /// <summary>True with the given probability: 0 is never, 1 always.</summary>
    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>A span in whole microseconds, all lengths equally likely.</summary>
    public TimeSpan Span(TimeSpan shortest, TimeSpan longest) =>
        TimeSpan.FromTicks(Between(shortest.Ticks / 10, longest.Ticks / 10) * 10);

    /// <summary>A span in whole microseconds; short ones are far more likely, as waiting times are.</summary>
    public TimeSpan Wait(TimeSpan shortest, TimeSpan longest)
    {
        var unit = Unit();
        return shortest + TimeSpan.FromTicks((long)(unit * unit * ((longest - shortest).Ticks / 10)) * 10);
    }

    /// <summary>A whole number whose mean is <paramref name="mean"/>: its floor or one more.</summary>
    public int Around(double mean)
    {
        var floor = (int)mean;
        return floor + (Chance(mean - floor) ? 1 : 0);
    }
}
