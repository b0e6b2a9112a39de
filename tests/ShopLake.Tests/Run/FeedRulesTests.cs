using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Run;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Run;

public sealed class FeedRulesTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_source_that_brings_nothing_for_too_long_is_named()
    {
        Source source = TestLake.Payments() with { FreshWithin = TimeSpan.FromHours(36) };
        Found("freshness", source, DateTime.UtcNow).ShouldBe([$"source {source.Name} never brought anything"]);

        Deliver(source, 1, records: 3);
        DateTime delivered = _lake.Ledger.Records[0].CommittedAt;

        Found("freshness", source, delivered.AddHours(36)).ShouldBeEmpty();
        Found("freshness", source, delivered.AddHours(36).AddSeconds(1)).ShouldHaveSingleItem()
            .ShouldEndWith("which is longer than 36 hours");
        Found("freshness", source with { FreshWithin = null }, delivered.AddYears(1)).ShouldBeEmpty("nobody asked");
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_commit_of_unusual_size_is_named_once_what_is_usual_is_known(int records, bool isUsual)
    {
        Source source = TestLake.Payments();
        int[] earlier = [100, 5, 100, 900, 100];
        for (int day = 0; day < earlier.Length; day++)
        {
            Deliver(source, day, earlier[day]);
        }

        Found("volume", source, DateTime.UtcNow).ShouldBeEmpty("four commits before the last tell little");
        Deliver(source, earlier.Length, records);

        Found("volume", source, DateTime.UtcNow).Count.ShouldBe(isUsual ? 0 : 1);
    }

    [Fact]
    public void A_rule_of_the_lakes_own_is_judged_and_a_wrong_one_is_named()
    {
        string own = Directory.CreateDirectory(Path.Combine(_lake.Folder, "models", "ops")).FullName;
        string file = Path.Combine(own, "rejects.sql");
        File.WriteAllText(file, """
            /*
            check: many_rejects
            on: ops.sources
            severity: warn
            what: Many records could not be read.
            */
            SELECT source AS record_key, 'rejected ' || as_text(sum(rejected)) AS reason FROM ops.deliveries GROUP BY source
            """);
        Source source = TestLake.Payments();
        Deliver(source, 1, records: 2);
        LakeConfiguration configuration = _lake.Configuration(source) with { Models = Path.GetDirectoryName(own) };

        FeedRules.Judge(configuration, _lake.Ledger, DateTime.UtcNow).Single(rule => rule.Rule == "many_rejects")
            .Examples.ShouldHaveSingleItem().Reason.ShouldBe("rejected 0");

        File.WriteAllText(file, File.ReadAllText(file).Replace("sum(rejected)", "sum(refused)", StringComparison.Ordinal));
        Should.Throw<ShopLakeException>(() => FeedRules.Judge(configuration, _lake.Ledger, DateTime.UtcNow))
            .Message.ShouldContain("rejects.sql");
        File.WriteAllText(file, File.ReadAllText(file).Replace("severity: warn", "severity: fail", StringComparison.Ordinal));
        Should.Throw<ShopLakeException>(() => FeedRules.Judge(configuration, _lake.Ledger, DateTime.UtcNow))
            .Message.ShouldBe("models/ops/rejects.sql:1: a rule over feeds has the severity warn: what is late or little is published nonetheless.");
    }

    [Fact]
    public void What_a_rule_finds_is_told_by_the_names_of_the_sources()
    {
        Source[] sources = [.. new[] { "b", "c", "a" }.Select(name => TestLake.Payments() with { Name = name, FreshWithin = TimeSpan.FromHours(1) })];

        FeedRules.Judge(_lake.Configuration(sources), Ledger.Open(_lake.LakeFolder), DateTime.UtcNow)
            .Single(result => result.Rule == "freshness").Examples.Select(finding => finding.RecordKey).ShouldBe(["a", "b", "c"]);
    }

    private void Deliver(Source source, int number, int records)
    {
        string rows = string.Join('\n', Enumerable.Range(0, records).Select(row => $"p{number}-{row},o{row}"));
        _lake.Feed("payments.csv", $"payment_id,order_id\n{rows}\n");
        _lake.Ingest(source).Accepted.ShouldBe(records);
    }

    private List<string?> Found(string rule, Source source, DateTime now) =>
        [.. FeedRules.Judge(_lake.Configuration(source), Ledger.Open(_lake.LakeFolder), now)
            .Single(result => result.Rule == rule).Examples.Select(finding => finding.Reason)];
}
