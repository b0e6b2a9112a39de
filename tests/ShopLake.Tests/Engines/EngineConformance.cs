using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Engines;
using ShopLake.Run;
using ShopLake.Tests.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What every engine must do alike. An engine takes part by one declaration: a class that names it.</summary>
/// <param name="engine">The word for it in <c>shoplake.yaml</c>.</param>
public abstract class EngineConformance(string engine) : IDisposable
{
    private static readonly TableDefinition Values = new("silver", "every_type",
    [
        new("id", ColumnType.Text, "what tells rows apart"),
        new("number", ColumnType.Bigint, "a number; with 'a quote', a \"name\" and a -- dash"),
        new("rate", ColumnType.Double, "a rate"),
        new("is_so", ColumnType.Boolean, "a truth"),
        new("at", ColumnType.Timestamp, "an instant"),
        new("day", ColumnType.Date, "a day"),
    ]);

    private static readonly object?[][] Rows =
    [
        ["a", long.MaxValue, 0.25, true, Utc(2024, 2, 29, 23, 59, 59, 999_999), new DateOnly(2024, 2, 29)],
        ["Z", long.MinValue, -1_244_567_890_123_455.5, false, Utc(1970, 1, 1, 0, 0, 0, 0), new DateOnly(1970, 1, 1)],
        ["ä|\\'|p", 0L, 0.1 + 0.2, null, Utc(1969, 12, 31, 23, 59, 59, 1), new DateOnly(9999, 12, 31)],
        ["𝄞", null, null, true, null, null],
        ["￿\n\"x\"", -1L, 123_456_789.123_456_7, false, Utc(9999, 12, 31, 0, 0, 0, 0), new DateOnly(1, 1, 1)],
        ["", 7L, 1.0 / 3, true, Utc(2024, 1, 1, 0, 0, 0, 10), new DateOnly(2024, 1, 1)],
    ];

    private readonly TemporaryFolder _folder = new();

    protected string Engine => engine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Values_of_every_type_come_back_as_they_went_in()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();

        warehouse.Fill(Values, "Every type, 'quoted' -- and dashed.", Rows);
        warehouse.Fill(Values, "Filling again is the same.", Rows);

        QueryResult result = warehouse.Query("SELECT * FROM silver.every_type", Cancellation);
        result.Columns.ShouldBe(["id", "number", "rate", "is_so", "at", "day"]);
        result.Rows.Select(Text).ShouldBe(Rows.Select(Text), ignoreOrder: true);

