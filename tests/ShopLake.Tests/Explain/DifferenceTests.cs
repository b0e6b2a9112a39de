using System.Globalization;
using CsCheck;
using ShopLake.Engines.DuckDb;
using ShopLake.Explain;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Explain;

/// <summary>The promise that a changed number can be told, and that without its causes it is what it was.</summary>
public sealed class DifferenceTests : IDisposable
{
    private static readonly long Lakes = long.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_RANDOM_LAKES") ?? "10", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _models = IncrementalTests.Models();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Without_its_causes_a_row_is_what_it_was()
    {
        var library = ModelLibrary.Load(_models.Path);
        int rows = 0;
        Gen.Select(RandomShop.Steps(GrowingLake.Configurations.Count, 1), Gen.Int[0, 10_000]).Sample((steps, which) =>
        {
            using var lake = new ExplainedLake(
                steps.Select(step => step.Rows), GrowingLake.Configurations[steps[^1].Configuration], library);
            Mistakes(lake, which, ref rows).ShouldBeEmpty();
        }, iter: Lakes, threads: 1);
        rows.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_late_refund_is_the_cause_of_the_day_it_changes()
    {
        RawRow order = Row("orders", ("order_id", "o1"), ("order_status", "CREATED"), ("order_ts", "2024-02-01 10:00"), ("order_amount", "10"));
        RawRow paid = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "10"), ("payment_ts", "2024-02-01 12:00"));
        RawRow refund = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "REFUNDED"),
            ("payment_amount", "4"), ("payment_ts", "2024-02-01 18:00"));
        RawRow other = Row("payments", ("payment_id", "y2"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "1"), ("payment_ts", "2024-02-03 12:00"));
        using var lake = new ExplainedLake([[order, paid], [refund, other]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        using DuckDbEngine before = lake.At(1);
        var difference = new Difference(before, lake.Engine, lake.Library, 1, default);

        TableDifference days = difference.Of("gold.revenue_daily", 10);

        (days.Changed, days.Added, days.Removed).ShouldBe((1, 1, 0));
        RowDifference day = days.Rows.Single(row => row.Change == RowChange.Changed);
        day.Cells.ShouldBe([
            new CellDifference("refunds_minor", 0L, 400L), new CellDifference("net_minor", 1000L, 600L),
            new CellDifference("refund_entries", 0L, 1L)]);
        difference.Causes("gold.revenue_daily", day, 10).SelectMany(table => table.Rows)
            .ShouldContain(row => row.Pointer == new BronzePointer("bronze.payments_raw", 2, "payments.csv", 1));
        difference.Of("gold.stock_daily", 10).Count.ShouldBe(0);
    }

    [Fact]
    public void Scores_that_only_moved_because_others_did_are_named()
    {
        RawRow[] orders = [.. Enumerable.Range(1, 2).Select(n => Row("orders", ("order_id", $"o{n}"), ("user_id", $"u{n}"),
            ("order_status", "CREATED"), ("order_ts", "2024-02-01 10:00"), ("order_amount", "10")))];
        RawRow Paid(int n, string amount) => Row("payments", ("payment_id", $"y{n}"), ("order_id", $"o{n}"), ("payment_status", "SUCCESS"),
            ("payment_amount", amount), ("payment_ts", "2024-02-01 12:00"));
        using var lake = new ExplainedLake([[.. orders, Paid(1, "10")], [Paid(2, "1")]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        using DuckDbEngine before = lake.At(1);

        TableDifference customers = new Difference(before, lake.Engine, lake.Library, 1, default).Of("gold.customers", 10);

        customers.LeftOut.ShouldContain("monetary_score");
        customers.Rows.SelectMany(row => row.Cells).ShouldNotContain(cell => cell.Column == "monetary_score" && cell.Before != null);
    }

    [Fact]
    public void A_row_that_a_damaged_table_holds_twice_is_one_more()
    {
        RawRow order = Row("orders", ("order_id", "o1"), ("order_status", "CREATED"), ("order_ts", "2024-02-01 10:00"), ("order_amount", "10"));
        RawRow paid = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "10"), ("payment_ts", "2024-02-01 12:00"));
        using var lake = new ExplainedLake([[order, paid], []], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        using DuckDbEngine before = lake.At(1);
        lake.Engine.Query("INSERT INTO gold.revenue_daily SELECT * FROM gold.revenue_daily", default);

        TableDifference days = new Difference(before, lake.Engine, lake.Library, 1, default).Of("gold.revenue_daily", 10);

        (days.Changed, days.Added, days.Removed).ShouldBe((0, 1, 0));
    }

    private static string Mistakes(ExplainedLake lake, int which, ref int rows)
    {
        long then = lake.Batches - 1;
        using DuckDbEngine before = lake.At(then);
        using DuckDbEngine scratch = lake.Open();
        var difference = new Difference(before, lake.Engine, lake.Library, then, default);
        var mistakes = new List<string>();
        foreach (Model model in lake.Library.Models.Where(model => model.IsPublic))
        {
            TableDifference table = difference.Of(model.Name, int.MaxValue);
            if (table.Count == 0 || (model.Name.Length + which) % 4 > 0)
            {
                continue;
            }

            rows++;
            RowDifference row = table.Rows[which % table.Rows.Count];
            if (row.Cells.Any(cell => cell.Column != "ledger_sequence") && difference.Causes(model.Name, row, 1).Count == 0)
            {
                mistakes.Add($"{model.Name} {string.Join(", ", row.Key.Values)}: no causes");
            }

            Tracer tracer = difference.Follow(model, row.Key);
            using var narrowed = new NarrowedBronze(lake.Engine, lake.Bronze(lake.Batches), tracer, then, "1GB", default);
            Recomputed.From(scratch, lake.Library, lake.Configuration, narrowed.State, model, default);
            mistakes.AddRange(Recomputed.Differences(scratch, model, Then(before, model, row), default)
                .Select(mistake => $"{model.Name} {mistake}"));
            if (row.Change == RowChange.Added && !Recomputed.Differences(scratch, model, [Whole(model, row)], default)
                .Single().EndsWith("not there when computed again", StringComparison.Ordinal))
            {
                mistakes.Add($"{model.Name} {row.Key.Values[0]}: there without its causes");
            }
        }

        return string.Join('\n', mistakes);
    }

    private static TableRow[] Then(DuckDbEngine before, Model model, RowDifference row)
    {
        string where = string.Join(" AND ", row.Key.Columns.Select((column, index) =>
            $"{column} = {Literal.Of(row.Key.Values[index])}").DefaultIfEmpty("TRUE"));
        var old = before.Query($"SELECT * FROM {model.Name} WHERE {where}", default);
        return [.. old.Rows.Select(values => new TableRow(old.Columns, values))];
    }

    private static TableRow Whole(Model model, RowDifference row) => new(
        [.. model.Table.Columns.Select(column => column.Name)],
        [.. model.Table.Columns.Select(column => row.Key.Columns.Contains(column.Name) ? row.Key[column.Name] : null)]);

    private static RawRow Row(string table, params (string Column, string? Value)[] cells) =>
        new(table, cells.ToDictionary(cell => cell.Column, cell => cell.Value));
}
