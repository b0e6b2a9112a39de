namespace ShopLake.Simulator.Books;

/// <summary>The arithmetic that the numbers agree on.</summary>
internal static class Arithmetic
{
    /// <summary>One division of two integers; NULL for an empty denominator.</summary>
    public static double? Rate(long part, long whole) => whole == 0 ? null : part / (double)whole;

    /// <summary>Sum ÷ count, half away from zero; NULL for a count of 0.</summary>
    public static long? Average(long sum, long count)
    {
        if (count == 0)
            return null;
        var magnitude = (2 * Int128.Abs(sum) + count) / (2 * (Int128)count);
        return (long)(sum < 0 ? -magnitude : magnitude);
    }

    /// <summary>Value number ceil(percent / 100 · n) in ascending order; NULL for no values.</summary>
    public static long? NearestRank(IReadOnlyCollection<long> values, int percent)
    {
        if (values.Count == 0)
            return null;
        var rank = ((long)percent * values.Count + 99) / 100;
        return values.Order().ElementAt((int)rank - 1);
    }

    /// <summary>
    /// Seconds from one instant to another, cut down to whole ones; negative where the second comes first.
    /// </summary>
    public static long Seconds(DateTime from, DateTime to)
    {
        var (seconds, rest) = Math.DivRem((to - from).Ticks, TimeSpan.TicksPerSecond);
        return rest < 0 ? seconds - 1 : seconds;
    }

    /// <summary>
    /// Shares of a total in proportion to weights, which sum to it exactly: each share is cut, and what is left goes,
    /// one by one, to the largest remainders; among equal remainders to the first.
    /// </summary>
    /// <param name="total">Not negative.</param>
    /// <param name="weights">Not negative, and not all 0.</param>
    public static long[] LargestRemainder(long total, IReadOnlyList<long> weights)
    {
        var sum = Int128.Zero;
        foreach (var weight in weights)
            sum += weight;
        var shares = new long[weights.Count];
        var remainders = new Int128[weights.Count];
        var left = total;
        for (var line = 0; line < weights.Count; line++)
        {
            var (share, remainder) = Int128.DivRem((Int128)total * weights[line], sum);
            (shares[line], remainders[line]) = ((long)share, remainder);
            left -= shares[line];
        }
        if (left == 0)
            return shares;
        var largestFirst = Enumerable.Range(0, weights.Count).OrderByDescending(line => remainders[line]);
        foreach (var line in largestFirst.Take((int)left))
            shares[line]++;
        return shares;
    }
}

/// <summary>Text in the order of its UTF-8 bytes.</summary>
internal sealed class ByteOrder : IComparer<string>
{
    public static readonly ByteOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
        {
            if (x[i] == y[i])
                continue;
            // A surrogate stands for a character behind all that need no surrogates, whatever its own number.
            var isFirstBeyond = char.IsSurrogate(x[i]);
            return isFirstBeyond == char.IsSurrogate(y[i]) ? x[i] - y[i] : isFirstBeyond ? 1 : -1;
        }
        return x.Length - y.Length;
    }
}
