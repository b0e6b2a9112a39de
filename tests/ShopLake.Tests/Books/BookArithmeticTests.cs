using CsCheck;
using ShopLake.Simulator.Books;

namespace ShopLake.Tests.Books;

public sealed class BookArithmeticTests
{
    [Fact]
    public void Averages_round_half_away_from_zero_on_both_sides()
    {
        Arithmetic.Average(5, 2).ShouldBe(3);
        Arithmetic.Average(-5, 2).ShouldBe(-3);
        Arithmetic.Average(-4, 3).ShouldBe(-1);
        Arithmetic.Average(0, 0).ShouldBeNull();
        Arithmetic.Average(long.MaxValue, 1).ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Ranks_are_ceilings_of_a_share_of_the_values()
    {
        Arithmetic.NearestRank([4, 1, 3, 2], 50).ShouldBe(2);
        Arithmetic.NearestRank([5, 4, 1, 3, 2], 50).ShouldBe(3);
        Arithmetic.NearestRank([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 90).ShouldBe(9);
        Arithmetic.NearestRank([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 90).ShouldBe(10);
        Arithmetic.NearestRank([], 50).ShouldBeNull();
    }

    [Fact]
    public void Seconds_are_cut_down_also_below_zero()
    {
        var at = Scene.At("01-01 10:00");
        Arithmetic.Seconds(at, at.AddMilliseconds(1999)).ShouldBe(1);
        Arithmetic.Seconds(at, at.AddMilliseconds(-1)).ShouldBe(-1);
    }

    [Fact]
    public void Shares_sum_to_the_total_and_none_is_a_unit_off() =>
        Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1_000_000_000].Array[1, 8].Where(w => w.Sum() > 0))
            .Sample((total, weights) =>
            {
                var shares = Arithmetic.LargestRemainder(total, weights);
                shares.Sum().ShouldBe(total);
                for (var i = 0; i < weights.Length; i++)
                    Math.Abs(shares[i] - ((decimal)total * weights[i] / weights.Sum())).ShouldBeLessThan(1);
            });

    [Fact]
    public void Text_goes_by_its_bytes() =>
        Gen.String.Select(Gen.String).Sample((x, y) =>
        {
            var (first, second) = (System.Text.Encoding.UTF8.GetBytes(x), System.Text.Encoding.UTF8.GetBytes(y));
            if (x.Any(char.IsSurrogate) || y.Any(char.IsSurrogate))
                return;
            Math.Sign(ByteOrder.Instance.Compare(x, y)).ShouldBe(Math.Sign(first.AsSpan().SequenceCompareTo(second)));
        });

    [Fact]
    public void Characters_beyond_sixteen_bits_come_last() =>
        ByteOrder.Instance.Compare("\uFFFD", "\U0001F600").ShouldBeLessThan(0);

    [Theory]
    // Midnight was skipped; it came twice; the clock went back to 23:00; the plain case.
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")]
    [InlineData("Atlantic/Azores", "2024-10-27", "2024-10-27T00:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z")]
    [InlineData("Asia/Kolkata", "2024-05-05", "2024-05-04T18:30:00Z")]
    public void A_day_starts_at_its_first_instant(string zone, string day, string start) =>
        new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone)).Start(DateOnly.Parse(day))
            .ShouldBe(DateTimeOffset.Parse(start).UtcDateTime);

    [Fact]
    public void Days_follow_each_other_without_gap_in_every_zone()
    {
        foreach (var zone in new[] { "America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana" })
        {
            var calendar = new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone));
            for (var day = new DateOnly(2017, 1, 1); day.Year < 2020; day = day.AddDays(1))
            {
                calendar.Day(calendar.Start(day)).ShouldBe(day);
                calendar.Day(calendar.Start(day).AddTicks(-1)).ShouldBe(day.AddDays(-1));
            }
        }
    }
}
