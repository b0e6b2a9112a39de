using System.Globalization;
using ShopLake.Bronze;

namespace ShopLake.Run;

/// <summary>A point of the lake's past: a commit of the ledger, or an instant between commits.</summary>
public static class PointInTime
{
    /// <summary>Written otherwise it would be guessed: which number is the month, and of which day a time is.</summary>
    private static readonly string[] Instants =
    [
        "yyyy-MM-dd",
        .. new[] { " ", "'T'" }.SelectMany(between => new[] { "HH:mm", "HH:mm:ss.FFFFFFF" },
            (between, time) => $"yyyy-MM-dd{between}{time}K"),
    ];

    /// <param name="ledger">The lake's commits.</param>
    /// <param name="point">A ledger sequence (<c>12</c>) or an instant (<c>2026-03-01T08:00:00Z</c>; UTC where no offset stands).</param>
    /// <returns>The last commit that was known at that point.</returns>
    /// <exception cref="ShopLakeException">The text is neither, or nothing was known then.</exception>
    public static long Resolve(Ledger ledger, string point)
    {
        if (long.TryParse(point, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
        {
            return sequence >= 1 && sequence <= ledger.LastSequence ? sequence : throw new ShopLakeException(FailureKind.Usage,
                $"There is no commit {point}; the ledger " + (ledger.LastSequence == 0 ? "is empty. Try: shoplake run"
                    : $"has 1 to {ledger.LastSequence}. Try: shoplake status"));
        }

        const DateTimeStyles AsUtc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(point, Instants, CultureInfo.InvariantCulture, AsUtc, out DateTime instant))
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"'{point}' is neither a commit nor an instant. Try: a number from shoplake status, or 2026-03-01T08:00:00Z");
        }

        long last = ledger.Records.Where(record => record.CommittedAt <= instant).Select(record => record.Sequence)
            .DefaultIfEmpty().Max();
        return last > 0 ? last : throw new ShopLakeException(FailureKind.Usage,
            $"Nothing was in the lake at {instant:yyyy-MM-dd HH:mm:ss}Z. Try: shoplake status");
    }
}