        warehouse.Stage("kept", "SELECT v.* FROM (SELECT * FROM silver.every_type) AS v", Cancellation);
        warehouse.Query("SELECT * FROM kept", Cancellation).Rows.Select(Text)
            .ShouldBe(Rows.Select(Text), ignoreOrder: true);
    }

    [Fact]
    public void The_digest_is_the_defined_one_and_sees_every_value()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        warehouse.Fill(Values, "", Rows);
        TableDigest.Of(Rows).Rows.ShouldBe(Rows.Length);
        warehouse.Digest(Values, Cancellation).ShouldBe(TableDigest.Of(Rows));

        object?[] other = [.. Rows[0][..4], ((DateTime)Rows[0][4]!).AddMicroseconds(-1), Rows[0][5]];
        warehouse.Fill(Values, "", [other, .. Rows[1..]]);
        warehouse.Digest(Values, Cancellation).ShouldNotBe(TableDigest.Of(Rows));

        warehouse.Fill(Values, "", []);
        warehouse.Digest(Values, Cancellation).ShouldBe(TableDigest.Of([]));
    }

    [Fact]
    public void Text_is_ordered_and_compared_by_its_bytes()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        warehouse.Fill(Values, "", Rows);

        warehouse.Query("SELECT id FROM silver.every_type ORDER BY id NULLS FIRST", Cancellation).Rows
            .Select(row => (string)row[0]!)
            .ShouldBe(["", "Z", "a", "ä|\\'|p", "￿\n\"x\"", "𝄞"]);
        warehouse.Query("SELECT max(id) FROM silver.every_type", Cancellation).Rows[0][0].ShouldBe("𝄞");
        warehouse.Query("SELECT count(*) FROM silver.every_type WHERE id LIKE 'A%'", Cancellation).Rows[0][0]
            .ShouldBe(0L);
    }

    [Fact]
    public void Columns_of_a_SELECT_go_by_name_and_what_stood_is_replaced()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        TableDefinition table = new("gold", "probe", [new("a", ColumnType.Bigint, ""), new("b", ColumnType.Text, "")]);

        warehouse.Materialize(table, "", "SELECT 'x' AS b, 1 AS a UNION ALL SELECT 'y', 2", Cancellation)
            .ShouldBe(2);
        warehouse.Materialize(table, "", "SELECT 'z' AS b, 3 AS a -- the end", Cancellation).ShouldBe(1);
        warehouse.Index(table, [["a"], ["b", "a"]], Cancellation);

        warehouse.Query("SELECT a, b FROM gold.probe", Cancellation).Rows.ShouldHaveSingleItem().ShouldBe([3L, "z"]);
    }

    [Fact]
    public void Changes_are_told_by_copies_and_put_in_place_by_key()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        TableDefinition table = new("gold", "probe", [new("k", ColumnType.Text, ""), new("v", ColumnType.Bigint, "")]);
        warehouse.Fill(table, "", [["a", 1L], ["b", 2L], ["c", null], ["d", 4L]]);
        warehouse.Stage("now", """
            WITH t(k, v) AS (VALUES ('a', 1), ('b', 3), ('c', NULL), ('e', 5))
            SELECT k, cast(v AS bigint) AS v FROM t
            """, Cancellation).ShouldBe(4);

        string changes = TableChanges.Between("\"k\", \"v\"", "gold.probe", "now");
        warehouse.Stage("changes", changes, Cancellation).ShouldBe(4);
        warehouse.Query("SELECT k, v, cast(_copies AS bigint) FROM changes ORDER BY k, _copies", Cancellation).Rows
            .Select(Text)
            .ShouldBe(["b | 2 | -1", "b | 3 | 1", "d | 4 | -1", "e | 5 | 1"]);

        string place = warehouse.Place is null ? "" : $", t.{warehouse.Place} AS {IEngine.PlaceColumn}";
        warehouse.Stage("before", $"SELECT k, v{place} FROM gold.probe AS t WHERE k <> 'c'", Cancellation).ShouldBe(3);
        warehouse.Replace(table, ["k"], "changes", "now", "before", Cancellation);
        warehouse.Query("SELECT k, v FROM gold.probe ORDER BY k", Cancellation).Rows.Select(Text)
            .ShouldBe(["a | 1", "b | 3", "c | ~", "e | 5"]);
        warehouse.Stage("changes", changes, Cancellation).ShouldBe(0);

        warehouse.Stage("now", "SELECT 'z' AS k, cast(26 AS bigint) AS v", Cancellation);
        warehouse.Stage("changes", changes, Cancellation);
        warehouse.Replace(table, [], "changes", "now", standing: null, Cancellation);
        warehouse.Query("SELECT k, v FROM gold.probe", Cancellation).Rows.Select(Text).ShouldBe(["z | 26"]);
    }

    [Fact]
    public void A_rollback_leaves_what_stood_and_a_second_transaction_follows_the_first()
    {
        TableDefinition table = new("ops", "probe", [new("v", ColumnType.Bigint, "")]);
        using (IEngine warehouse = Live())
        {
            warehouse.Exists(table).ShouldBeFalse();
            warehouse.Begin();
            warehouse.Append(table, "", [[1L]]);
            warehouse.Commit();
            warehouse.Begin();
            warehouse.Append(table, "", [[2L]]);
            warehouse.Fill(Values, "", Rows);
            warehouse.Rollback();
            warehouse.Rollback();
            warehouse.Exists(Values).ShouldBeFalse();
            warehouse.Begin();
            warehouse.Append(table, "", [[3L]]);
            warehouse.Commit();
        }

        using IEngine again = Live();
        again.Exists(table).ShouldBeTrue();
        again.Query("SELECT v FROM ops.probe ORDER BY v", Cancellation).Rows.Select(Text).ShouldBe(["1", "3"]);
        again.Begin();
        again.Drop("ops.probe");
        again.Drop("ops.probe");
        again.Exists(table).ShouldBeFalse();
        again.Rollback();
        again.Exists(table).ShouldBeTrue();
    }

    [Fact]
    public void Tables_made_anew_appear_with_the_commit_and_the_record_of_runs_goes_on()
    {
        TableDefinition record = new("ops", "probe", [new("v", ColumnType.Bigint, "A number.")]);
        TableDefinition table = new("gold", "probe", [new("state", ColumnType.Text, "")]);
        using (IEngine warehouse = Live())
        {
            warehouse.Begin();
            Write(warehouse, 1, "old");
            warehouse.Commit();
            warehouse.BeginAnew();
            Write(warehouse, 2, "new");
            warehouse.Rollback();
            Read(warehouse).ShouldBe("old 1");
            warehouse.BeginAnew();
            Write(warehouse, 3, "new");
            warehouse.Commit();
            Read(warehouse).ShouldBe("new 1 3");
            warehouse.Begin();
            Write(warehouse, 4, "newer");
            warehouse.Commit();
            warehouse.BeginAnew();
            Write(warehouse, 5, "newest");
            warehouse.Commit();
        }

        using IEngine again = Live();
        Read(again).ShouldBe("newest 1 3 4 5");

        void Write(IEngine warehouse, long number, string state)
        {
            warehouse.Append(record, "What happened.", [[number]]);
            warehouse.Materialize(table, "", $"SELECT '{state}' AS state", Cancellation).ShouldBe(1);
        }

        static string Read(IEngine warehouse) => string.Join(' ', warehouse.Query(
            "SELECT state FROM gold.probe", Cancellation).Rows.Concat(warehouse.Query(
            "SELECT v FROM ops.probe ORDER BY v", Cancellation).Rows).Select(Text));
    }

    [Theory]
    [InlineData("SELECT v + 1 AS v FROM silver.big")]
    [InlineData("SELECT v * 2 AS v FROM silver.big")]
    [InlineData("SELECT cast(sum(b.v) AS bigint) AS v FROM silver.big AS b CROSS JOIN (VALUES (1), (2)) AS twice")]
    [InlineData("SELECT mul_div(v, 2, 1) AS v FROM silver.big")]
    [InlineData("SELECT nonsense AS v FROM silver.big")]
    [InlineData("SELECT 'text' AS v FROM silver.big")]
    public void What_does_not_fit_is_an_error_and_the_transaction_can_be_forgotten(string select)
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        TableDefinition table = new("silver", "big", [new("v", ColumnType.Bigint, "")]);
        warehouse.Fill(table, "", [[long.MaxValue]]);

        TableDefinition bigger = table with { Name = "bigger" };
        Should.Throw<ShopLakeException>(() => warehouse.Materialize(bigger, "", select, Cancellation))
            .Kind.ShouldBe(FailureKind.Usage);

        warehouse.Rollback();
    }

    [Fact]
    public void Raw_rows_are_shown_and_later_commits_are_added_to_them()
    {
        using IEngine warehouse = Scratch();
        warehouse.Begin();
        TableDefinition raw = Silver.SmallLake.Library.Catalog.Raw("payments");
        const string first = "SELECT 'p' || i AS payment_id, 'o' AS order_id, 'SUCCESS' AS payment_status, "
            + "CAST([-5, 7.5, 12345678901234.5678, 8, NULL][i] AS DECIMAL(18, 4)) AS payment_amount, "
            + "TIMESTAMP '2024-02-29 23:59:59.000001' AS payment_ts, 'größe' AS source_system, "
            + "TIMESTAMP '2024-03-01 00:00:00' AS ingestion_time, CAST(1 AS BIGINT) AS _batch_id, "
            + "'a.csv' AS _source_file, CAST(i AS BIGINT) AS _source_row, 'upsert' AS _op, NULL AS _rescued "
            + "FROM range(1, 6) AS r(i)";
        string second = first.Replace("CAST(1 AS BIGINT)", "CAST(2 AS BIGINT)", StringComparison.Ordinal);
        string both = $"{first} UNION ALL {second}";
        var one = new BronzeState(1, _ => first, (_, after) => after < 1 ? first : $"{first} WHERE false");
        var two = new BronzeState(2, _ => both, (_, after) => after < 1 ? both : second);

        string all = warehouse.ExposeBronze(raw, one, 0, Cancellation)!;
        warehouse.Index(raw, [["_batch_id", "_source_file", "_source_row"]], Cancellation);
        warehouse.Stage("staged", all, Cancellation).ShouldBe(5);
        warehouse.Stage("staged", warehouse.ExposeBronze(raw, two, 1, Cancellation)!, Cancellation).ShouldBe(5);

        warehouse.Query("SELECT count(*), count(DISTINCT _batch_id) FROM bronze.payments_raw", Cancellation).Rows[0]
            .ShouldBe([10L, 2L]);
        warehouse.Query("SELECT DISTINCT payment_ts, source_system FROM bronze.payments_raw", Cancellation).Rows
            .ShouldHaveSingleItem().ShouldBe([Utc(2024, 2, 29, 23, 59, 59, 1), "größe"]);
        warehouse.Query("""
            SELECT
                as_text(payment_amount), to_minor(payment_amount), fits_minor(payment_amount) AND TRUE,
                payment_amount < 8, payment_amount < 0
            FROM bronze.payments_raw WHERE _batch_id = 1 ORDER BY _source_row
            """, Cancellation).Rows.Select(Text).Select(row => row.Replace("True", "1").Replace("False", "0")).ShouldBe(
            [
                "-5.0000 | -500 | 1 | 1 | 1", "7.5000 | 750 | 1 | 1 | 0", "12345678901234.5678 | ~ | 0 | 0 | 0",
                "8.0000 | 800 | 1 | 0 | 0", "~ | ~ | ~ | ~ | ~",
            ]);
        warehouse.Query("SELECT payment_amount FROM bronze.payments_raw WHERE _source_row = 3", Cancellation).Rows[0][0]
            .ShouldBe(12345678901234.5678m);
    }

    [Fact]
    public void Every_function_of_the_vocabulary_gives_what_it_must()
    {
        var differences = new List<string>();
        foreach (VocabularyPart part in VocabularyPart.Read())
        {
            using IEngine warehouse = LakeEngine.OpenScratch(
                TestEngine.Configuration(engine, _folder.Path, $"time.reporting_zone={part.Zone}"));
            warehouse.Begin();
            differences.AddRange(part.Differences(warehouse));
        }

        string.Join('\n', differences).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("America/Sao_Paulo")]
    [InlineData("America/Havana")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Chita")]
    [InlineData("Asia/Colombo")]
    [InlineData("Pacific/Apia")]
    public void Its_time_zones_are_those_of_dotnet(string zone)
    {
        var from = new DateTime(1999, 12, 31, 0, 0, 0, DateTimeKind.Utc);
        using IEngine warehouse = LakeEngine.OpenScratch(
            TestEngine.Configuration(engine, _folder.Path, $"time.reporting_zone={zone}"));

        ZoneCheckTests.ShouldAgreeOnThePast(warehouse, zone);
        var other = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        Should.Throw<ShopLakeException>(() => ZoneCheck.Verify(warehouse, other, from, Cancellation));
    }

    private IEngine Scratch() => LakeEngine.OpenScratch(TestEngine.Configuration(engine, _folder.Path));

    private IEngine Live() => LakeEngine.Open(TestEngine.Configuration(engine, _folder.Path));

    private static DateTime Utc(int year, int month, int day, int hour, int minute, int second, int microsecond) =>
        new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddMicroseconds(microsecond);

    private static string Text(object?[] row) => string.Join(" | ", row.Select(value => value switch
    {
        null => "~",
        DateTime instant => $"{instant:yyyy-MM-dd HH:mm:ss.ffffff} {instant.Kind}",
        DateOnly day => $"{day:yyyy-MM-dd}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    }));
}
