using System.Globalization;
using CsCheck;
using ShopLake.Configuration;
using ShopLake.Explain;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Explain;

/// <summary>The promise that a number can be followed to the raw rows that make it, held against random shops.</summary>
public sealed class TraceTests : IDisposable
{
    private const int TablesPerLake = 4;

    private static readonly long Lakes = long.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_RANDOM_LAKES") ?? "15", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _models = IncrementalTests.Models();

    public void Dispose() => _models.Dispose();

    /// <summary>Few ids, so that rows contradict, supersede and quarantine each other all the time.</summary>
    [Fact]
    public void The_traced_raw_rows_alone_give_the_same_row_whatever_contradicts_it()
    {
        var library = ModelLibrary.Load(_models.Path);
        Gen.Select(RandomShop.Steps(GrowingLake.Configurations.Count, 1), Gen.Int[0, 10_000]).Sample((steps, which) =>
        {
            using var lake = new ExplainedLake(
                steps.Select(step => step.Rows), GrowingLake.Configurations[steps[^1].Configuration], library);
            Mistakes(lake, which, TablesPerLake).ShouldBeEmpty();
        }, iter: Lakes, threads: 1);
    }

    /// <summary>Many orders, events and payments, so that tables have many rows of which few are traced.</summary>
    [Fact]
    public void The_traced_raw_rows_alone_give_the_same_row_among_many()
    {
        using ExplainedLake lake = ExplainedLake.Busy(3, ModelLibrary.Load(_models.Path));

        Mistakes(lake, 5, tables: int.MaxValue).ShouldBeEmpty();
    }

