using System.Text.Json;
using ShopLake.Cli;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

/// <summary>What <c>verify</c> says of a lake that somebody has changed by hand, over the lake that <c>init</c> makes.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public VerifyTests()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        _config = Path.Combine(_folder.Path, "shoplake.yaml");
        Do("run").ExitCode.ShouldBe(0);
    }

    private string Lake => ConfigurationLoader.Load(_config).Lake;

    private string Gold => new GoldFolder(Lake).CurrentFolder!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_equals_a_rebuild_is_said_to()
    {
        CommandRun verified = Do("verify");

        verified.ExitCode.ShouldBe(0, verified.Error);
        verified.Output.ShouldEndWith("are what a rebuild gives, and the files of the 20 tables of Gold hold the same.\n");
        verified.Output.ShouldNotContain("prep.");
        verified.Output.ShouldContain("\nAll 32 tables of Silver and Gold, all ");
        verified.Output.ShouldContain(" steps between the layers, all 6 tables of rows of Bronze that the engine keeps are ");
        Do("verify", "--against", "sqlite").Output.ShouldEndWith(
            "\nAll 32 tables of Silver and Gold are what a rebuild by sqlite gives, and the files of the 20 tables of Gold hold the same.\n");
    }

    [Fact]
    public void Where_two_engines_differ_both_are_named_with_the_models()
    {
        Change("UPDATE gold.orders SET paid_minor = paid_minor + 1", "UPDATE silver.orders SET order_amount_minor = order_amount_minor + 1");

        CommandRun verified = Do("verify", "--against", "sqlite");

        verified.ExitCode.ShouldBe((int)FailureKind.CheckFailed, verified.Error);
        verified.Error.ShouldContain("Error: The tables of duckdb are not what sqlite makes of the same Bronze:\n");
        verified.Error.ShouldContain("  gold.orders only on duckdb: ");
        verified.Error.ShouldContain("  gold.orders only on sqlite: ");
        verified.Error.ShouldContain("In order from Bronze, they differ in silver.orders (models/2_silver/orders.sql), gold.orders (models/3_gold/orders.sql).\n");
        verified.Error.ShouldContain($"Try: shoplake verify --config {_config}, which compares with a rebuild by duckdb itself.");
        verified.Error.ShouldNotContain("delete");
    }

    [Fact]
    public void Differences_are_told_before_the_commit_is_looked_for()
    {
        Change("UPDATE gold.orders SET paid_minor = paid_minor + 1");
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StoppingWriter(stop, "gold.orders only rebuilt: ");

        int exitCode = CommandLine.Invoke(["verify", "--json", "--config", _config], output, error, stop.Token);

        exitCode.ShouldBe(CommandLine.Interrupted);
        error.ToString().ShouldContain("gold.orders only live: ");
        JsonDocument.Parse(output.ToString()).RootElement.GetProperty("parted").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void A_sample_of_a_lake_before_its_first_feed_is_equal()
    {
        using var empty = new TemporaryFolder();
        CommandRun.Of("init", empty.Path).ExitCode.ShouldBe(0);
        Directory.Delete(Path.Combine(empty.Path, "feeds"), recursive: true);
        string config = Path.Combine(empty.Path, "shoplake.yaml");
        CommandRun.Of("run", "--config", config).ExitCode.ShouldBe(0);

        CommandRun sampled = CommandRun.Of("verify", "--sample", "100%", "--config", config);

        sampled.ExitCode.ShouldBe(0, sampled.Error);
    }

    [Fact]
    public void A_state_of_the_past_that_a_rule_refuses_is_shown_with_a_word_of_it()
    {
        _folder.Write("own/checks/no_lamps.sql", """
            /*
            check: no_lamps
            on: silver.products
            severity: fail
            what: We sell no lamps any more.
            */
            SELECT product_id AS record_key, 'it is a lamp' AS reason FROM silver.products WHERE product_name = 'Lamp'
            """);
        const string Word = "No run would publish the state at commit 6: rules of severity fail find rows in it: no_lamps (1).\n";

        foreach (string[] question in (string[][])
        [
            ["asof", "6"], ["query", "SELECT 1", "--asof", "6"], ["diff", "1", "6"],
        ])
        {
            CommandRun.Of([.. question, "--config", _config]).Error.ShouldNotContain(Word);
            CommandRun.Of([.. question, "--config", _config, "--set", "models=own"]).Error.ShouldContain(Word);
        }
    }

    [Fact]
    public void What_a_rule_has_released_is_counted_by_the_table_of_its_rows()
    {
        Deliver("payments", "o9,1,ok,5.00,1739214960");
        Deliver("order_items", "i8,o9,p1,1,12.00\ni9,o9,p1,1,12.00");
        Do("run").ExitCode.ShouldBe(0);
        Deliver("orders", "o8,,placed,24.00,2025-02-10 18:00:00,2025-02-10 18:00:00");
        Do("run").ExitCode.ShouldBe(0, "the quarantine stands as it is");
        Deliver("orders", "o9,,placed,24.00,2025-02-10 19:00:00,2025-02-10 19:00:00");
        Do("run").ExitCode.ShouldBe(0);
        Do("verify").ExitCode.ShouldBe(0, "rules of a table of which only the quarantine changed are counted, too");

        Do("query", "SELECT released FROM ops.rule_results WHERE rule = 'parent_exists' AND released > 0 ORDER BY released", "--csv")
            .Output.ShouldBe("released\n1\n2\n");

        Change("ALTER TABLE ops.last_quarantine DROP COLUMN table_name");
        Deliver("orders", "o9,,paid,24.00,2025-02-10 19:00:00,2025-02-10 19:05:00");
        Do("run").ExitCode.ShouldBe(0, "a warehouse of an earlier program");
    }

    [Fact]
    public void A_file_of_Gold_with_another_number_is_found_and_written_anew()
    {
        string file = Path.Combine(Gold, "revenue_daily", "all.parquet");
        using (IEngine engine = LakeEngine.Open(ConfigurationLoader.Load(_config)))
        {
            engine.Query($"COPY (SELECT * REPLACE (gross_minor + 100 AS gross_minor) FROM gold.revenue_daily) TO '{file}' (FORMAT parquet)", default);
        }

        Found("gold/revenue_daily/ holds other rows", $"Try: delete {Path.Combine(Lake, ".gold")} and run again");

        Directory.Delete(Path.Combine(Lake, ".gold"), recursive: true);
        Do("run").ExitCode.ShouldBe(0);
        Do("verify").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_file_of_Gold_that_is_missing_or_cut_is_found()
    {
        Directory.Delete(Path.Combine(Gold, "customers"), recursive: true);
        using (FileStream orders = new(GoldFolder.FilesOf(Gold, "orders")[0], FileMode.Open))
        {
            orders.SetLength(orders.Length / 2);
        }

        Found("gold/customers/ is missing", "gold/orders/ cannot be read: ");
        CommandRun query = Do("query", "SELECT * FROM gold.revenue_daily");
        query.ExitCode.ShouldBe((int)FailureKind.OutOfReach);
        query.Error.ShouldContain("orders is damaged: ");
    }

    [Fact]
    public void A_changed_file_of_Bronze_is_told_before_anything_is_held_against_it()
    {
        string file = Directory.EnumerateFiles(Path.Combine(Lake, "bronze", "payments")).First();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);

        Found($"{file} has changed since commit ", "restore these files from a copy");
    }

    [Fact]
    public void A_table_or_column_that_is_gone_is_a_difference()
    {
        Change("DROP TABLE gold.repeat_purchase", "ALTER TABLE silver.users DROP COLUMN name");

        Found("gold.repeat_purchase is missing", "silver.users lacks name", "First on the way from Bronze is silver.users.");
    }

    [Fact]
    public void A_sample_names_a_table_or_column_that_is_gone()
    {
        Change("DROP TABLE gold.repeat_purchase", "DROP TABLE prep.order_payments", "ALTER TABLE silver.users DROP COLUMN name");

        CommandRun sampled = Do("verify", "--sample", "100%");

        sampled.ExitCode.ShouldBe((int)FailureKind.CheckFailed, sampled.Error);
        sampled.Error.ShouldContain("  gold.repeat_purchase is missing\n");
        sampled.Error.ShouldContain("  prep.order_payments is missing\n");
        sampled.Error.ShouldContain("  silver.users lacks name\n");
        sampled.Error.ShouldContain("First on the way from Bronze is prep.order_payments");
        sampled.Error.ShouldNotContain("SELECT");
        JsonDocument.Parse(Do("verify", "--sample", "1%", "--json").Output).RootElement.GetProperty("tables").EnumerateArray()
            .Select(table => table.GetProperty("fault").GetString()).ShouldBe(["is missing", "lacks name", "is missing"]);
    }

    [Fact]
    public void A_step_between_the_layers_that_went_wrong_is_named_before_what_reads_it()
    {
        Change("UPDATE prep.order_payments SET paid_minor = paid_minor + 1", "UPDATE gold.orders SET paid_minor = paid_minor + 1");

        Found("prep.order_payments only live", "gold.orders only live", "First on the way from Bronze is prep.order_payments");
    }

    [Fact]
    public void Where_lost_and_doubled_rows_parted_is_looked_for_too()
    {
        File.AppendAllText(Path.Combine(_folder.Path, "feeds", "payments.csv"), "o3,9,ok,10.50,1739214961\n");
        Do("run").ExitCode.ShouldBe(0);
        Change("DELETE FROM silver.payments WHERE payment_id = 'o3-9'");

        Found("silver.payments only rebuilt", "First on the way from Bronze is silver.payments: of these rows it holds what a rebuild at commit 6 gives");

        Change("INSERT INTO silver.payments SELECT * FROM silver.payments");
        Found("silver.payments only live", "a rebuild gives what it holds of these rows at none of the 1 runs before.");
        JsonElement told = JsonDocument.Parse(Do("verify", "--json").Output).RootElement;
        told.GetProperty("parted").GetProperty("table").GetString().ShouldBe("silver.payments");
        JsonElement payments = told.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("table").GetString() == "silver.payments");
        payments.GetProperty("live").EnumerateObject().Select(member => member.Name).ShouldBe(["rows", "digest"]);
        payments.GetProperty("live").GetProperty("digest").GetString().ShouldNotBe(payments.GetProperty("rebuilt").GetProperty("digest").GetString());
    }

    [Fact]
    public void A_ledger_that_lost_its_end_takes_nobody_back()
    {
        string before = Do("query", "SELECT * FROM gold.orders").Output;
        string ledger = Path.Combine(Lake, "bronze", "_ledger");
        string kept = Path.Combine(_folder.Path, "kept");
        Directory.Move(ledger, kept);

        CommandRun run = Do("run");

        run.ExitCode.ShouldBe((int)FailureKind.OutOfReach);
        run.Error.ShouldContain("What is published has seen commit 6, but the ledger");
        CommandRun plan = Do("run", "--plan");
        plan.ExitCode.ShouldBe(run.ExitCode);
        run.Error.ShouldEndWith(plan.Error);
        Do("query", "SELECT * FROM gold.orders").Output.ShouldBe(before);

        if (Directory.Exists(ledger))
        {
            Directory.Delete(ledger, recursive: true);
        }

        Directory.Move(kept, ledger);
        Do("run").ExitCode.ShouldBe(0);
        Do("verify").ExitCode.ShouldBe(0);
    }

    private void Deliver(string feed, string lines) =>
        File.AppendAllText(Path.Combine(_folder.Path, "feeds", $"{feed}.csv"), lines + "\n");

    private void Found(params string[] texts)
    {
        CommandRun verified = Do("verify");

        verified.ExitCode.ShouldBe((int)FailureKind.CheckFailed, verified.Error);
        foreach (string text in texts)
        {
            verified.Error.ShouldContain(text);
        }
    }

    private void Change(params string[] statements)
    {
        using IEngine engine = LakeEngine.Open(ConfigurationLoader.Load(_config));
        foreach (string statement in statements)
        {
            engine.Query(statement, default);
        }
    }

    private CommandRun Do(string verb, params string[] arguments) => CommandRun.Of([verb, .. arguments, "--config", _config]);

    /// <summary>Stops the program once it has said something.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop, string text) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) is true)
            {
                stop.Cancel();
            }
        }
    }
}
