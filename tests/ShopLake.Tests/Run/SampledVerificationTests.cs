using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Explain;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>That a sample passes over what is right, and finds whatever is wrong in what it looks at.</summary>
public sealed class SampledVerificationTests(SampledVerificationTests.BusyLake busy)
    : IClassFixture<SampledVerificationTests.BusyLake>
{
    private static readonly SampleChoice Everything = new(1, 7);

    private readonly ExplainedLake _lake = busy.Lake;

    [Fact]
    public void A_share_of_every_table_is_computed_again_and_equal()
    {
        const string Tables = "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE NOT temporary ORDER BY name";
        object?[] before = [.. _lake.Engine.Query(Tables, default).Rows.Select(row => row[0])];

        IReadOnlyList<SampledTable> tables = Sample(_lake, new SampleChoice(0.2, 1));

        tables.Select(table => table.Table).ShouldBe(_lake.Library.Models.Select(model => model.Name));
        tables.Where(table => !table.IsEqual).ShouldBeEmpty();
        tables.Where(table => table is { Rows: > 0, Sampled: 0 }).Select(table => table.Table).ShouldBeEmpty();
        SampledTable events = tables.Single(table => table.Table == "silver.events");
        ((double)events.Sampled / events.Rows).ShouldBeInRange(0.1, 0.3);
        _lake.Engine.Query(Tables, default).Rows.Select(row => row[0]).ShouldBe(before, "nothing is left behind");
    }

    [Fact]
    public void The_same_seed_takes_the_same_pieces_and_another_one_others()
    {
        TableDigest[] first = Digests(1);

        Digests(1).ShouldBe(first);
        Digests(2).ShouldNotBe(first);

        TableDigest[] Digests(int seed) => [.. Sample(_lake, new SampleChoice(0.1, seed)).Select(table => table.Digest)];
    }

    [Theory]
    [InlineData("gold.orders", "UPDATE gold.orders SET refunded_minor = coalesce(refunded_minor, 0) + 1 WHERE order_id = (SELECT min(order_id) FROM gold.orders)")]
    [InlineData("silver.events", "DELETE FROM silver.events WHERE event_id = (SELECT max(event_id) FROM silver.events)")]
    [InlineData("gold.revenue_daily", "INSERT INTO gold.revenue_daily SELECT * REPLACE (DATE '1999-05-04' AS day) FROM gold.revenue_daily LIMIT 1")]
    [InlineData("gold.customers", "UPDATE gold.customers SET is_known = NOT is_known")]
    public void A_cell_a_missing_and_an_extra_row_are_found_where_they_are(string table, string damage) => Damaged(table, damage, () =>
    {
        SampledTable found = Sample(_lake, Everything).First(sampled => !sampled.IsEqual);

        found.Table.ShouldBe(table);
        (found.OnlyLive.Count + found.OnlyComputed.Count).ShouldBeGreaterThan(0);
    });

    [Fact]
    public void What_is_damaged_outside_the_sample_is_not_seen()
    {
        SampleChoice some = new(0.2, 3);
        string[] taken = [.. Sample(_lake, some).Select(table => $"{table.Table} {table.Sampled}")];
        const string Outside = """
            UPDATE gold.product_daily SET orders = orders + 1000
            WHERE hash_part('3|' || as_text(day) || '|' || as_text(product_id), 0) >= 0.2 * 4294967296
            """;
        Damaged("gold.product_daily", Outside, () =>
        {
            IReadOnlyList<SampledTable> tables = Sample(_lake, some);

            tables.Select(table => $"{table.Table} {table.Sampled}").ShouldBe(taken);
            tables.ShouldAllBe(table => table.IsEqual);
            Sample(_lake, Everything).ShouldContain(table => table.Table == "gold.product_daily" && !table.IsEqual);
        });
    }

    /// <summary>All pieces together are narrowed to everything; what a scope leaves out is seen in a share of them.</summary>
    [Theory]
    [InlineData("gold.orders", "3_gold/orders.sql", "prep.customer_orders: order_id", "prep.customer_orders: user_id")]
    [InlineData("silver.sessions", "2_silver/sessions.sql", "silver.events: session_id", "silver.events: event_id")]
    public void A_wrong_scope_is_found_in_what_was_computed_whole(string table, string file, string mapping, string wrong)
    {
        using TemporaryFolder mutant = IncrementalTests.Models((file, mapping, wrong));
        using ExplainedLake lake = ExplainedLake.Busy(3, ModelLibrary.Load(mutant.Path));

        Sample(lake, new SampleChoice(0.3, 7)).First(sampled => !sampled.IsEqual).Table.ShouldBe(table);
    }

    private static IReadOnlyList<SampledTable> Sample(ExplainedLake lake, SampleChoice sample) => SampledVerification.Compare(
        lake.Engine, lake.Library, lake.Bronze(lake.Batches), sample, null, CancellationToken.None);

    private void Damaged(string table, string damage, Action look)
    {
        Do($"CREATE TABLE ops.sound AS SELECT * FROM {table}");
        try
        {
            Do(damage);
            look();
        }
        finally
        {
            Do($"DELETE FROM {table}");
            Do($"INSERT INTO {table} SELECT * FROM ops.sound");
            Do("DROP TABLE ops.sound");
        }
    }

    private void Do(string sql) => _lake.Engine.Query(sql, CancellationToken.None);

    /// <summary>Built once, and as it was after each test.</summary>
    public sealed class BusyLake : IDisposable
    {
        private readonly TemporaryFolder _models = IncrementalTests.Models();

        public BusyLake() => Lake = ExplainedLake.Busy(3, ModelLibrary.Load(_models.Path));

        internal ExplainedLake Lake { get; }

        public void Dispose()
        {
            Lake.Dispose();
            _models.Dispose();
        }
    }
}