    /// <summary>A cohort is many customers, and some of them share a session with one of another cohort.</summary>
    [Fact]
    public void The_traced_raw_rows_alone_give_the_same_cohorts_of_a_simulated_shop()
    {
        using ExplainedLake lake = ExplainedLake.Simulated(ModelLibrary.Load(_models.Path));
        Model cohorts = lake.Library.Models.Single(model => model.Name == "gold.retention_cohorts");

        string.Concat(Enumerable.Range(1, 10).SelectMany(which => Mistakes(lake, cohorts, which * 37))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gold.revenue_daily", "prep.customer_orders: [is_first_order]", "prep.customer_orders: [items]", " new_customer_minor: ")]
    [InlineData("gold.as_of", "i.payment_at = t.as_of_at", "i.payment_at < t.as_of_at", " as_of_at: ")]
    [InlineData("gold.order_lifecycle_daily", "where order_status = 'CREATED'", "where order_status = 'PAID'", " added up")]
    public void A_wrong_hint_is_found(string table, string hint, string wrong, string found)
    {
        using TemporaryFolder mutant = IncrementalTests.Models(("3_gold/trace.yaml", hint, wrong));
        using ExplainedLake lake = ExplainedLake.Busy(3, ModelLibrary.Load(mutant.Path));
        Model model = lake.Library.Models.Single(candidate => candidate.Name == table);

        string.Concat(Enumerable.Range(0, 8).SelectMany(which => Mistakes(lake, model, which))).ShouldContain(found);
    }

    /// <summary>Without SQL: the raw rows that the parts of a day's numbers stand for, added up again.</summary>
    [Fact]
    public void The_raw_payments_of_a_day_are_its_revenue()
    {
        using ExplainedLake lake = ExplainedLake.Busy(3, ModelLibrary.Load(_models.Path));
        Trace trace = Explanation.Trace(lake.Engine, lake.Library, "gold.revenue_daily", "TRUE", int.MaxValue, null, default);

        foreach (TableRow day in trace.Rows)
        {
            RawRow[] captures = Raw(lake, trace, day, "gross_minor");
            Minor(captures).ShouldBe(day["gross_minor"]);
            captures.ShouldAllBe(payment => payment.Values["payment_status"] == "SUCCESS");
            Minor(Raw(lake, trace, day, "refunds_minor")).ShouldBe(day["refunds_minor"]);
            Minor([.. Raw(lake, trace, day, "new_customer_minor"), .. Raw(lake, trace, day, "repeat_customer_minor"),
                .. Raw(lake, trace, day, "guest_minor")]).ShouldBe(day["gross_minor"]);
            captures.Select(payment => payment.Values["order_id"])
                .Except(Raw(lake, trace, day, "paid_orders").Select(order => order.Values["order_id"])).ShouldBeEmpty();
        }

        trace.Rows.Sum(day => (long)day["gross_minor"]!).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_number_is_taken_apart_whatever_order_the_grain_has()
    {
        NumberTrace ordered = TraceOrderedMinor("""
            grain: [user_id, order_day]
            what: What a user ordered on a day.
            */
            SELECT order_day, user_id, cast(sum(ordered_minor) AS bigint) AS ordered_minor
            FROM gold.orders
            WHERE user_id IS NOT NULL
            GROUP BY order_day, user_id
            """, "order_day: date — day of the orders\n  user_id: text — who ordered");

        (ordered.Shown, ordered.Total, ordered.Count).ShouldBe((1500, 1500, 2));
    }

    [Fact]
    public void Rows_that_take_no_part_in_a_piece_are_no_parts_of_its_numbers()
    {
        NumberTrace ordered = TraceOrderedMinor("""
            grain: [user_id]
            what: What a user ordered in orders of more than 5.
            scope: [user_id]
            reads:
              gold.orders: user_id where ordered_minor > 500
            */
            SELECT user_id, cast(sum(ordered_minor) AS bigint) AS ordered_minor
            FROM gold.orders
            WHERE user_id IS NOT NULL AND ordered_minor > 500
            GROUP BY user_id
            """, "user_id: text — who ordered");

        (ordered.Shown, ordered.Total, ordered.Count).ShouldBe((1000, 1000, 1));
    }

    /// <summary>The parts of what an own model says of a user with orders of 10 and of 5 on one day.</summary>
    /// <param name="text">What stands behind the name in its file.</param>
    /// <param name="keys">Its columns beside ordered_minor.</param>
    private NumberTrace TraceOrderedMinor(string text, string keys)
    {
        using var own = new TemporaryFolder();
        own.Write("3_gold/ordered.sql", $"/*\nname: gold.ordered\n{text}\n");
        own.Write("3_gold/tables.yaml", $"ordered:\n  {keys}\n  ordered_minor: bigint — what was ordered\n");
        own.Write("3_gold/trace.yaml", "ordered:\n  sums:\n    ordered_minor: ordered_minor of gold.orders\n");
        using var lake = new ExplainedLake(
            [[Order("o1", "u1", "10", "2024-02-01 09:30"), Order("o2", "u1", "5", "2024-02-01 10:00")]],
            GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path, own.Path));

        return Explanation.Trace(lake.Engine, lake.Library, "gold.ordered", "TRUE", 10, null, default).Numbers.ShouldHaveSingleItem();
    }

    [Fact]
    public void Bronze_that_cannot_be_read_is_told_and_a_trace_can_be_stopped()
    {
        using var lake = new ExplainedLake(
            [[Order("o1", "u1", "10", "2024-02-01 09:30")]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        using var stop = new CancellationTokenSource();

        Should.Throw<ShopLakeException>(() => Trace(_ => "SELECT * FROM read_parquet('/nowhere/at-all.parquet')"))
            .Message.ShouldStartWith("Bronze cannot be read: ");
        Should.Throw<OperationCanceledException>(() => Trace(table =>
        {
            stop.CancelAfter(TimeSpan.FromMilliseconds(100));
            return $"SELECT raw.* FROM ({lake.Proving.Bronze.Select(table)}) AS raw, range(100000000000)";
        }));

        Trace Trace(Func<Catalog.TableDefinition, string> select) => Explanation.Trace(
            lake.Engine, lake.Library, "gold.orders", "TRUE", 10,
            lake.Proving with { Bronze = lake.Proving.Bronze with { Select = select } }, stop.Token);
    }

    [Fact]
    public void What_was_left_out_is_shown_with_its_reason()
    {
        RawRow order = Row("orders", ("order_id", "o1"), ("order_status", "CREATED"), ("order_ts", "2024-02-01 10:00"), ("order_amount", "10"));
        RawRow paid = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "10"), ("payment_ts", "2024-02-01 12:00"));
        RawRow corrected = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "9"), ("payment_ts", "2024-02-01 12:00"));
        RawRow negative = Row("payments", ("payment_id", "y1"), ("order_id", "o1"), ("payment_status", "SUCCESS"),
            ("payment_amount", "-9"), ("payment_ts", "2024-02-01 12:00"));
        RawRow orphan = Row("payments", ("payment_id", "y2"), ("order_id", "o2"), ("payment_status", "SUCCESS"),
            ("payment_amount", "5"), ("payment_ts", "2024-02-01 12:00"));
        using var lake = new ExplainedLake(
            [[order, paid, paid], [corrected, negative, orphan]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));

        Trace trace = Explanation.Trace(
            lake.Engine, lake.Library, "gold.revenue_daily", "day = '2024-02-01'", 10, lake.Proving, default);

        trace.Proof!.Differences.ShouldBeEmpty();
        trace.Numbers.Single(number => number.Column == "gross_minor").Parts.ShouldHaveSingleItem().Bronze
            .ShouldBe(new BronzePointer("bronze.payments_raw", 2, "payments.csv", 1));
        TracedBronze payments = trace.Bronze.Single(table => table.Table == "bronze.payments_raw");
        payments.Rows.Select(row => $"{row.Pointer.BatchId}/{row.Pointer.SourceRow} {row.Disposition}")
            .ShouldBe(["1/2 superseded", "1/3 duplicate", "2/1 used", "2/2 quarantined", "2/3 quarantined"]);
        payments.Rows[3].Reasons.ShouldHaveSingleItem().ShouldStartWith("non_negative: ");
        payments.Rows[4].Reasons.ShouldHaveSingleItem().ShouldStartWith("parent_exists: parent_missing");
    }

