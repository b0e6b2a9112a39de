using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines.Spark;

/// <summary>A real Spark behind connections that break, and one that is killed.</summary>
public sealed class SparkLossTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void A_result_over_breaking_connections_is_whole_and_in_order()
    {
        var random = new Random(20_240_229);
        using var proxy = new BreakingProxy(
            TestSpark.Url, connection => connection < 12 ? random.Next(100_000, 3_000_000) : null);
        using SparkSession session = SparkSession.Open(SparkAddress.Parse(proxy.Url), None);
        session.Execute("SET spark.sql.execution.arrow.maxRecordsPerBatch = 1000", None);
        long next = 0;

        session.Read(
            "SELECT id, repeat('x', 100) AS padding FROM range(0, 200000, 1, 4)",
            _ => { },
            row => row[0].ShouldBe(next++),
            None);

        next.ShouldBe(200_000);
        proxy.Breaks.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Statements_over_breaking_connections_run_once()
    {
        using var folder = new TemporaryFolder();
        // The first bytes of a connection are settings of HTTP, of those behind them some belong to replies.
        using var proxy = new BreakingProxy(
            TestSpark.Url, connection => connection % 2 == 0 ? 400 + (connection * 100) : null);
        using SparkSession session = TestSpark.Open();
        session.Execute($"CREATE TABLE delta.`{folder.Path}/t` (id BIGINT) USING delta", None);

        for (int id = 0; id < 4; id++)
        {
            using SparkSession breaking = SparkSession.Open(SparkAddress.Parse(proxy.Url), None);
            breaking.Execute($"INSERT INTO delta.`{folder.Path}/t` VALUES ({id})", None);
        }

        proxy.Breaks.ShouldBeGreaterThan(0);
        QueryResult history = session.Execute($"DESCRIBE HISTORY delta.`{folder.Path}/t`", None);
        history.Rows.Count.ShouldBe(5);
        session.Query($"SELECT id FROM delta.`{folder.Path}/t` ORDER BY id", None).Rows
            .Select(row => row[0]).ShouldBe([0L, 1L, 2L, 3L]);
    }

    [Fact]
    public async Task A_killed_server_is_out_of_reach_and_a_new_one_is_another_session()
    {
        TestSpark.RequireScript();
        using SparkServer server = SparkServer.Start(SparkServer.Local);
        using SparkSession session = SparkSession.Open(
            SparkAddress.Parse(server.Url), [TimeSpan.Zero, TimeSpan.FromMilliseconds(100)], None);
        session.Execute("CREATE TEMPORARY VIEW kept AS SELECT 1 AS one", None);

        var ending = Task.Run(() =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
            server.End();
        });
        ShopLakeException killed = Should.Throw<ShopLakeException>(() => session.Query(
            "SELECT count(*) FROM range(1000000000) AS a CROSS JOIN range(1000000) AS b WHERE a.id * b.id % 7 = 3",
            None));
        killed.Kind.ShouldBe(FailureKind.OutOfReach, killed.Message);
        killed.Message.ShouldNotContain("\tat ");

        await ending;
        server.Begin(SparkServer.Local);
        ShopLakeException lost = Should.Throw<ShopLakeException>(
            () => session.Query("SELECT one FROM kept", None));
        lost.Kind.ShouldBe(FailureKind.OutOfReach, lost.Message);
        lost.Message.ShouldContain("is lost");
        using SparkSession next = SparkSession.Open(SparkAddress.Parse(server.Url), None);
        next.Query("SELECT 1", None).Rows.Count.ShouldBe(1);
    }
}
