using System.Text.Json;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>The program on every engine, over the lake that <c>init</c> makes. One declaration an engine.</summary>
/// <param name="engine">The word for it in <c>shoplake.yaml</c>.</param>
public abstract class EngineVerbs(string engine) : IDisposable
{
    private const string Gross = "SELECT cast(sum(gross_minor) AS bigint) AS gross FROM gold.revenue_daily";

    private static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Every_verb_works()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        JsonDocument.Parse(Do("run", "--json").Output).RootElement.GetProperty("outcome").GetString()
            .ShouldBe("unchanged");
        Do("query", "SELECT day, gross_minor, refunds_minor FROM gold.revenue_daily ORDER BY day", "--csv").Output
            .ShouldBe("day,gross_minor,refunds_minor\n2025-01-10,2000,0\n2025-02-03,4750,0\n2025-02-10,1200,1200\n");
        Do("query", "SELECT day FROM gold.revenue_daily ORDER BY day").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[2..]
            .ShouldBe(["2025-01-10", "2025-02-03", "2025-02-10"], "each row of a table for people");
        JsonDocument.Parse(Do("query", "SELECT is_paid FROM gold.orders ORDER BY order_id LIMIT 1", "--json").Output)
            .RootElement[0].GetProperty("is_paid").ValueKind.ShouldBe(JsonValueKind.True);
        Do("query", "SELECT count(*) AS n FROM bronze.payments_raw", "--csv").Output.ShouldBe("n\n5\n");
        Do("check").ExitCode.ShouldBe(0);
        JsonDocument.Parse(Do("status", "--json").Output).RootElement.GetProperty("warehouse").GetProperty("as_of_day")
            .GetString().ShouldBe("2025-02-10");
        Do("engines", "--json").ExitCode.ShouldBe(0);

        foreach (string other in LakeEngine.Names.Where(name => name is "duckdb" or "sqlite").Append(engine).Distinct())
        {
            CommandRun verified = Do("verify", "--against", other);
            verified.ExitCode.ShouldBe(0, verified.Error);
        }