    [Fact]
    public void What_is_left_out_of_a_number_is_found_by_the_rows_that_take_part()
    {
        using var lake = new ExplainedLake([[
            Row("products", ("product_id", "p1"), ("category", "toys"), ("price", "10"), ("updated_at", "2024-01-01 10:00")),
            Row("products", ("product_id", "p1"), ("category", "toys"), ("price", "-1"), ("updated_at", "2024-01-02 10:00")),
            Event("e1", "u1", "s1", "2024-02-01 09:00"),
            Row("events", ("event_id", "e2"), ("user_id", "u1"), ("session_id", "s1"), ("event_type", "add_to_cart"), ("event_ts", "2024-02-01 09:10")),
            Row("events", ("event_id", "e3"), ("user_id", "u1"), ("session_id", "s1"), ("event_type", "checkout"), ("event_ts", "2024-02-01 09:20")),
            Row("events", ("event_id", "e4"), ("user_id", "u1"), ("session_id", "s1"), ("event_type", "wobble"), ("event_ts", "2024-02-02 08:00")),
            Order("o1", "u1", "10", "2024-02-01 09:30"), Order("o2", "u1", "-5", "2024-02-01 10:00"), Order("o9", null, "7", "2024-03-09 10:00"),
            Item("i1", "o1", "1"), Item("i2", "o1", "-1"), Item("i3", "o2", "1"), Item("i9", "o9", "1"), Item("i8", "o9", "-1"),
            Payment("y1", "o1", "10", "2024-02-01 12:00"), Payment("y2", "o1", null, "2024-02-03 12:00"),
            Payment("y3", "o2", "5", "2024-02-01 12:00"), Payment("y9", "o9", "7", "2024-03-09 12:00"),
            Payment("y8", "o9", null, "2024-03-10 12:00"),
        ]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));

        (string Table, string Where, string LeftOut)[] numbers =
        [
            ("gold.as_of", "TRUE", "y8"),
            ("gold.orders", "order_id = 'o1'", "e4 i2 y2"),
            ("gold.order_lines", "order_id = 'o1'", "i2 p1 y2"),
            ("gold.revenue_daily", "day = '2024-02-01'", "o2 y2 y3"),
            ("gold.revenue_by_order_day", "order_day = '2024-02-01'", "o2 y2 y3"),
            ("gold.intent_vs_revenue_daily", "order_day = '2024-02-01'", "o2 y2 y3"),
            ("gold.order_lifecycle_daily", "order_day = '2024-02-01'", "o2 y2 y3"),
            ("gold.payment_health_daily", "day = '2024-02-01'", "o2 y2 y3"),
            ("gold.funnel_daily", "day = '2024-02-01' AND unit = 'session'", "e4 y2"),
            ("gold.funnel_daily", "day = '2024-02-01' AND unit = 'user'", "e4 o2 y2 y3"),
            ("gold.abandonment_daily", "day = '2024-02-01'", "e4 o2 y2"),
            ("gold.retention_cohorts", "basis = 'first_event' AND period_grain = 'week'", "e4"),
            ("gold.retention_cohorts", "basis = 'first_paid_order' AND period_grain = 'week' AND cohort_start = '2024-01-29'", "o2 y2 y3"),
            ("gold.customers", "user_id = 'u1'", "o2 y2 y3"),
            ("gold.cohort_ltv", "cohort_month = '2024-02-01' AND months_since = 0", "o2 y2 y3"),
            ("gold.repeat_purchase", "cohort_month = '2024-02-01'", "o2 y2 y3"),
            ("gold.product_daily", "day = '2024-02-01' AND product_id = 'p1'", "i2 i3 o2 p1 y2 y3"),
            ("gold.category_daily", "day = '2024-02-01' AND category = 'toys'", "i2 i3 o2 p1 y2 y3"),
        ];

        foreach ((string table, string where, string leftOut) in numbers)
        {
            Trace trace = Explanation.Trace(lake.Engine, lake.Library, table, where, 100, lake.Proving, default);

            trace.Proof!.Differences.ShouldBeEmpty();
            string.Join(' ', trace.Bronze.SelectMany(LeftOut).Order(StringComparer.Ordinal)).ShouldBe(leftOut, $"{table} {where}");
        }
    }

