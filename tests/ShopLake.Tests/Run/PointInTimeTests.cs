using ShopLake.Bronze;
using ShopLake.Run;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Run;

public sealed class PointInTimeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public PointInTimeTests()
    {
        foreach (int commit in new[] { 1, 2 })
        {
            _lake.Feed("payments.csv", $"payment_id\np{commit}\n");
            _lake.Ingest(TestLake.Payments());
        }
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void An_instant_is_the_last_commit_that_was_made_by_then()
    {
        Ledger ledger = _lake.Ledger;
        DateTime second = ledger.Records[1].CommittedAt;

        PointInTime.Resolve(ledger, $"{second:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}").ShouldBe(2);
        PointInTime.Resolve(ledger, $"{second.AddMicroseconds(-1):yyyy-MM-dd'T'HH:mm:ss.ffffff}").ShouldBe(1);
        PointInTime.Resolve(ledger, "2").ShouldBe(2);
    }

    [Theory]
    [InlineData("2126-03-04")]
    [InlineData("2126-03-04 10:30")]
    [InlineData("2126-03-04T10:30Z")]
    [InlineData("2126-03-04 10:30:00.5+05:45")]
    [InlineData("2126-03-04T10:30:00.1234567-03:00")]
    public void An_instant_is_written_from_the_year_on(string point) =>
        PointInTime.Resolve(_lake.Ledger, point).ShouldBe(2);

    [Fact]
    public void A_lake_without_commits_has_no_points()
    {
        using var empty = new TestLake();

        Should.Throw<ShopLakeException>(() => PointInTime.Resolve(empty.Ledger, "1"))
            .Message.ShouldBe("There is no commit 1; the ledger is empty. Try: shoplake run");
    }

    [Theory]
    [InlineData("0", "There is no commit 0; the ledger has 1 to 2.")]
    [InlineData("3", "There is no commit 3; the ledger has 1 to 2.")]
    [InlineData("some day", "'some day' is neither a commit nor an instant.")]
    [InlineData("1.5", "'1.5' is neither a commit nor an instant.")]
    [InlineData("10:30", "'10:30' is neither a commit nor an instant.")]
    [InlineData("03/04/2126", "'03/04/2126' is neither a commit nor an instant.")]
    [InlineData("2000-01-01", "Nothing was in the lake at 2000-01-01 00:00:00Z.")]
    public void A_point_that_there_is_none_of_is_refused(string point, string message)
    {
        ShopLakeException refused = Should.Throw<ShopLakeException>(() => PointInTime.Resolve(_lake.Ledger, point));

        refused.Kind.ShouldBe(FailureKind.Usage);
        refused.Message.ShouldStartWith(message);
    }
}
