using DuckDB.NET.Data;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Engines.DuckDb;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What only DuckDB's warehouse has: a file of its own for tables that are made anew.</summary>
public sealed class DuckDbWarehouseTests : IDisposable
{
    private static readonly TableDefinition Record = new("ops", "probe", [new("v", ColumnType.Bigint, "It's a number.")]);

    private readonly TemporaryFolder _folder = new();

    private string[] Files => [.. Directory.EnumerateFiles(Configuration.Lake).Select(Path.GetFileName).Order()!];

    private LakeConfiguration Configuration => TestEngine.Configuration("duckdb", _folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_new_tables_takes_the_place_of_the_warehouse_and_nothing_is_left_beside_it()
    {
        using (IEngine warehouse = LakeEngine.Open(Configuration))
        {
            warehouse.Begin();
            warehouse.Append(Record, "What happened.", [[1L]]);
            warehouse.Commit();
            warehouse.BeginAnew();
            warehouse.Append(Record, "What happened.", [[2L]]);
            Files.ShouldContain("warehouse.duckdb.anew");
            warehouse.Commit();
            Files.ShouldBe(["warehouse.duckdb"]);
        }

        Files.ShouldBe(["warehouse.duckdb"]);
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration);
        Texts(reader, "SELECT v FROM ops.probe ORDER BY v").ShouldBe(["1", "2"]);
        Texts(reader, """
            SELECT comment FROM duckdb_tables() WHERE table_name = 'probe'
            UNION ALL
            SELECT comment FROM duckdb_columns() WHERE table_name = 'probe'
            """).ShouldBe(["What happened.", "It's a number."]);
    }

    [Fact]
    public void The_functions_in_the_file_are_those_that_its_tables_were_made_by()
    {
        using (IEngine warehouse = LakeEngine.Open(Configuration))
        {
            warehouse.BeginAnew();
            warehouse.Append(Record, "", [[1L]]);
            warehouse.Commit();
        }

        using (IEngine warehouse = LakeEngine.Open(Configuration with { Time = new TimeRules { LateAfter = TimeSpan.FromHours(3) } }))
        {
            warehouse.Query("SELECT late_after_seconds()", CancellationToken.None).Rows[0][0].ShouldBe(10800L);
        }

        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration);
        Texts(reader, "SELECT late_after_seconds() FROM ops.probe").ShouldBe(["86400"]);
    }

    [Fact]
    public void What_the_machine_lacks_is_no_fault_of_the_SQL()
    {
        using var warehouse = DuckDbEngine.Open(":memory:", "SELECT 1", "10MB", spillFolder: null);

        var lack = Should.Throw<ShopLakeException>(() => warehouse.Query("SELECT i FROM range(10000000) AS r(i) ORDER BY hash(i)", default));

        lack.Kind.ShouldBe(FailureKind.OutOfReach);
        lack.Message.ShouldEndWith("Set a greater limits.memory_limit in shoplake.yaml.");
    }

    [Fact]
    public void What_an_interrupted_run_left_is_deleted_and_the_warehouse_is_as_it_was()
    {
        using (IEngine warehouse = LakeEngine.Open(Configuration))
        {
            warehouse.Begin();
            warehouse.Append(Record, "", [[1L]]);
            warehouse.Commit();
            warehouse.BeginAnew();
            warehouse.Append(Record, "", [[2L]]);
        }

        Files.ShouldBe(["warehouse.duckdb"]);
        File.WriteAllText(Path.Combine(Configuration.Lake, "warehouse.duckdb.anew"), "half of a page");
        using (LakeEngine.Open(Configuration))
        {
            Files.ShouldNotContain("warehouse.duckdb.anew");
        }

        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration);
        Texts(reader, "SELECT v FROM ops.probe").ShouldBe(["1"]);
    }

    [Fact]
    public void New_tables_of_which_DuckDB_does_not_let_go_are_deleted_all_the_same()
    {
        using IEngine warehouse = LakeEngine.Open(Configuration);
        warehouse.BeginAnew();
        warehouse.Append(Record, "", [[1L]]);
        warehouse.Query("USE warehouse", CancellationToken.None);
        warehouse.Query("DETACH anew", CancellationToken.None);

        Should.Throw<ShopLakeException>(warehouse.Rollback);

        Files.ShouldNotContain("warehouse.duckdb.anew");
    }

    [Theory]
    [InlineData("semi;colon")]
    [InlineData("a = b")]
    [InlineData("\"quoted\" and 'so'")]
    [InlineData("h#y 100%25 [x]")]
    public void A_lake_may_stand_in_a_folder_of_any_name(string name)
    {
        LakeConfiguration configuration = Configuration with { Lake = Path.Combine(_folder.Path, name) };
        using (IEngine warehouse = LakeEngine.Open(configuration))
        {
            warehouse.BeginAnew();
            warehouse.Append(Record, "", [[7L]]);
            warehouse.Commit();
        }

        using IWarehouseReader reader = LakeEngine.OpenReader(configuration);
        Texts(reader, "SELECT v FROM ops.probe").ShouldBe(["7"]);
    }

    [Fact]
    public void A_commit_that_fails_says_why_and_leaves_nothing_to_roll_back()
    {
        using IEngine warehouse = LakeEngine.Open(Configuration);
        using DuckDBConnection other = DuckDbSession.Connect(Path.Combine(Configuration.Lake, "warehouse.duckdb"), readOnly: false);
        DuckDbSession.Execute(other, "CREATE TABLE ops.probe (v BIGINT PRIMARY KEY)", CancellationToken.None);
        warehouse.Begin();
        warehouse.Append(Record, "", [[1L]]);
        DuckDbSession.Execute(other, "INSERT INTO ops.probe VALUES (1)", CancellationToken.None);

        Should.Throw<ShopLakeException>(warehouse.Commit).Message.ShouldContain("Failed to commit");

        warehouse.Rollback();
        warehouse.Begin();
        warehouse.Append(Record, "", [[2L]]);
        warehouse.Commit();
        warehouse.Query("SELECT v FROM ops.probe ORDER BY v", CancellationToken.None).Rows.Select(row => row[0]).ShouldBe([1L, 2L]);
    }

    private static List<string> Texts(IWarehouseReader reader, string sql)
    {
        var rows = new List<string>();
        reader.Read(sql, _ => { }, row => rows.Add(row[0]!.ToString()!), CancellationToken.None);
        return rows;
    }
}