    /// <summary>
    /// What is needed of one customer brings along a part of another: u2 by a session that both were in, u3 and u5 by the last
    /// instant of all, which is the data clock. In part they would be customers who begin, or a funnel on another device.
    /// </summary>
    [Theory]
    [InlineData("gold.retention_cohorts", "basis = 'first_event' AND period_grain = 'month' AND cohort_start = '2024-02-01'")]
    [InlineData("gold.retention_cohorts", "basis = 'first_event' AND period_grain = 'month' AND cohort_start = '2024-03-01'")]
    [InlineData("gold.retention_cohorts", "basis = 'first_paid_order' AND period_grain = 'month' AND cohort_start = '2024-03-01'")]
    [InlineData("gold.cohort_ltv", "cohort_month = '2024-03-01'")]
    [InlineData("gold.repeat_purchase", "cohort_month = '2024-03-01'")]
    [InlineData("gold.funnel_daily", "day = '2024-02-01' AND unit = 'user' AND device_type = 'mobile'", "viewed")]
    public void Who_is_there_in_part_begins_nothing(string table, string where, string counted = "customers")
    {
        using var lake = new ExplainedLake([[
            Event("e1", "u2", "s1", "2024-01-10 09:00"), Event("e7", "u2", "s6", "2024-02-01 08:00", "web"),
            Event("e2", "u1", "s2", "2024-02-01 09:00"), Event("e3", "u2", "s2", "2024-02-01 09:05"),
            Event("e4", "u5", "s3", "2024-01-03 09:00"), Event("e5", "u5", "s4", "2024-03-31 12:00"),
            Event("e6", "u6", "s5", "2024-03-03 09:00"),
            Order("o1", "u3", "10", "2024-01-05 10:00"), Payment("y1", "o1", "10", "2024-01-05 12:00"),
            Order("o2", "u3", "10", "2024-02-20 10:00"), Payment("y2", "o2", "10", "2024-03-31 12:00"),
            Order("o3", "u4", "10", "2024-03-01 10:00"), Payment("y3", "o3", "10", "2024-03-02 12:00"),
        ]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));

        Trace trace = Explanation.Trace(lake.Engine, lake.Library, table, where, 100, lake.Proving, default);

        trace.Proof!.Differences.ShouldBeEmpty();
        trace.Rows.ShouldAllBe(row => Equals(row[counted], 1L));
    }

