using Npgsql;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What a shared server adds to the conformance suite: readers beside runs, rights, comments, turns, other columns.</summary>
public sealed class PostgresWarehouseTests : IDisposable
{
    private static readonly TableDefinition Probe =
        new("gold", "probe", [new("k", ColumnType.Text, "the key"), new("v", ColumnType.Bigint, "the value")]);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LakeConfiguration Configuration => TestEngine.Configuration("postgres", _folder.Path);

    private string Database => TestPostgres.DatabaseOf(_folder.Path);

    public void Dispose()
    {
        TestPostgres.Forget(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public void Readers_go_on_while_tables_are_made_anew_and_see_the_new_rows_at_once()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        Publish(Probe with { Name = "other" }, "SELECT 'a' AS k, 1 AS v");
        TestPostgres.Execute(Database, "CREATE SCHEMA bi; CREATE VIEW bi.probe AS SELECT sum(v) AS v FROM gold.probe");

        using (IEngine engine = LakeEngine.Open(Configuration))
        {
            engine.Begin();
            engine.Materialize(Probe, "", "SELECT 'a' AS k, 2 AS v", Cancellation);
            engine.Index(Probe, [["k"]], Cancellation);
            engine.Materialize(Probe with { Name = "other" }, "", "SELECT 'a' AS k, 2 AS v", Cancellation);
            Impatient("SELECT v FROM bi.probe").ShouldBe(1m);
            engine.Commit();
        }

        Impatient("SELECT v FROM bi.probe").ShouldBe(2m);
    }

    [Fact]
    public void Other_columns_come_at_the_end_of_a_run_and_views_and_grants_stay()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        TestPostgres.Execute(Database, "CREATE SCHEMA bi; CREATE VIEW bi.probe AS SELECT k FROM gold.probe; GRANT SELECT ON gold.probe TO PUBLIC");
        TableDefinition wider = Probe with
        {
            Columns = [new("day", ColumnType.Date, "a day"), new("k", ColumnType.Text, "the key"), new("v", ColumnType.Text, "now a text")],
        };

        using (IEngine engine = LakeEngine.Open(Configuration))
        {
            engine.Begin();
            engine.Materialize(wider, "wider", "SELECT 'b' AS k, 'x' AS v, as_day('2024-01-02') AS day", Cancellation).ShouldBe(1);
            engine.Index(wider, [["day", "k"]], Cancellation);
            engine.Query("SELECT k FROM gold.probe", Cancellation).Rows[0][0].ShouldBe("b");
            engine.Materialize(Probe with { Name = "reader" }, "", "SELECT probe.k, 7 AS v FROM gold.probe", Cancellation);
            Impatient("SELECT k FROM bi.probe").ShouldBe("a");
            engine.Commit();
        }

        Impatient("SELECT k FROM bi.probe").ShouldBe("b");
        Impatient("SELECT v || day FROM gold.probe").ShouldBe("x2024-01-02");
        Impatient("SELECT k FROM gold.reader").ShouldBe("b");
        Impatient("SELECT has_table_privilege('public', 'gold.probe', 'SELECT')").ShouldBe(true);
        Impatient("SELECT count(*) FROM pg_indexes WHERE indexname = 'probe_by_day_k'").ShouldBe(1L);
        Impatient("SELECT obj_description('gold.probe'::regclass)").ShouldBe("wider");
    }

    [Fact]
    public void A_view_on_a_column_that_goes_is_named_and_nothing_is_published()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        TestPostgres.Execute(Database, "CREATE VIEW public.on_v AS SELECT v FROM gold.probe");
        TableDefinition narrower = Probe with { Columns = [Probe.Columns[0]] };
        using IEngine engine = LakeEngine.Open(Configuration);
        engine.Begin();
        engine.Materialize(narrower, "", "SELECT 'b' AS k", Cancellation);

        Should.Throw<ShopLakeException>(engine.Commit).Message.ShouldContain("on_v");
        engine.Rollback();

