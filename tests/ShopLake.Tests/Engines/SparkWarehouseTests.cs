using System.Text.Json.Nodes;
using CsCheck;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Engines.Spark;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What is special about Delta tables: versions, and one file that says which of them are seen.</summary>
public sealed class SparkWarehouseTests : IDisposable
{
    private static readonly TableDefinition Table =
        new("gold", "probe", [new("k", ColumnType.Text, "what tells rows apart"), new("v", ColumnType.Bigint, "a number")]);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("takes", "hours")]
    public void A_small_shop_and_what_comes_to_it_later_give_the_tables_of_DuckDB()
    {
        Step[] steps = RandomShop.Steps(1, 1).Single(
            steps => steps.Length == 2 && steps[0].Rows.Count > 20 && steps[1].Rows.Count is > 2 and < 6, "5KsPFqfIQC-1");
        using var lake = new DeltaLake("spark");
        TestContext.Current.AddAttachment("rows", IncrementalTests.Shown(steps));
        foreach (Step step in steps)
        {
            lake.Commit(step.Rows);

            lake.Run(SmallLake.Library, GrowingLake.Configurations[0]).ShouldBeEmpty();
        }
    }

    [Fact]
    [Trait("takes", "hours")]
    public void The_program_runs_answers_and_verifies()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        Succeeds("run");
        Succeeds("query", "SELECT day, gross_minor, refunds_minor FROM gold.revenue_daily ORDER BY day", "--csv")
            .ShouldBe("day,gross_minor,refunds_minor\n2025-01-10,2000,0\n2025-02-03,4750,0\n2025-02-10,1200,1200\n");

        _folder.Write("feeds/payments-2.csv", "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\n");
        Succeeds("run");
        Succeeds("query", "SELECT count(*) AS n FROM bronze.payments_raw", "--csv").ShouldBe("n\n6\n");
        Succeeds("verify", "--against", "duckdb");
        Succeeds("check");
        Succeeds("trace", "gold.revenue_daily", "--where", "day = '2025-02-10'", "--json").ShouldContain("payments-2.csv");
        Succeeds("status", "--json").ShouldContain("2025-02-10");
        Do("query", "DELETE FROM gold.orders").ExitCode.ShouldBe((int)FailureKind.Usage);
    }

    [Fact]
    public void What_an_interrupted_run_wrote_is_never_seen_and_changes_begin_at_what_is_published()
    {
        using (IEngine warehouse = Open())
        {
            warehouse.Begin();
            warehouse.Fill(Table, "", [["a", 1L], ["b", 2L]]);
            warehouse.Commit();
        }

        using (IEngine interrupted = Open())
        {
            interrupted.Begin();
            interrupted.Fill(Table, "", [["a", 100L], ["c", 3L]]);
            Rows(interrupted).ShouldBe(["a 100", "c 3"]);
            using IWarehouseReader reader = LakeEngine.OpenReader(Configuration());
            reader.Query("SELECT k, v FROM gold.probe ORDER BY k", Cancellation).Rows.Select(Text).ShouldBe(["a 1", "b 2"]);
        }

        using (IEngine next = Open())
        {
            Rows(next).ShouldBe(["a 1", "b 2"]);
            next.Begin();
            next.Stage("now", "SELECT 'b' AS k, cast(20 AS bigint) AS v", Cancellation);
            next.Stage("changes", "SELECT 'b' AS k", Cancellation);
            next.Replace(Table, ["k"], "changes", "now", standing: null, Cancellation);
            next.Commit();
        }

        using IEngine after = Open();
        Rows(after).ShouldBe(["a 1", "b 20"]);
    }

    [Fact]
    public void Columns_of_a_run_that_was_not_published_are_gone_with_the_next_one()
    {
        TableDefinition wider = Table with { Columns = [.. Table.Columns, new("w", ColumnType.Text, "of the future")] };
        Write(engine => engine.Fill(Table, "", [["a", 1L]]), isPublished: true);
        Write(engine => engine.Fill(wider, "", [["a", 1L, "x"]]), isPublished: false);
        Write(engine => engine.Fill(Table, "", [["b", 2L]]), isPublished: true);
        ShouldBe("b 2");

        Write(engine => engine.Fill(wider, "", [["a", 1L, "x"]]), isPublished: false);
        Write(engine => engine.Append(Table, "", [["c", 3L]]), isPublished: true);
        ShouldBe("b 2", "c 3");

        void Write(Action<IEngine> write, bool isPublished)
        {
            using IEngine warehouse = Open();
            warehouse.Begin();
            write(warehouse);
            if (isPublished)
            {
                warehouse.Commit();
            }
        }

        void ShouldBe(params string[] rows)
        {
            using SparkSession session = TestSpark.Open();
            string place = $"delta.{SparkText.Path(Path.Combine(_folder.Path, "spark", "gold", "probe"))}";
            session.Query($"SELECT * FROM {place} ORDER BY k", Cancellation).Rows.Select(Text).ShouldBe(rows);
        }
    }

    [Fact]
    public void A_large_table_is_changed_in_place_and_then_written_whole()
    {
        using (IEngine warehouse = Open())
        {
            warehouse.Begin();
            warehouse.Materialize(Table, "", "SELECT uuid() AS k, id AS v FROM range(1000000)", Cancellation)
                .ShouldBe(1_000_000);
            warehouse.Commit();
        }

        using (IEngine interrupted = Open())
        {
            interrupted.Begin();
            interrupted.Fill(Table, "", [["z", 26L]]);
        }

        using (IEngine next = Open())
        {
            next.Begin();
            next.Stage("now", "SELECT k, v + 5000000 AS v FROM gold.probe WHERE v % 1000 = 0", Cancellation).ShouldBe(1000);
            next.Stage("changes", "SELECT k FROM now UNION ALL SELECT k FROM gold.probe WHERE v % 1000 = 1", Cancellation);
            next.Replace(Table, ["k"], "changes", "now", standing: null, Cancellation);
            next.Commit();
        }

        Log().ShouldBe(["Overwrite", "Overwrite", "Restore", "MERGE"]);
        using IEngine after = Open();
        after.Query("SELECT count(*), max(v), min(v), cast(sum(v) AS bigint) FROM gold.probe", Cancellation).Rows[0]
            .ShouldBe([999_000L, 5_999_000L, 2L, 499_999_500_000L + (1000 * 5_000_000L) - 499_501_000L]);
        after.Begin();
        after.Fill(Table, "", [["a", 1L]]);
        after.Commit();
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration());
        reader.Query("SELECT k, v FROM gold.probe", Cancellation).Rows.Select(Text).ShouldBe(["a 1"]);
    }

    [Fact]
    public void Delta_sums_up_the_log_from_time_to_time_and_reads_it_from_there()
    {
        Fill(1);
        var log = new DeltaLog(Path.Combine(_folder.Path, "spark", "gold", "probe"));
        // What a run adds to a log that others went on with: one version back to what is published, and one of its own.
        while (log.LastVersion < DeltaLog.CheckpointInterval - 3)
        {
            log.GoBackTo(0);
        }

        Fill(2);
        log.LastVersion.ShouldBe(DeltaLog.CheckpointInterval);
        string[] checkpoints = Directory.GetFiles(_folder.Path, "*.checkpoint*.parquet", SearchOption.AllDirectories);
        checkpoints.ShouldHaveSingleItem();
        Fill(3);
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration());
        reader.Query("SELECT k, v FROM gold.probe WHERE v = 3", Cancellation).Rows.Select(Text).ShouldBe(["a 3"]);

        void Fill(long number)
        {
            using IEngine warehouse = Open();
            warehouse.Begin();
            warehouse.Fill(Table, "", [["a", number]]);
            warehouse.Commit();
            Rows(warehouse).ShouldBe([$"a {number}"]);
        }
    }

    [Fact]
    public void Who_reads_Delta_skips_files_by_what_their_numbers_and_days_reach_from_and_to()
    {
        TableDefinition days = new("gold", "days",
            [new("day", ColumnType.Date, ""), new("n", ColumnType.Bigint, ""), new("x", ColumnType.Double, "")]);
        using (IEngine warehouse = Open())
        {
            warehouse.Begin();
            warehouse.Fill(days, "", [[new DateOnly(2025, 1, 31), -5L, 1.5], [new DateOnly(2024, 12, 1), 7L, null]]);
            warehouse.Commit();
        }

        string commit = File.ReadAllText(
            Path.Combine(_folder.Path, "spark", "gold", "days", "_delta_log", "00000000000000000000.json"));
        JsonNode stats = JsonNode.Parse((string)commit.Split('\n').Select(line => line.Length > 0 ? JsonNode.Parse(line) : null)
            .Select(action => action?["add"]?["stats"]).Single(stats => stats is not null)!)!;
        stats.ToJsonString().ShouldBe(
            """{"numRecords":2,"minValues":{"day":"2024-12-01","n":-5},"maxValues":{"day":"2025-01-31","n":7}}""");

        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration());
        foreach (string isThere in (string[])
            ["day = DATE '2024-12-01'", "day >= DATE '2025-01-31'", "n = 7", "n <= -5", "x = 1.5", "x IS NULL"])
        {
            reader.Query($"SELECT count(*) FROM gold.days WHERE {isThere}", Cancellation).Rows[0][0].ShouldBe(1L, isThere);
        }
    }

    [Fact]
    public void Two_runs_take_turns_and_one_that_was_overtaken_publishes_nothing()
    {
        using (IEngine warehouse = Open())
        {
            Should.Throw<ShopLakeException>(Open).Kind.ShouldBe(FailureKind.OutOfReach);
            warehouse.Begin();
            warehouse.Fill(Table, "", [["a", 1L]]);
            warehouse.Commit();

            // A machine that does not see the lock of this one.
            string published = Path.Combine(_folder.Path, "spark", "published.json");
            File.WriteAllText(published, File.ReadAllText(published)
                .Replace("\"generation\": 1", "\"generation\": 2", StringComparison.Ordinal));
            warehouse.Begin();
            warehouse.Fill(Table, "", [["z", 26L]]);
            Should.Throw<ShopLakeException>(warehouse.Commit).Message.ShouldContain("Another run has published");
            warehouse.Rollback();
        }

        using IEngine after = Open();
        Rows(after).ShouldBe(["a 1"]);
    }

    [Fact]
    public void Other_sessions_of_Spark_see_the_published_state_by_its_views()
    {
        using (IEngine warehouse = Open())
        {
            warehouse.Begin();
            warehouse.Fill(Table, "A probe.", [["a", 1L]]);
            warehouse.Commit();
            warehouse.Begin();
            warehouse.Fill(Table, "A probe.", [["a", 2L]]);
        }

        string schema = $"probe_{Guid.NewGuid():N}";
        string[] views = File.ReadAllText(Path.Combine(_folder.Path, "spark", "views.sql"))
            .Replace(" gold", $" {schema}", StringComparison.Ordinal).Split('\n');
        using SparkSession session = TestSpark.Open();
        try
        {
            foreach (string view in views.Where(view => view.StartsWith("CREATE", StringComparison.Ordinal)))
            {
                session.Execute(view.TrimEnd(';'), Cancellation);
            }

            session.Query($"SELECT k, v FROM {schema}.probe", Cancellation).Rows.Select(Text).ShouldBe(["a 1"]);
            session.Execute($"DESCRIBE {schema}.probe", Cancellation).Rows.Select(row => row[2])
                .ShouldBe(["what tells rows apart", "a number"]);
        }
        finally
        {
            session.Execute($"DROP SCHEMA IF EXISTS {schema} CASCADE", CancellationToken.None);
        }
    }

    [Fact]
    public void A_question_reads_tables_of_the_warehouse_and_nothing_else()
    {
        using (IEngine warehouse = Open())
        {
            warehouse.Begin();
            warehouse.Fill(Table, "", [["it's a \\ b", 1L]]);
            warehouse.Commit();
        }

        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration());
        reader.Query("SELECT v FROM gold.probe WHERE k = 'it''s a \\ b' -- the end", Cancellation).Rows
            .ShouldHaveSingleItem().ShouldBe([1L]);
        reader.Query("SELECT '${env:PATH} ${system:user.dir} ${spark.app.id}' AS text", Cancellation).Rows[0]
            .ShouldBe(["${env:PATH} ${system:user.dir} ${spark.app.id}"]);
        foreach (string sql in (string[])
        [
            "DELETE FROM gold.probe",
            "SELECT 1; SELECT 2",
            "SELECT * FROM gold.no_such_table",
            "SELECT \"nonsense\" FROM gold.probe",
            "SELECT * FROM parquet.`/etc/passwd`",
            "SELECT * FROM \"text\".\"/etc/passwd\"",
            "SELECT * FROM text.passwd",
            "SELECT reflect('java.lang.System', 'getenv', 'PATH') FROM gold.probe",
            "SELECT k FROM gold.probe WHERE v IN (SELECT length(Java_Method('java.lang.System', 'getenv', 'PATH')))",
            "SELECT \"try_reflect\"('java.lang.System', 'getenv', 'PATH') AS path",
            "SELECT system.builtin.reflect('java.lang.System', 'getenv', 'PATH') AS path",
        ])
        {
            Should.Throw<ShopLakeException>(() => reader.Query(sql, Cancellation), sql).Kind.ShouldBe(FailureKind.Usage, sql);
        }
    }

    private string Succeeds(string verb, params string[] arguments)
    {
        CommandRun run = Do(verb, arguments);
        run.ExitCode.ShouldBe(0, run.Error);
        return run.Output;
    }

    private CommandRun Do(string verb, params string[] arguments) => CommandRun.Of(
    [
        verb, .. arguments, "--config", Path.Combine(_folder.Path, "shoplake.yaml"),
        .. TestEngine.Settings("spark").SelectMany(setting => new[] { "--set", setting }),
    ]);

    private LakeConfiguration Configuration() => TestEngine.Configuration("spark", _folder.Path);

    private IEngine Open() => LakeEngine.Open(Configuration());

    /// <summary>What each version of the table was, oldest first.</summary>
    private string[] Log() =>
    [
        .. Directory.GetFiles(Path.Combine(_folder.Path, "spark", "gold", "probe", "_delta_log"), "*.json").Order()
            .Select(file => JsonNode.Parse(File.ReadLines(file).First())!["commitInfo"]!)
            .Select(info => (string?)info["operationParameters"]!["mode"] ?? (string)info["operation"]!),
    ];

    private static IEnumerable<string> Rows(IEngine warehouse) =>
        warehouse.Query("SELECT k, v FROM gold.probe ORDER BY k", Cancellation).Rows.Select(Text);

    private static string Text(object?[] row) => string.Join(' ', row);
}