    [Fact]
    public void A_row_that_a_damaged_table_holds_twice_does_not_hold()
    {
        using var lake = new ExplainedLake(
            [[Order("o1", "u1", "10", "2024-02-01 10:00"), Payment("y1", "o1", "10", "2024-02-01 12:00")]],
            GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        lake.Engine.Query("INSERT INTO gold.revenue_daily SELECT * FROM gold.revenue_daily", default);

        Trace trace = Explanation.Trace(
            lake.Engine, lake.Library, "gold.revenue_daily", "day = '2024-02-01'", 10, lake.Proving, default);

        trace.Proof!.Differences.ShouldBe(["day = as_day('2024-02-01'): there 2 times, computed again 1"]);
        trace.Numbers.Select(number => number.AddsUp).Distinct().ShouldBe([true]);
    }

    [Fact]
    public void What_the_proof_of_a_trace_copies_is_gone_afterwards()
    {
        using var lake = new ExplainedLake(
            [[Order("o1", "u1", "10", "2024-02-01 10:00"), Payment("y1", "o1", "10", "2024-02-01 12:00")]],
            GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));
        var tracer = new Tracer(lake.Engine, lake.Library, lake.Library.Models.Single(model => model.Name == "gold.revenue_daily"), default);
        tracer.Follow("SELECT * FROM gold.revenue_daily");
        string file;

        using (var narrowed = new NarrowedBronze(lake.Engine, lake.Bronze(lake.Batches), tracer, lake.Batches, "1GB", default))
        {
            file = narrowed.State.Select(lake.Library.Catalog.Raw("payments")).Split('\'')[1];
            File.Exists(file).ShouldBeTrue(file);
        }

        Directory.Exists(Path.GetDirectoryName(file)).ShouldBeFalse(file);
    }

    [Theory]
    [InlineData("gold.revenue_day", "TRUE", "Did you mean gold.revenue_daily?")]
    [InlineData("gold.revenue_daily", "day = '1999-01-01'", "No row of gold.revenue_daily fulfils")]
    [InlineData("gold.revenue_daily", "TRUE); DROP TABLE gold.orders; SELECT (1", "--where:1: ")]
    [InlineData("gold.revenue_daily", "TRUE) UNION SELECT * FROM gold.revenue_daily WHERE (TRUE", "--where:1: syntax error at or near \")\"")]
    [InlineData("gold.revenue_daily", "TRUE UNION SELECT * FROM gold.revenue_daily", "--where:1: syntax error at or near \"UNION\"")]
    [InlineData("gold.revenue_daily", "TRUE LIMIT 1", "--where:1: syntax error at or near \"LIMIT\"")]
    [InlineData("gold.revenue_daily", "day =", "--where:1: syntax error at end of input")]
    [InlineData("gold.revenue_daily", "TRUE AND\nday = = day", "--where:2: ")]
    [InlineData("gold.revenue_daily", " ", "--where: a condition is missing.")]
    public void A_question_that_has_no_answer_is_refused(string table, string where, string message)
    {
        using var lake = new ExplainedLake([[]], GrowingLake.Configurations[0], ModelLibrary.Load(_models.Path));

        Should.Throw<ShopLakeException>(() => Explanation.Trace(lake.Engine, lake.Library, table, where, 1, null, default))
            .Message.ShouldContain(message);
    }

