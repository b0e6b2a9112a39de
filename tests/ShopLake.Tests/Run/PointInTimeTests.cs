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
    [InlineData("0", "There is no commit 0; the ledger has 1 to 2.")]
    [InlineData("3", "There is no commit 3; the ledger has 1 to 2.")]
    [InlineData("some day", "'some day' is neither a commit nor an instant.")]
    [InlineData("2000-01-01", "Nothing was in the lake at 2000-01-01 00:00:00Z.")]
    public void A_point_that_there_is_none_of_is_refused(string point, string message)
    {
        ShopLakeException refused = Should.Throw<ShopLakeException>(() => PointInTime.Resolve(_lake.Ledger, point));

        refused.Kind.ShouldBe(FailureKind.Usage);
        refused.Message.ShouldStartWith(message);
    }
}