        CommandRun sampled = Do("verify", "--sample", "50%", "--seed", "1", "--json");
        sampled.ExitCode.ShouldBe(0, sampled.Error);
        CommandRun traced = Do("trace", "gold.revenue_daily", "--where", "day = '2025-02-03'", "--json");
        traced.ExitCode.ShouldBe(0, traced.Error);
        CommandRun compared = Do("diff", "1", "6", "gold.revenue_daily", "--json");
        compared.ExitCode.ShouldBe(0, compared.Error);
        JsonDocument.Parse(compared.Output).RootElement[0].GetProperty("added").GetInt32().ShouldBe(3);
        Do("asof", "1").ExitCode.ShouldBe(0);
        JsonElement known = JsonDocument.Parse(Do("asof", "6", "--json").Output).RootElement;
        (known.GetProperty("ledger_sequence").GetInt64(), known.GetProperty("as_of_day").GetString()).ShouldBe((6, "2025-02-10"));
        Do("query", "SELECT count(*) AS n FROM gold.orders", "--asof", "1", "--csv").Output
            .ShouldNotBe(Do("query", "SELECT count(*) AS n FROM gold.orders", "--csv").Output);
        Do("query", "SELECT count(*) AS n FROM gold.orders", "--asof", "6", "--csv").Output
            .ShouldBe(Do("query", "SELECT count(*) AS n FROM gold.orders", "--csv").Output);
    }

    [Fact]
    public void Every_answer_is_that_of_DuckDB()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        CommandRun.Of("run", "--config", Path.Combine(_folder.Path, "shoplake.yaml")).ExitCode.ShouldBe(0);
        string exported = Path.Combine(_folder.Path, "exported");
        string[] tables =
            [.. Library.Models.Where(model => model.IsPublic).Select(model => model.Name)];

        foreach ((string word, string[] question) in (ReadOnlySpan<(string, string[])>)
        [
            ("o1", ["trace", "gold.orders", "--where", "order_id = 'o1'", "--json"]),
            ("o1", ["diff", "3", "6", "gold.orders", "--json"]),
            ("\"category\":\"kitchen\"", ["report", "--json"]),
            ("gold.orders", ["export", exported, .. tables]),
        ])
        {
            CommandRun answer = Do(question[0], question[1..]);
            answer.ExitCode.ShouldBe(0, answer.Error);
            answer.Output.ShouldContain(word);
            Dictionary<string, string> files = Exported();
            string[] ofDuckDb = [.. question, "--config", Path.Combine(_folder.Path, "shoplake.yaml")];
            answer.Output.ShouldBe(CommandRun.Of(ofDuckDb).Output);
            files.ShouldBe(Exported());
        }

        Exported().Count.ShouldBe(tables.Length);

        Dictionary<string, string> Exported() => Directory.Exists(exported)
            ? Directory.EnumerateFiles(exported).ToDictionary(file => file, File.ReadAllText, StringComparer.Ordinal)
            : [];
    }

    [Fact]
    public void A_changed_cell_is_found_by_verify()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        TableDefinition revenue = Library.Catalog.Find("gold.revenue_daily")!;
        using (IEngine warehouse = LakeEngine.Open(Configuration()))
        {
            object?[][] rows = [.. warehouse.Query("SELECT * FROM gold.revenue_daily", default).Rows];
            int gross = revenue.Columns.Select(column => column.Name).ToList().IndexOf("gross_minor");
            rows[0][gross] = (long)rows[0][gross]! + 1;
            warehouse.Begin();
            warehouse.Fill(revenue, "", rows);
            warehouse.Commit();
        }

        CommandRun found = Do("verify");

        found.ExitCode.ShouldBe((int)FailureKind.CheckFailed);
        found.Error.ShouldContain("gold.revenue_daily only live:");
        found.Error.ShouldContain("gold.revenue_daily only rebuilt:");
        found = Do("verify", "--sample", "100%");
        found.ExitCode.ShouldBe((int)FailureKind.CheckFailed);
        found.Error.ShouldContain("gold.revenue_daily only live:");
        found.Error.ShouldContain("gold.revenue_daily only computed again:");
    }

    [Fact]
    public void A_raw_row_that_an_engine_lost_is_found_by_verify()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        string lost;
        using (IEngine warehouse = LakeEngine.Open(Configuration()))
        {
            if (warehouse.KeptOf(Library.Catalog.Raw("payments")) is not { } payments)
            {
                // Has no raw rows that it could lose.
                return;
            }

            object?[][] rows = [.. warehouse.Query($"SELECT * FROM {payments.FullName}", default).Rows.Skip(1)];
            warehouse.Begin();
            warehouse.Fill(payments, "", rows);
            warehouse.Commit();
            lost = payments.FullName;
        }

        CommandRun found = Do("verify");
        CommandRun foundInSample = Do("verify", "--sample", "100%");

        found.ExitCode.ShouldBe((int)FailureKind.CheckFailed);
        found.Error.ShouldContain($"{lost} only rebuilt:");
        foundInSample.ExitCode.ShouldBe((int)FailureKind.CheckFailed);
        foundInSample.Error.ShouldContain($"{lost} only computed again:");
    }

    [Fact]
    public void A_question_that_is_none_is_refused()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        string written = Path.Combine(_folder.Path, "never-written");
        foreach (string sql in (string[])
        [
            "DELETE FROM gold.orders",
            "INSERT INTO gold.orders SELECT * FROM gold.orders",
            "DROP TABLE gold.orders",
            "CREATE TABLE gold.mine AS SELECT 1 AS one",
            "SELECT 1; DELETE FROM gold.orders",
            "SELECT 1; -- then\nSELECT 2",
            "ATTACH '/etc/hostname' AS elsewhere",
            $"COPY gold.orders TO '{written}'",
            "SELECT * FROM gold.no_such_table",
            "SELECT \"nonsense\" FROM gold.orders",
        ])
        {
            CommandRun refused = Do("query", sql);
            refused.ExitCode.ShouldBe((int)FailureKind.Usage, sql);
            refused.Error.ShouldNotBeEmpty();
        }

        File.Exists(written).ShouldBeFalse();
        Do("verify").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_lake_that_was_moved_answers_as_before()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        Do("asof", "6").ExitCode.ShouldBe(0);
        string[][] questions =
        [
            ["query", "SELECT count(*) AS n FROM bronze.payments_raw", "--csv"],
            ["query", "SELECT count(*) AS n FROM bronze.payments_raw", "--asof", "6", "--csv"],
            ["trace", "gold.revenue_daily", "--where", "day = '2025-02-03'", "--json"],
        ];
        CommandRun[] before = [.. questions.Select(question => Do(question[0], question[1..]))];
        Directory.Move(Path.Combine(_folder.Path, "data"), Path.Combine(_folder.Path, "it's moved"));

        IEnumerable<CommandRun> after = questions.Select(question => Do(question[0], [.. question[1..], "--set", "lake=it's moved"]));

        after.ShouldBe(before);
        before.ShouldAllBe(answer => answer.ExitCode == 0);
    }

    [Fact]
    public void Own_tables_come_change_and_go_and_the_others_stand()
    {
        Init();
        string own = Directory.CreateDirectory(Path.Combine(_folder.Path, "own")).FullName;
        string[] models = ["--set", $"models={own}"];
        Do("run", models).ExitCode.ShouldBe(0);

        Own("days", "orders: bigint — orders", "grain: [orders]", "SELECT count(*) AS orders FROM gold.paid");
        Own("paid", "order_id: text — order\n  times: bigint — payments", "grain: [order_id]\nscope: [order_id]\nreads: {silver.payments: order_id}",
            "SELECT order_id, count(*) AS times FROM silver.payments GROUP BY order_id");
        MadeAnew().ShouldBe(["gold.days", "gold.paid"]);

        _folder.Write("feeds/payments-2.csv", "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\no4,8,ok,1.50,1739214962\n");
        _folder.Write("own/checks/eighth.sql", """
            /*
            check: eighth
            on: bronze.payments_raw
            severity: quarantine
            what: Nobody pays eight times. Without a scope, so that the findings in pieces get a table of their own.
            */
            SELECT payment_id AS record_key, 'it is the eighth' AS reason, cast(NULL AS bigint) AS amount_minor, _batch_id, _source_file, _source_row
            FROM bronze.payments_raw WHERE payment_id = 'o4-8';
            """);
        Own("paid", "order_id: text — order\n  amount_minor: bigint — money\n  times: double — payments", "grain: [order_id]", """
            SELECT order_id, cast(sum(amount_minor) AS bigint) AS amount_minor, ratio(count(*), 1) AS times
            FROM silver.payments WHERE payment_status = 'REFUNDED' GROUP BY order_id
            """);
        MadeAnew().ShouldBe(["gold.paid"]);
        ShouldBeWhatARebuildGives();

        Directory.Delete(own, recursive: true);
        Directory.CreateDirectory(own);
        MadeAnew().ShouldBeEmpty();
        Do("query", ["SELECT * FROM gold.paid", .. models]).ExitCode.ShouldBe((int)FailureKind.Usage);
        ShouldBeWhatARebuildGives();

        void Own(string table, string columns, string header, string sql)
        {
            _folder.Write($"own/{table}/gold/tables.yaml", $"{table}:\n  {columns}\n");
            _folder.Write($"own/{table}/gold/{table}.sql", $"/*\nname: gold.{table}\nwhat: payments\n{header}\n*/\n{sql}\n");
        }

        string?[] MadeAnew()
        {
            CommandRun run = Do("run", ["--json", .. models]);
            run.ExitCode.ShouldBe(0, run.Error);
            return [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("tables").EnumerateArray()
                .Where(table => table.GetProperty("is_anew").GetBoolean())
                .Select(table => table.GetProperty("name").GetString()).Order(StringComparer.Ordinal)];
        }

        void ShouldBeWhatARebuildGives()
        {
            CommandRun verified = Do("verify", models);
            verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
        }
    }

    [Fact]
    public void Nothing_is_read_before_the_first_run()
    {
        Init();

        Do("query", "SELECT 1 AS one FROM gold.orders").ExitCode.ShouldBe((int)FailureKind.OutOfReach);
        Do("status").ExitCode.ShouldBe(0);
        Do("verify").ExitCode.ShouldBe((int)FailureKind.Usage);
    }

    [Fact]
    public void Readers_of_Gold_see_the_old_state_until_the_new_one_is_whole()
    {
        Init();
        Do("run").ExitCode.ShouldBe(0);
        _folder.Write("feeds/payments-2.csv", "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\n");
        new Ingestor(Configuration(), Library.Catalog).Run();
        var during = new List<object?>();

        using (IEngine warehouse = LakeEngine.Open(Configuration()))
        {
            LakeRun.Execute(warehouse, Library, Configuration(), BronzeState.Of(Ledger.Open(Configuration().Lake)),
                new Watching(step => during.AddRange(step is "gold.revenue_daily" or "publish" ? [Ask()] : [])), default)
                .Outcome.ShouldBe(RunOutcome.Published);
        }

        during.ShouldBe([7950L, 7950L]);
        Ask().ShouldBe(9000L);
    }

    private object? Ask()
    {
        using IWarehouseReader reader = LakeEngine.OpenReader(Configuration(), Gross);
        return reader.Query(Gross, default).Rows[0][0];
    }

    private void Init() => CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);

    private LakeConfiguration Configuration() => ConfigurationLoader.Load(
        Path.Combine(_folder.Path, "shoplake.yaml"), TestEngine.Settings(engine, _folder.Path));

    private CommandRun Do(string verb, params string[] arguments) => CommandRun.Of(
    [
        verb, .. arguments, "--config", Path.Combine(_folder.Path, "shoplake.yaml"),
        .. TestEngine.Settings(engine, _folder.Path).SelectMany(setting => new[] { "--set", setting }),
    ]);

    private sealed class Watching(Action<string> watch) : IProgress<string>
    {
        public void Report(string value) => watch(value);
    }
}