    private static RawRow Row(string table, params (string Column, string? Value)[] cells) =>
        new(table, cells.ToDictionary(cell => cell.Column, cell => cell.Value));

    private static RawRow Order(string id, string? user, string amount, string at) => Row("orders", ("order_id", id),
        ("user_id", user), ("order_status", "CREATED"), ("order_ts", at), ("updated_at", at), ("order_amount", amount));

    private static RawRow Item(string id, string order, string quantity) => Row("order_items",
        ("order_item_id", id), ("order_id", order), ("product_id", "p1"), ("quantity", quantity), ("item_price", "10"));

    private static RawRow Event(string id, string user, string session, string at, string device = "mobile") => Row("events",
        ("event_id", id), ("user_id", user), ("session_id", session), ("event_type", "view"), ("event_ts", at), ("device_type", device));

    /// <param name="amount">Null where it is unreadable.</param>
    private static RawRow Payment(string id, string order, string? amount, string at) => Row("payments", ("payment_id", id),
        ("order_id", order), ("payment_status", "SUCCESS"), ("payment_amount", amount), ("payment_ts", at),
        ("_rescued", amount is null ? """{"payment_amount": "abc"}""" : null));

    private static IEnumerable<string> LeftOut(TracedBronze bronze) => bronze.Rows
        .Where(row => row.Disposition == "quarantined")
        .Select(row => (string)row.Values[bronze.Table["bronze.".Length..^"s_raw".Length] + "_id"]!);

    private static RawRow[] Raw(ExplainedLake lake, Trace trace, TableRow day, string column) =>
    [
        .. trace.Numbers.Single(number => number.Column == column && Equals(number.Row["day"], day["day"])).Parts
            .Select(part => lake[part.Bronze.ShouldNotBeNull()]),
    ];

    private static long Minor(IEnumerable<RawRow> payments) =>
        (long)(payments.Sum(payment => decimal.Parse(payment.Values["payment_amount"]!, CultureInfo.InvariantCulture)) * 100);

    /// <summary>Traces a row of some tables each, and tells what does not come out again or does not add up.</summary>
    private static string Mistakes(ExplainedLake lake, int which, int tables) => string.Concat(lake.Library.Models
        .Where(model => model.IsPublic)
        .OrderBy(model => (model.Name.Length * 31 + which) % 17)
        .Take(tables)
        .SelectMany(model => Mistakes(lake, model, which)));

    private static IEnumerable<string> Mistakes(ExplainedLake lake, Model model, int which)
    {
        string columns = string.Join(", ", model.Grain.DefaultIfEmpty("1"));
        QueryResult rows = lake.Engine.Query($"SELECT {columns} FROM {model.Name} ORDER BY {columns}", default);
        if (rows.Rows.Count == 0)
        {
            yield break;
        }

        object?[] row = rows.Rows[which % rows.Rows.Count];
        string where = string.Join(" AND ", model.Grain.Select((column, index) => $"{column} = {Literal.Of(row[index])}").DefaultIfEmpty("TRUE"));
        Trace trace = Explanation.Trace(lake.Engine, lake.Library, model.Name, where, 5, lake.Proving, default);
        foreach (string difference in trace.Proof!.Differences)
        {
            yield return $"{model.Name} {difference}\n";
        }

        foreach (NumberTrace number in trace.Numbers.Where(number => !number.AddsUp))
        {
            yield return $"{model.Name} {where} {number.Column}: {number.Shown} shown, {number.Total} added up\n";
        }
    }
}
