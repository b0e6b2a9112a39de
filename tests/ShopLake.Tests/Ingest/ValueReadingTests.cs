using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using ShopLake.Ingest;
using ShopLake.Run;

namespace ShopLake.Tests.Ingest;

public sealed class ValueReadingTests
{
    [Theory]
    [InlineData("12.5", "125000")]
    [InlineData("-0.0001", "-1")]
    [InlineData(" +007.50000 ", "75000")]
    [InlineData(".5", "5000")]
    [InlineData("5.", "50000")]
    [InlineData("1e3", "10000000")]
    [InlineData("12500E-3", "125000")]
    [InlineData("0e999999999999", "0")]
    [InlineData("99999999999999.9999", "999999999999999999")]
    [InlineData("0.000000000000000000000000000000", "0")]
    [InlineData("100000000000000", null)]
    [InlineData("0.00001", null)]
    [InlineData("1,5", null)]
    [InlineData("1_000", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("-", null)]
    [InlineData("1e", null)]
    [InlineData("1e999999999999", null)]
    [InlineData("1.2.3", null)]
    [InlineData("NaN", null)]
    [InlineData("12345678901234567890123", null)]
    public void An_amount_is_read_exactly_or_not_at_all(string text, string? scaled) => Amount(text).ShouldBe(scaled);

    [Theory]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775808", null)]
    [InlineData("-9223372036854775809", null)]
    [InlineData("3.0", "3")]
    [InlineData("3.5", null)]
    public void A_whole_number_is_read_exactly_or_not_at_all(string text, string? value) =>
        Bigint(text).ShouldBe(value);

    [Fact]
    public void Every_amount_agrees_with_arithmetic_on_big_numbers() =>
        Gen.Select(Gen.Long, Gen.Int[0, 25], Gen.Int[-6, 6], Gen.Int[0, 6]).Sample((mantissa, scale, exponent, zeros) =>
        {
            string digits = BigInteger.Abs(mantissa).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            string sign = mantissa < 0 ? "-" : "";
            string text = $"{sign}{digits[..^scale]}.{digits[^scale..]}{new string('0', zeros)}e{exponent}";
            BigInteger numerator = mantissa * BigInteger.Pow(10, Math.Max(0, exponent) + 4);
            BigInteger denominator = BigInteger.Pow(10, scale + Math.Max(0, -exponent));
            BigInteger expected = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
            bool fits = rest.IsZero && BigInteger.Abs(expected) < BigInteger.Pow(10, 18);
            return Amount(text) == (fits ? expected.ToString(CultureInfo.InvariantCulture) : null);
        });

    [Theory]
    [InlineData("2024-03-01", "2024-03-01T00:00:00.0000000")]
    [InlineData("2024-03-01T10:20", "2024-03-01T10:20:00.0000000")]
    [InlineData("2024-03-01 10:20:30.5", "2024-03-01T10:20:30.5000000")]
    [InlineData("2024-03-01 10:20:30.123456000", "2024-03-01T10:20:30.1234560")]
    [InlineData("2024-03-01T10:20:30Z", "2024-03-01T10:20:30.0000000")]
    [InlineData("2024-03-01 10:20:30 UTC", "2024-03-01T10:20:30.0000000")]
    [InlineData("2024-03-01T10:20:30-03", "2024-03-01T13:20:30.0000000")]
    [InlineData("2024-03-01T10:20:30+0530", "2024-03-01T04:50:30.0000000")]
    [InlineData("2024-03-01T10:20:30+05:30", "2024-03-01T04:50:30.0000000")]
    [InlineData("2024-02-30", null)]
    [InlineData("2024-03-01 24:00:00", null)]
    [InlineData("2024-03-01 10:20:60", null)]
    [InlineData("2024-03-01 10:20:30.1234567", null)]
    [InlineData("2024-03-01 10", null)]
    [InlineData("2024-03-01x10:20", null)]
    [InlineData("2024-03-01 10:20:30.", null)]
    [InlineData("2024-03-01 10:20:30+5", null)]
    [InlineData("2024-03-01 10:20:30+05:60", null)]
    [InlineData("2024-03-01 10:20:30+24:00", null)]
    [InlineData("2024-03-01 10:20:30+05-30", null)]
    [InlineData("01/03/2024", null)]
    [InlineData("20240301", null)]
    [InlineData("0000-01-01", null)]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000")]
    [InlineData("0001-01-01T00:00:00+00:01", null)]
    [InlineData("9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.9999990")]
    [InlineData("9999-12-31T23:59:00-00:01", null)]
    public void A_time_is_read_exactly_or_not_at_all(string text, string? instant) =>
        Instant(text, "UTC").ShouldBe((instant, false));

    [Theory]
    [InlineData("2024-07-01 12:00", "2024-07-01T10:00:00.0000000", false)]
    [InlineData("2024-03-31 01:59:59", "2024-03-31T00:59:59.0000000", false)]
    [InlineData("2024-03-31 02:30", "2024-03-31T01:30:00.0000000", true)]
    [InlineData("2024-10-27 02:30", "2024-10-27T00:30:00.0000000", false)]
    [InlineData("2024-10-27 02:30+01:00", "2024-10-27T01:30:00.0000000", false)]
    public void A_local_time_follows_the_clocks_of_its_zone(string text, string instant, bool isMoved) =>
        Instant(text, "Europe/Berlin").ShouldBe((instant, isMoved));

    [Fact]
    public void A_day_without_midnight_begins_behind_the_gap() =>
        Instant("2018-11-04", "America/Sao_Paulo").ShouldBe(("2018-11-04T03:00:00.0000000", true));

    [Theory]
    [InlineData("America/Asuncion", "2023-10-01", "2023-10-01T04:00:00.0000000", true)]
    [InlineData("America/Asuncion", "2024-03-23 23:30", "2024-03-24T02:30:00.0000000", false)]
    [InlineData("Europe/Istanbul", "2015-03-29 03:30", "2015-03-29T01:30:00.0000000", true)]
    [InlineData("Asia/Almaty", "2003-03-30 03:00", "2003-03-29T20:00:00.0000000", false)]
    [InlineData("Pacific/Apia", "2011-12-30 12:00", "2011-12-30T22:00:00.0000000", true)]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.0000000", false)]
    [InlineData("Antarctica/Troll", "2023-03-26 02:30", "2023-03-26T02:30:00.0000000", true)]
    public void Gaps_that_dotnet_does_not_know_are_gaps(string zone, string text, string instant, bool isMoved) =>
        Instant(text, zone).ShouldBe((instant, isMoved));

    /// <summary>Every zone, around each change of its clocks: a local time is the first instant that shows it, or none does.</summary>
    [Fact]
    public void A_local_time_is_the_first_instant_at_which_the_clocks_show_it()
    {
        var wrong = new List<string>();
        foreach (TimeZoneInfo zone in TimeZoneInfo.GetSystemTimeZones().Where(zone => !zone.Id.StartsWith("posix", StringComparison.Ordinal)))
        {
            var read = new SourceZone(zone.Id);
            foreach (DateTime change in ZoneCheck.Transitions(zone))
            {
                foreach (int minutes in (int[])[-1500, -150, -90, -61, -30, -1, 0, 1, 30, 59, 90, 150, 1500])
                {
                    DateTime local = change + zone.GetUtcOffset(change) + TimeSpan.FromMinutes(minutes);
                    DateTime? first = Enumerable.Range(-2, 5).Select(days => change.AddDays(days))
                        .Select(near => local - zone.GetUtcOffset(near)).Distinct().Order()
                        .Where(at => at + zone.GetUtcOffset(at) == local).Select(at => (DateTime?)at).FirstOrDefault();
                    long day = (long)Math.Floor((local - DateTime.UnixEpoch).TotalDays);
                    long seconds = read.ToUtc((int)day, (int)(local - DateTime.UnixEpoch.AddDays(day)).TotalSeconds, out bool isMoved);
                    if (first is { } instant ? isMoved || DateTime.UnixEpoch.AddSeconds(seconds) != instant : !isMoved)
                    {
                        wrong.Add($"{zone.Id} {local:u}");
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_zone_is_an_error_that_shows_a_known_one() =>
        Should.Throw<ShopLakeException>(() => new SourceZone("Berlin")).Message.ShouldContain("Europe/Berlin");

    private static string? Amount(string text) =>
        ExactNumber.TryParse(Utf8(text), ExactNumber.AmountScale, ExactNumber.AmountDigits, out long value)
            ? $"{value}"
            : null;

    private static string? Bigint(string text) =>
        ExactNumber.TryParse(Utf8(text), 0, ExactNumber.BigintDigits, out long value) ? $"{value}" : null;

    private static (string? Instant, bool IsMoved) Instant(string text, string zone)
    {
        bool isRead = InstantText.TryParse(Utf8(text), new SourceZone(zone), out long value, out bool isMoved);
        DateTime At(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return (isRead ? At(value).ToString("yyyy-MM-ddTHH:mm:ss.fffffff") : null, isMoved);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