        Impatient("SELECT k FROM gold.probe").ShouldBe("a");
    }

    [Fact]
    public void Who_may_read_gold_may_read_nothing_else_and_still_may_after_a_rebuild()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        string role = $"reader_{Guid.NewGuid():N}";
        TestPostgres.Execute(Database, $"CREATE ROLE {role} LOGIN PASSWORD 'only for this test'");
        TestPostgres.Execute(Database, RightsOf(role));
        try
        {
            var reader = new NpgsqlConnectionStringBuilder(Database) { Username = role, Password = "only for this test" };
            Publish(Probe, "SELECT 'b' AS k, 2 AS v");
            Publish(Probe with { Name = "later" }, "SELECT 'c' AS k, 3 AS v");
            Publish(Probe with { Schema = "silver" }, "SELECT 'c' AS k, 3 AS v");

            TestPostgres.Execute(reader.ConnectionString, "SELECT k FROM gold.probe").ShouldBe("b");
            TestPostgres.Execute(reader.ConnectionString, "SELECT k FROM gold.later").ShouldBe("c");
            foreach (string refused in new[]
            {
                "SELECT k FROM silver.probe", "DELETE FROM gold.probe", "CREATE TABLE gold.mine (k text)", "CREATE TABLE public.mine (k text)",
                "DROP TABLE gold.probe", "SELECT * FROM ops.published",
            })
            {
                Should.Throw<PostgresException>(() => TestPostgres.Execute(reader.ConnectionString, refused), refused).SqlState
                    .ShouldBe(PostgresErrorCodes.InsufficientPrivilege, refused);
            }
        }
        finally
        {
            TestPostgres.Execute(Database, $"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public void Tables_and_columns_carry_their_sentences()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v", "what it is, with a 'quote'");

        Impatient("SELECT obj_description('gold.probe'::regclass)").ShouldBe("what it is, with a 'quote'");
        Impatient("SELECT col_description('gold.probe'::regclass, 2)").ShouldBe("the value");
    }

    [Fact]
    public void A_question_can_only_read_and_a_wrong_one_leaves_the_next_alone()
    {
        TestPostgres.Require();
        Publish(new TableDefinition("ops", "published", [new("generation", ColumnType.Bigint, "")]), "SELECT 1 AS generation");
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration);
        foreach (string refused in new[]
        {
            "DELETE FROM ops.published", "SELECT 1; DELETE FROM ops.published", "SELECT 1; COMMIT; DELETE FROM ops.published", "WITH d AS (DELETE FROM ops.published RETURNING 1) SELECT * FROM d",
            "COPY ops.published TO '/tmp/nothing'", "SET search_path = gold", "SELECT nonsense", "COMMIT", "",
        })
        {
            Should.Throw<ShopLakeException>(() => reader.Query(refused, Cancellation), refused).Kind.ShouldBe(FailureKind.Usage, refused);
        }

        reader.Query("SELECT generation, month_of(as_day('2024-02-03')) FROM ops.published -- a question;", Cancellation).Rows
            .ShouldHaveSingleItem().ShouldBe([1L, new DateOnly(2024, 2, 1)]);
        reader.Query("WITH d(n) AS (VALUES (1), (2)) SELECT n, sum(n) OVER () FROM d WHERE n < 0;", Cancellation).Columns.ShouldBe(["n", "sum"]);
        int rows = 0;
        reader.Read("SELECT n FROM generate_series(1, 20001) AS s(n)", _ => { }, _ => rows++, Cancellation);
        rows.ShouldBe(20_001);
    }

    [Fact]
    public void A_statement_can_be_cancelled_inside_and_the_run_forgotten()
    {
        TestPostgres.Require();
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        using IEngine engine = LakeEngine.Open(Configuration);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        engine.Begin();

        Should.Throw<OperationCanceledException>(() => engine.Materialize(
            Probe, "", "SELECT 'a' AS k, count(*) AS v FROM generate_series(1, 100000000000) AS s(n)", cancellation.Token));
        engine.Rollback();

        engine.Query("SELECT v FROM gold.probe", Cancellation).Rows[0][0].ShouldBe(1L);
    }

    [Fact]
    public void A_second_run_says_that_a_first_one_is_at_work()
    {
        TestPostgres.Require();
        using IEngine first = LakeEngine.Open(Configuration);

        ShopLakeException refused = Should.Throw<ShopLakeException>(() => LakeEngine.Open(Configuration));

        refused.Kind.ShouldBe(FailureKind.OutOfReach);
        refused.Message.ShouldContain("Another run is at work");
        refused.Message.ShouldContain("server process");
    }

    [Fact]
    public async Task A_run_that_waited_for_another_knows_the_commits_which_that_one_published()
    {
        TestPostgres.Require();
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        LakeConfiguration configuration = ConfigurationLoader.Load(
            Path.Combine(_folder.Path, "shoplake.yaml"), ["engine=postgres", $"url={Database}"]);
        string[] run =
            ["run", "--config", Path.Combine(_folder.Path, "shoplake.yaml"), "--set", "engine=postgres", "--set", $"url={Database}"];
        CommandRun.Of(run).ExitCode.ShouldBe(0);
        Task<CommandRun> waiting;
        using (IEngine first = LakeEngine.Open(configuration))
        {
            waiting = Task.Run(() => CommandRun.Of(run), Cancellation);
            while (Impatient("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND datname = current_database() AND pid <> pg_backend_pid()") is not 1L)
            {
                waiting.IsCompleted.ShouldBeFalse();
                await Task.Delay(50, Cancellation);
            }

            _folder.Write("feeds/payments-2.csv", "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\n");
            new Ingestor(configuration, SmallLake.Library.Catalog).Run();
            var ledger = Ledger.Open(configuration.Lake);
            first.Begin();
            (Publication.Read(first)! with { LedgerSequence = 7, RecordHash = ledger.RecordHash(7) }).Write(first);
            first.Commit();
        }

        CommandRun second = await waiting;
        second.ExitCode.ShouldBe(0, second.Error);
        second.Output.ShouldContain("Nothing new since commit 7");
    }

    [Fact]
    public void The_warehouse_of_another_lake_is_left_alone()
    {
        TestPostgres.Require();
        string mine = Path.Combine(_folder.Path, "mine");
        string other = Path.Combine(_folder.Path, "other");
        Simulation.Run(SimulationOptions.Tiny(mine));
        Simulation.Run(SimulationOptions.Tiny(other, seed: 2));
        string[] server = ["--set", "engine=postgres", "--set", $"url={Database}"];
        CommandRun.Of(["run", "--config", Path.Combine(mine, "shoplake.yaml"), .. server]).ExitCode.ShouldBe(0);
        object? before = Impatient("SELECT sum(gross_minor) FROM gold.revenue_daily");

        foreach (string[] verb in new string[][] { ["run"], ["query", "SELECT 1 AS one"], ["verify"] })
        {
            CommandRun refused = CommandRun.Of([.. verb, "--config", Path.Combine(other, "shoplake.yaml"), .. server]);
            refused.ExitCode.ShouldBe((int)FailureKind.Usage, refused.Error);
            refused.Error.ShouldContain("another lake");
        }

        Impatient("SELECT sum(gross_minor) FROM gold.revenue_daily").ShouldBe(before);
    }

    [Fact]
    public void Tables_of_somebody_else_under_the_names_of_a_warehouse_are_left_alone()
    {
        TestPostgres.Require();
        TestPostgres.Execute(Database, "CREATE SCHEMA gold; CREATE TABLE gold.orders AS SELECT 42 AS mine");

        foreach (Func<IDisposable> open in new Func<IDisposable>[]
        {
            () => LakeEngine.Open(Configuration), () => LakeEngine.OpenReader(Configuration),
        })
        {
            ShopLakeException refused = Should.Throw<ShopLakeException>(open);
            refused.Kind.ShouldBe(FailureKind.Usage);
            refused.Message.ShouldContain("holds gold.orders, which ShopLake did not make");
        }

        Impatient("SELECT mine FROM gold.orders").ShouldBe(42);
        Impatient("SELECT count(*) FROM pg_namespace WHERE nspname = 'silver'").ShouldBe(0L);
        TestPostgres.Execute(Database, "ALTER SCHEMA gold RENAME TO mine");
        Publish(Probe, "SELECT 'a' AS k, 1 AS v");
        Publish(Probe, "SELECT 'a' AS k, 2 AS v");
        Impatient("SELECT v FROM gold.probe").ShouldBe(2L);
    }

    [Fact]
    public void Time_limits_of_the_database_do_not_end_a_run()
    {
        TestPostgres.Require();
        string name = new NpgsqlConnectionStringBuilder(Database).Database!;
        foreach (string limit in new[] { "statement_timeout", "lock_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout" })
        {
            TestPostgres.Execute(Database, $"ALTER DATABASE {name} SET {limit} = '300ms'");
        }

        using IEngine engine = LakeEngine.Open(Configuration);

        engine.Query("SELECT 1 AS one FROM pg_sleep(0.6)", Cancellation).Rows.ShouldHaveSingleItem();
        Thread.Sleep(600);
        engine.Query("SELECT 1 AS one", Cancellation).Rows.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_value_that_cannot_be_shown_names_its_column_and_the_cure_and_all_others_are_shown()
    {
        TestPostgres.Require();
        Publish(new TableDefinition("ops", "published", [new("generation", ColumnType.Bigint, "")]), "SELECT 1 AS generation");
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration);

        foreach (string value in new[]
        {
            "interval '1 month'", "'infinity'::timestamptz", "'infinity'::date", "'NaN'::numeric", "time '24:00'",
            "12345678901234567890.123456789012345678901234567890123::numeric",
        })
        {
            ShopLakeException refused = Should.Throw<ShopLakeException>(() => reader.Query($"SELECT 1 AS a, {value} AS odd", Cancellation), value);
            refused.Kind.ShouldBe(FailureKind.Usage, value);
            refused.Message.ShouldContain("Column odd holds a value that cannot be shown as it is.");
            reader.Query($"SELECT cast({value} AS varchar) AS odd", Cancellation).Rows.ShouldHaveSingleItem();
        }

        reader.Query("SELECT array[1, 2] AS l, '\\x00ff'::bytea AS b, time '10:00:01' AS t", Cancellation).Rows.ShouldHaveSingleItem()
            .ShouldBe([new[] { 1, 2 }, new byte[] { 0, 255 }, new TimeOnly(10, 0, 1)]);
    }

    [Fact]
    public void The_collation_of_the_database_plays_no_part()
    {
        TestPostgres.Require();
        string shop = Path.Combine(_folder.Path, "shop");
        Simulation.Run(SimulationOptions.Tiny(shop, seed: 3));
        string url = TestPostgres.DatabaseOf(shop, "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C' ENCODING 'UTF8'");
        LakeConfiguration configuration = ConfigurationLoader.Load(
            Path.Combine(shop, "shoplake.yaml"), ["engine=postgres", $"url={url}"]);
        new Ingestor(configuration, SmallLake.Library.Catalog).Run();
        BronzeState bronze = BronzeState.Of(Ledger.Open(configuration.Lake));
        TestPostgres.Execute(url, "SELECT 'a' < 'B'").ShouldBe(true);
        using IEngine engine = LakeEngine.OpenScratch(configuration);

        Rebuild.Into(engine, SmallLake.Library, configuration, bronze, null, Cancellation);

        TestEngine.Differences(engine, "duckdb", SmallLake.Library, configuration, bronze).ShouldBeEmpty();
        engine.Dispose();
        TestPostgres.Forget(shop);
    }

    /// <summary>As a reader who would rather fail than wait.</summary>
    private object? Impatient(string sql) =>
        TestPostgres.Execute(Database + ";Options=-c lock_timeout=200", sql);

    private void Publish(TableDefinition table, string select, string comment = "")
    {
        using IEngine engine = LakeEngine.Open(Configuration);
        engine.Begin();
        engine.Materialize(table, comment, select, Cancellation);
        engine.Commit();
    }

    /// <summary>The statements of docs/postgres.md, so that what is written there is what is tested.</summary>
    private static string RightsOf(string role)
    {
        string text = File.ReadAllText(Repository.PathOf("docs/postgres.md"));
        int start = text.IndexOf("GRANT USAGE", StringComparison.Ordinal);
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)].Replace("analyst", role);
    }
}
