using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Run;

namespace ShopLake.Tests.Run;

public sealed partial class ZoneCheckTests
{
    /// <summary>The day before the first one of a lake that names none.</summary>
    private static readonly DateTime From = new(1999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Havana")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Jerusalem")]
    [InlineData("America/Santiago")]
    [InlineData("Africa/Cairo")]
    [InlineData("America/Bogota")]
    [InlineData("Asia/Chita")]
    [InlineData("Asia/Colombo")]
    [InlineData("Pacific/Apia")]
    [InlineData("America/St_Johns")]
    [InlineData("Antarctica/Troll")]
    [InlineData("Africa/Casablanca")]
    [InlineData("America/Winnipeg")]
    public void DuckDB_and_dotnet_agree_on(string zone)
    {
        using DuckDbEngine engine = EngineIn(zone);

        ZoneCheck.Verify(engine, TimeZoneInfo.FindSystemTimeZoneById(zone), From, CancellationToken.None);
    }

    /// <summary>
    /// What the clocks of last year and later ones show hangs on the release of the zone data, and a server may have another
    /// one than the machine; then runs are refused, and the first instants that differ are told.
    /// </summary>
    internal static void ShouldAgreeOnThePast(IEngine engine, string zone)
    {
        try
        {
            ZoneCheck.Verify(engine, TimeZoneInfo.FindSystemTimeZoneById(zone), From, CancellationToken.None);
        }
        catch (ShopLakeException refused)
        {
            string first = refused.Message.Split('\n')[1];
            int.Parse(Year().Match(first).Value, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(DateTime.UtcNow.Year - 1, refused.Message);
        }
    }

    [Fact]
    public void A_difference_is_refused_and_the_instant_is_named()
    {
        using DuckDbEngine engine = EngineIn("Europe/Berlin");

        var failure = Should.Throw<ShopLakeException>(() =>
            ZoneCheck.Verify(engine, TimeZoneInfo.FindSystemTimeZoneById("Europe/Athens"), From, CancellationToken.None));

        failure.Kind.ShouldBe(FailureKind.OutOfReach);
        failure.Message.ShouldContain("1999-12-31 00:00:00.000000Z is 1999-12-31 01:00:00 in duckdb and 1999-12-31 02:00:00 in .NET");
    }

    [Theory]
    [InlineData("Africa/Johannesburg", "Europe/Athens", "2000-03-26 01:00:00.000000Z is 2000-03-26 03:00:00 in duckdb and 2000-03-26 04:00:00 in .NET")]
    [InlineData("Europe/Athens", "Africa/Johannesburg", "2000-04-01 00:00:00.000000Z is 2000-04-01 03:00:00 in duckdb and 2000-04-01 02:00:00 in .NET")]
    public void A_summer_time_that_only_one_of_them_knows_is_refused(string engines, string dotnets, string told)
    {
        using DuckDbEngine engine = EngineIn(engines);

        Should.Throw<ShopLakeException>(() =>
            ZoneCheck.Verify(engine, TimeZoneInfo.FindSystemTimeZoneById(dotnets), From, CancellationToken.None)).Message.ShouldContain(told);
    }

    /// <summary>Models of engines whose functions only name the zone are computed anew by it.</summary>
    [Fact]
    public void New_zone_data_of_the_same_name_are_another_clock()
    {
        Fingerprint.OfClock(Shop(lastSummer: 2030)).ShouldBe(Fingerprint.OfClock(Shop(lastSummer: 2030)));
        Fingerprint.OfClock(Shop(lastSummer: 2030)).ShouldNotBe(Fingerprint.OfClock(Shop(lastSummer: 2031)));

        static TimeZoneInfo Shop(int lastSummer) => TimeZoneInfo.CreateCustomTimeZone("Europe/Shop", TimeSpan.FromHours(1), "", "", "",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2000, 1, 1), new DateTime(lastSummer, 12, 31), TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 4, 1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 1)),
        ]);
    }

    [GeneratedRegex(@"\b\d{4}(?=-)")]
    private static partial Regex Year();

    private static DuckDbEngine EngineIn(string zone)
    {
        var configuration = new LakeConfiguration
        {
            ProjectFolder = "",
            Lake = "",
            Time = new TimeRules { ReportingZone = zone },
        };
        return DuckDbEngine.Open(":memory:", ModelVocabulary.Functions("duckdb", configuration), "1GB", spillFolder: null);
    }
}
