using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines.Spark;

/// <summary>The client against a real Spark.</summary>
public sealed class SparkSessionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void Values_of_every_type_come_as_they_are()
    {
        using SparkSession session = TestSpark.Open();

        QueryResult result = session.Query("""
            SELECT 1 AS small, 9223372036854775807L AS large, 1.5D AS rate, cast('12.3400' AS DECIMAL(18,4)) AS amount,
                'Zoë 日本' AS text, true AS truth, DATE '1969-12-31' AS day,
                TIMESTAMP '2024-02-29 23:59:59.123456Z' AS instant, NULL AS nothing, cast(NULL AS BIGINT) AS missing,
                cast(0.1 AS FLOAT) AS single, cast(7 AS TINYINT) AS tiny, cast(8 AS SMALLINT) AS short
            """, None);

        result.Columns.ShouldBe(
        [
            "small", "large", "rate", "amount", "text", "truth", "day", "instant", "nothing", "missing", "single",
            "tiny", "short",
        ]);
        result.Rows.ShouldHaveSingleItem().ShouldBe(
        [
            1L, long.MaxValue, 1.5, 12.3400m, "Zoë 日本", true, new DateOnly(1969, 12, 31),
            new DateTime(2024, 2, 29, 23, 59, 59, 123, 456, DateTimeKind.Utc), null, null, (double)0.1f, 7L, 8L,
        ]);
    }

    [Fact]
    public void A_result_of_many_batches_is_whole_and_in_order()
    {
        using SparkSession session = TestSpark.Open();
        long next = 0;

        session.Read(
            "SELECT id, repeat('x', 100) AS padding FROM range(0, 200000, 1, 4)",
            columns => columns.ShouldBe(["id", "padding"]),
            row => row[0].ShouldBe(next++),
            None);

        next.ShouldBe(200_000);
    }

    [Fact]
    public void A_result_without_rows_has_its_columns()
    {
        using SparkSession session = TestSpark.Open();

        QueryResult result = session.Query("SELECT id, 'x' AS text FROM range(10) WHERE id < 0", None);

        result.Columns.ShouldBe(["id", "text"]);
        result.Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Commands_run_once_and_return_their_own_rows()
    {
        using var folder = new TemporaryFolder();
        using SparkSession session = TestSpark.Open();

        session.Execute($"CREATE TABLE delta.`{folder.Path}/t` (id BIGINT) USING delta", None);
        session.Execute($"INSERT INTO delta.`{folder.Path}/t` VALUES (1), (2)", None);
        QueryResult merged = session.Execute($"""
            MERGE INTO delta.`{folder.Path}/t` AS old USING (SELECT 2L AS id) AS new ON old.id = new.id
            WHEN MATCHED THEN DELETE
            """, None);

        merged.Rows.ShouldHaveSingleItem()[merged.Columns.ToList().IndexOf("num_deleted_rows")].ShouldBe(1L);
        session.Query($"SELECT count(*) FROM delta.`{folder.Path}/t`", None).Rows[0][0].ShouldBe(1L);
        session.Execute($"DESCRIBE HISTORY delta.`{folder.Path}/t`", None).Rows.Count.ShouldBe(3);
    }

    [Fact]
    public void Rows_of_the_program_become_a_view()
    {
        using SparkSession session = TestSpark.Open();
        ColumnDefinition[] columns =
        [
            new("text", ColumnType.Text, ""), new("number", ColumnType.Bigint, ""),
            new("amount", ColumnType.Amount, ""), new("rate", ColumnType.Double, ""),
            new("truth", ColumnType.Boolean, ""), new("instant", ColumnType.Timestamp, ""),
            new("day", ColumnType.Date, ""),
        ];
        object?[][] rows =
        [
            [
                "a'b`c\\d\n", -1L, -0.0001m, double.MaxValue, false,
                new DateTime(1950, 1, 1, 0, 0, 0, 1, DateTimeKind.Utc), new DateOnly(1600, 1, 1),
            ],
            [null, null, null, null, null, null, null],
        ];

        session.CreateView("words", columns, rows, None);
        session.Query("SELECT * FROM words ORDER BY number NULLS LAST", None).Rows.ShouldBe(rows);

        session.CreateView("words", columns, [], None);
        session.Query("SELECT * FROM words", None).Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Parquet_of_several_folders_becomes_one_view()
    {
        using var folder = new TemporaryFolder();
        using SparkSession session = TestSpark.Open();
        ColumnDefinition[] columns = [new("id", ColumnType.Bigint, ""), new("later_column", ColumnType.Text, "")];
        string[] paths = [$"{folder.Path}/first", $"{folder.Path}/second's [one]"];
        foreach (string path in paths)
        {
            session.Execute($"INSERT OVERWRITE DIRECTORY \"{path}\" USING parquet SELECT id FROM range(3)", None);
        }

        // Spark reads paths as patterns.
        string[] patterns = [.. paths.Select(path => path.Replace("[", "\\[").Replace("]", "\\]"))];
        session.CreateParquetView("known", columns, patterns, None);

        session.Query("SELECT sum(id), count(*), count(later_column) FROM known", None).Rows
            .ShouldHaveSingleItem().ShouldBe([6L, 6L, 0L]);
    }

    [Fact]
    public void An_error_has_Sparks_class_and_the_line_and_no_stack()
    {
        using SparkSession session = TestSpark.Open();

        ShopLakeException error = Should.Throw<ShopLakeException>(
            () => session.Query("SELECT 1,\n    missing_column\nFROM range(1)", None));

        error.Kind.ShouldBe(FailureKind.Usage);
        error.Message.ShouldContain("[UNRESOLVED_COLUMN");
        error.Message.ShouldContain("LINE 2:     missing_column");
        error.Message.ShouldNotContain("\tat ");
        error.Message.ShouldNotContain("Project");
        error.InnerException.ShouldBeOfType<SparkErrorException>().ErrorClass.ShouldStartWith("UNRESOLVED_COLUMN");
    }

    [Theory]
    [InlineData("SELECT 1 / (id - id) FROM range(3)", "DIVIDE_BY_ZERO")]
    [InlineData("SELEC 1", "PARSE_SYNTAX_ERROR")]
    [InlineData("SELECT * FROM nowhere.nothing", "TABLE_OR_VIEW_NOT_FOUND")]
    [InlineData("SELECT cast('x' AS INT)", "CAST_INVALID_INPUT")]
    public void Errors_are_told_apart_by_class(string sql, string errorClass)
    {
        using SparkSession session = TestSpark.Open();

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Query(sql, None));

        error.Kind.ShouldBe(FailureKind.Usage, error.Message);
        ((SparkErrorException)error.InnerException!).ErrorClass.ShouldBe(errorClass);
        error.Message.Split('\n').Length.ShouldBeLessThanOrEqualTo(5, error.Message);
    }

    [Fact]
    public void A_value_larger_than_a_usual_message_arrives()
    {
        using SparkSession session = TestSpark.Open();

        object? value = session.Query("SELECT repeat('x', 20000000) AS text", None).Rows[0][0];

        ((string)value!).Length.ShouldBe(20_000_000);
    }

    [Theory]
    [InlineData("SELECT map('a', 1) AS pairs", "Column pairs has the type map", "cast(pairs AS string)")]
    [InlineData("SELECT cast('1e37' AS DECIMAL(38,0)) AS much", "Column much", "cast(much AS string)")]
    [InlineData("SELECT TIMESTAMP '+12000-01-01 00:00:00Z' AS late", "Column late", "cast(late AS string)")]
    [InlineData("SELECT DATE '+12000-01-01' AS later", "Column later", "cast(later AS string)")]
    public void What_no_column_of_ShopLake_can_hold_is_named(string sql, string what, string cure)
    {
        using SparkSession session = TestSpark.Open();

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Query(sql, None));

        error.Kind.ShouldBe(FailureKind.Usage);
        error.Message.ShouldContain(what);
        error.Message.ShouldContain(cure);
    }

    [Fact]
    public void A_failure_inside_a_job_has_its_cause_and_no_stack()
    {
        using var folder = new TemporaryFolder();
        using SparkSession session = TestSpark.Open();

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Execute(
            $"""
            CREATE TABLE delta.`{folder.Path}/t` USING delta AS
            SELECT CASE WHEN id > 1 THEN raise_error('too odd') ELSE id END AS id FROM range(3)
            """, None));

        error.Kind.ShouldBe(FailureKind.Usage, error.Message);
        error.Message.ShouldContain("too odd");
        error.Message.ShouldNotContain("\tat ");
        error.Message.Split('\n').Length.ShouldBeLessThanOrEqualTo(4, error.Message);
    }

    [Fact]
    public void A_statement_can_be_cancelled()
    {
        using SparkSession session = TestSpark.Open();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        Should.Throw<OperationCanceledException>(() => session.Query(
            "SELECT count(*) FROM range(1000000000) AS a CROSS JOIN range(1000000) AS b WHERE a.id * b.id % 7 = 3",
            cancellation.Token));

        session.Query("SELECT 1", None).Rows.Count.ShouldBe(1);
    }

    [Fact]
    public void Where_nobody_listens_the_address_is_named()
    {
        ShopLakeException error = Should.Throw<ShopLakeException>(() => SparkSession.Open(
            SparkAddress.Parse("sc://127.0.0.1:1"), [TimeSpan.Zero], None));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain("sc://127.0.0.1:1 cannot be reached");
    }
}
