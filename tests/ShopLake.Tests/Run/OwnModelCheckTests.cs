using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Engines;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

public sealed class OwnModelCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("day: date", "day", "silver.orders: order_id", "business_day(created_at) AS day",
        "`reads` of silver.orders, order_id, gives text, and is compared with gold.mine.day, which is date;")]
    [InlineData("day: date", "day", "silver.orders: created_at", "business_day(created_at) AS day",
        "`reads` of silver.orders, created_at, gives timestamp, and is compared with gold.mine.day, which is date;")]
    [InlineData("order_id: text", "order_id", "silver.orders: order_amount_minor", "order_id",
        "`reads` of silver.orders, order_amount_minor, gives bigint, and is compared with gold.mine.order_id, which is text;")]
    [InlineData("day: text", "day", "silver.orders: as_text(business_day(created_at))", "business_day(created_at) AS day",
        "its SELECT, for day, gives date, and is compared with gold.mine.day, which is text;")]
    [InlineData("amount: bigint", "amount", "silver.orders: order_amount_minor = gold.orders.order_day, gold.orders: order_amount_minor",
        "order_amount_minor AS amount FROM silver.orders WHERE order_id IN (SELECT order_id FROM gold.orders) UNION ALL SELECT 1",
        "`reads` of silver.orders, order_amount_minor, gives bigint, and is compared with gold.orders.order_day, which is date;")]
    [InlineData("order_id: text\n  day: date", "order_id", "silver.orders: order_id}\ntimeline: {at: day, during: {silver.orders: created_at}",
        "order_id, business_day(created_at) AS day",
        "`during` of silver.orders, created_at, gives timestamp, and is compared with gold.mine.day, which is date;")]
    public void A_scope_of_other_types_than_its_columns_is_refused(string columns, string key, string reads, string select, string mistake)
    {
        Own(columns, key, reads, select);

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.ShouldStartWith(
            $"{Path.GetFileName(_folder.Path)}/gold/mine.sql:1: {mistake} name what it is compared with, or give that type (");
        Should.Throw<ShopLakeException>(() => Require("sqlite"));
    }

    /// <summary>Numbers of other widths, and the words of another engine, which DuckDB does not know.</summary>
    [Theory]
    [InlineData("n: bigint", "n", "silver.orders: 1", "1 AS n")]
    [InlineData("n: double", "n", "silver.orders: order_amount_minor", "order_amount_minor AS n")]
    [InlineData("day: date", "day", "silver.orders: to_date_of_postgres(order_id)", "to_date_of_postgres(order_id) AS day")]
    public void What_can_be_compared_or_is_not_known_is_left_to_the_engine(string columns, string key, string reads, string select)
    {
        Own(columns, key, reads, select);

        Should.NotThrow(() => Require("duckdb"));
    }

    [Theory]
    [InlineData("order_id: text\n  paid: bigint", "order_id AS order_i, 1 AS paid",
        "its SELECT gives no order_id, which tables.yaml describes; it gives order_i, paid.",
        "its SELECT gives order_i, which tables.yaml does not describe; describe it, or leave it out.")]
    [InlineData("order_id: text", "ORDER_ID, user_id, 1 AS one",
        "its SELECT gives user_id, one, which tables.yaml does not describe; describe it, or leave it out.")]
    [InlineData("order_id: date", "order_id",
        "its SELECT, for order_id, gives text, and is compared with gold.mine.order_id, which is date; "
        + "name what it is compared with, or give that type (as_text, as_day, business_day, cast).")]
    public void A_select_that_gives_other_columns_than_are_described_is_refused(string columns, string select, params string[] mistakes)
    {
        Own(columns, "order_id", null, select);

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.Split('\n')
            .ShouldBe(mistakes.Select(mistake => $"{Path.GetFileName(_folder.Path)}/gold/mine.sql:1: {mistake}"));
    }

    [Fact]
    public void A_condition_is_true_or_false()
    {
        Own("order_id: text", "order_id", "silver.orders: order_id where user_id", "order_id");

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.ShouldEndWith(
            "gold/mine.sql:1: `reads` of silver.orders takes rows where user_id, which is text; write what is true or false.");
    }

    [Theory]
    [InlineData("rowid")]
    [InlineData("_PLACE")]
    public void What_names_where_rows_stand_names_no_column(string column)
    {
        Own($"order_id: text\n  {column}: text", "order_id", null, $"order_id, user_id AS {column}");

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.ShouldEndWith(
            $"gold/mine.sql:1: {column} names where a row stands while tables are updated; give the column another name.");
    }

    [Fact]
    public void A_word_of_SQL_cannot_tell_rows_apart()
    {
        Own("order: text", "order", null, "order_id AS \"order\"");

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.ShouldEndWith(
            "gold/mine.sql:1: order is a word of SQL's own, and cannot tell rows or pieces apart; give the column another name.");
    }

    [Theory]
    [InlineData("silver.orders", "warn", "order_id AS id, 'x' AS reason",
        "its SELECT gives no record_key, which a rule of this severity tells of each row; it gives id, reason.")]
    [InlineData("bronze.orders_raw", "quarantine", "order_id AS record_key, 'x' AS reason, _batch_id",
        "its SELECT gives no amount_minor, _source_file, _source_row, which a rule of this severity tells of each row; it gives record_key, reason, _batch_id.")]
    [InlineData("silver.orders", "fail", "1 AS record_key, 'x' AS reason", "its SELECT, for record_key, gives integer, and is compared with odd.record_key, which is text;")]
    public void A_rule_that_does_not_tell_what_it_found_is_refused(string on, string severity, string select, string mistake)
    {
        _folder.Write("checks/odd.sql", $"/*\ncheck: odd\non: {on}\nseverity: {severity}\nwhat: x\n*/\nSELECT {select} FROM {on}");

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message
            .ShouldStartWith($"{Path.GetFileName(_folder.Path)}/checks/odd.sql:1: {mistake}");
    }

    [Fact]
    public void The_findings_of_a_rule_are_text()
    {
        _folder.Write("checks/odd.sql", "/*\ncheck: odd\non: gold.revenue_daily\nseverity: warn\nwhat: x\nscope: [record_key]\n"
            + "reads: {gold.revenue_daily: day}\n*/\nSELECT as_text(day) AS record_key, 'x' AS reason FROM gold.revenue_daily");

        Should.Throw<ShopLakeException>(() => Require("duckdb")).Message.ShouldContain(
            "checks/odd.sql:1: `reads` of gold.revenue_daily, day, gives date, and is compared with odd.record_key, which is text;");
    }

    /// <summary>Read from another folder, so that they count as a shop's own.</summary>
    [Fact]
    public void The_shipped_models_and_rules_pass()
    {
        using TemporaryFolder copy = IncrementalTests.Models();
        var library = ModelLibrary.Load(copy.Path);
        library.Models.Count(model => model is { IsOwn: true, Scope: not null }).ShouldBeGreaterThan(50);

        Should.NotThrow(() => OwnModelCheck.Require(library, TestEngine.Configuration("duckdb", _folder.Path)));
    }

    private void Require(string engine) => OwnModelCheck.Require(
        ModelLibrary.Load(Catalog.LakeCatalog.ShippedModels, _folder.Path), TestEngine.Configuration(engine, _folder.Path));

    private void Own(string columns, string key, string? reads, string select)
    {
        string scope = reads is null ? "" : $"scope: [{key}]\nreads: {{{reads}}}\n";
        _folder.Write("gold/tables.yaml", $"mine:\n  {columns.Replace("\n", " — x\n", StringComparison.Ordinal)} — x\n");
        _folder.Write("gold/mine.sql",
            $"/*\nname: gold.mine\ngrain: [{key}]\nwhat: x\n{scope}*/\nSELECT {select} FROM silver.orders\n");
    }
}
