using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

public sealed class QueryCommandTests : IDisposable
{
    private static readonly TableDefinition Numbers = new("gold", "numbers",
    [
        new("id", ColumnType.Text, "id"),
        new("amount_minor", ColumnType.Bigint, "money"),
        new("rate", ColumnType.Double, "ratio"),
        new("at", ColumnType.Timestamp, "instant"),
        new("day", ColumnType.Date, "day"),
    ]);

    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public QueryCommandTests() =>
        _config = _folder.Write("shoplake.yaml", "sources: { payments: { table: payments, path: a.csv } }");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_is_for_people()
    {
        Fill();

        Query("SELECT * FROM gold.numbers ORDER BY id").Output.ShouldBe("""
              id     amount_minor   rate   at                     day
            ──────────────────────────────────────────────────────────────────
              a, b           1200    0.5   2025-01-02T03:04:05Z   2025-01-02
              c

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_table_for_people_shows_the_first_rows_and_says_how_many_there_are()
    {
        Fill();

        CommandRun run = Query("SELECT i FROM range(201) AS r(i) ORDER BY i");

        run.Output.TrimEnd().Split('\n').Length.ShouldBe(2 + 200);
        run.Error.ShouldBe("200 of 201 rows; --csv and --json give all.\n");
    }

    [Fact]
    public void Json_has_no_name_twice()
    {
        Fill();
        const string sql = "SELECT id, day, id, day AS d FROM gold.numbers";

        CommandRun refused = Query(sql, "--json");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("Several columns are named id, and");
        Query(sql, "--csv").Output.ShouldStartWith("id,day,id,d\n");
    }

    [Fact]
    public void Csv_quotes_what_must_be_quoted()
    {
        Fill();

        Query("SELECT id, amount_minor, '' AS nothing FROM gold.numbers ORDER BY id", "--csv").Output
            .ShouldBe("id,amount_minor,nothing\n\"a, b\",1200,\"\"\nc,,\"\"\n");
    }

    [Fact]
    public void Json_keeps_types()
    {
        Fill();

        Query("SELECT *, [1, 2] AS list FROM gold.numbers WHERE rate IS NOT NULL", "--json").Output.ShouldBe(
            "[\n{\"id\":\"a, b\",\"amount_minor\":1200,\"rate\":0.5,\"at\":\"2025-01-02T03:04:05Z\","
            + "\"day\":\"2025-01-02\",\"list\":[1,2]}\n]\n");
        Query("SELECT 1 WHERE false", "--json").Output.ShouldBe("[]\n");
    }

    [Theory]
    [InlineData("DELETE FROM gold.numbers")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("COPY (SELECT 1) TO 'x.csv'")]
    [InlineData("ATTACH ':memory:' AS other")]
    [InlineData("SET memory_limit = '1GB'")]
    public void Only_one_select_may_run(string sql)
    {
        Fill();

        var run = Query(sql);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe(
            "Error: A query is one SELECT (or DESCRIBE, SHOW, SUMMARIZE); the warehouse is changed by runs only.\n");
    }

    [Theory]
    [InlineData("SELECT * FROM read_text('/etc/hostname')")]
    [InlineData("SELECT * FROM 'other.csv'")]
    [InlineData("SELECT * FROM glob('/etc/*')")]
    public void No_file_outside_of_Bronze_can_be_reached(string sql)
    {
        Fill();

        var run = Query(sql);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("Permission Error");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public void Wrong_sql_shows_where()
    {
        Fill();

        Query("SELECT a FROM gold.nmbers").Error.ShouldContain("Did you mean \"numbers\"?");
        Query("SELEC 1").Error.ShouldContain("LINE 1: SELEC 1");
    }

    [Theory]
    [InlineData("interval 1 month")]
    [InlineData("'infinity'::timestamp")]
    [InlineData("union_value(num := 2)")]
    [InlineData("['-infinity'::date]")]
    public void A_value_that_cannot_be_shown_names_its_column_and_the_cure(string value)
    {
        Fill();

        var run = Query($"SELECT 1 AS a, {value} AS odd");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe("Error: Column odd holds a value that cannot be shown as it is. "
            + "Cast it to text in the query: cast(x AS varchar).\n");
        Query($"SELECT cast({value} AS varchar) AS odd").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Bytes_are_shown_in_hexadecimal()
    {
        Fill();

        Query("SELECT 'ab'::blob AS b, ''::blob AS nothing", "--csv").Output.ShouldBe("b,nothing\n6162,\n");
        Query("SELECT 'ab'::blob AS b", "--json").Output.ShouldBe("[\n{\"b\":\"6162\"}\n]\n");
    }

    [Fact]
    public void Times_and_short_numbers_are_shown_whole()
    {
        Fill();

        Query("SELECT '10:00:01'::time AS a, '10:00:01.5'::time AS b, [0.5::float] AS c", "--json").Output
            .ShouldBe("[\n{\"a\":\"10:00:01\",\"b\":\"10:00:01.500000\",\"c\":[0.5]}\n]\n");
    }

    [Theory]
    [InlineData("--csv")]
    [InlineData("--json")]
    public void Many_rows_all_arrive(string form)
    {
        Fill();

        Query("SELECT range AS n FROM range(30000)", form).Output.Split('\n')
            .Count(line => line.Contains("29999", StringComparison.Ordinal) || line.Contains("10000", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void Without_a_warehouse_it_says_what_to_do()
    {
        var run = Query("SELECT 1");

        run.ExitCode.ShouldBe(4);
        run.Error.ShouldEndWith($"warehouse.duckdb yet.\nTry: shoplake run --config {_config}, which builds it.\n");
    }

    private void Fill()
    {
        using var engine = LakeEngine.Open(ConfigurationLoader.Load(_config));
        engine.Fill(OpsTables.Published, "For this test.", [[1L, 0L, "", "", "", DateTime.UtcNow]]);
        engine.Fill(Numbers, "For this test.",
        [
            ["a, b", 1200L, 0.5, new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateOnly(2025, 1, 2)],
            ["c", null, null, null, null],
        ]);
    }

    private CommandRun Query(string sql, params string[] options) =>
        CommandRun.Of(["query", sql, "--config", _config, .. options]);
}
