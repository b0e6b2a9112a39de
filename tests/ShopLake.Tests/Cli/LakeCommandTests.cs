using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

/// <summary>The verbs on the lake that <c>init</c> makes, whose numbers can be counted by hand.</summary>
public sealed partial class LakeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public LakeCommandTests()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        _config = Path.Combine(_folder.Path, "shoplake.yaml");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_in_a_fresh_folder_gives_revenue()
    {
        var run = Do("run");

        run.ExitCode.ShouldBe(0, run.Error);
        Tidy(run.Output).ShouldContain("payments payments 1 0 5 5 0\n");
        Tidy(run.Output).ShouldContain("events 11 9 0 1 1 0\n");
        Do("query", "SELECT day, gross_minor, refunds_minor FROM gold.revenue_daily ORDER BY day", "--csv").Output
            .ShouldBe("day,gross_minor,refunds_minor\n2025-01-10,2000,0\n2025-02-03,4750,0\n2025-02-10,1200,1200\n");
    }

    [Fact]
    public void A_second_run_finds_nothing_new()
    {
        Do("run").ExitCode.ShouldBe(0);

        var again = Do("run", "--json");

        again.ExitCode.ShouldBe(0, again.Error);
        var result = JsonDocument.Parse(again.Output).RootElement;
        result.GetProperty("outcome").GetString().ShouldBe("unchanged");
        result.GetProperty("ingest").GetProperty("sources").EnumerateArray()
            .Select(source => (source.GetProperty("records").GetInt64(), source.GetProperty("known").GetArrayLength())).Distinct()
            .ShouldBe([(0, 1)]);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("1")]
    public void Nothing_is_compared_with_itself_or_backwards(string after)
    {
        Do("ingest").ExitCode.ShouldBe(0);

        var refused = Do("diff", "2", after);

        refused.ExitCode.ShouldBe((int)FailureKind.Usage);
        refused.Error.ShouldContain($"2 is commit 2 and {after} is commit {after}; the earlier point comes first.");
    }

    [Fact]
    public void Ingest_alone_leaves_the_warehouse_as_it_is()
    {
        Do("ingest").ExitCode.ShouldBe(0);

        var status = Status();

        status.GetProperty("ledger_sequence").GetInt64().ShouldBe(6);
        status.GetProperty("warehouse").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Status_counts_what_is_in_the_lake()
    {
        Do("run").ExitCode.ShouldBe(0);
        _folder.Write("feeds/payments-more.csv", "order,attempt,state\no4,2,declined,1,2,3\n");
        Do("ingest");

        var status = Status();

        var payments = status.GetProperty("bronze").EnumerateArray()
            .Single(table => table.GetProperty("name").GetString() == "payments_raw");
        payments.GetProperty("rows").GetInt64().ShouldBe(5);
        payments.GetProperty("dead_letters").GetInt64().ShouldBe(1);
        var warehouse = status.GetProperty("warehouse");
        warehouse.GetProperty("ledger_sequence").GetInt64().ShouldBe(6);
        warehouse.GetProperty("as_of_day").GetString().ShouldBe("2025-02-10");
        warehouse.GetProperty("last_run").GetProperty("outcome").GetString().ShouldBe("published");
        Do("status").Output.ShouldContain($"up to commit 6 (1 behind; shoplake run --config {_config} catches up)");
    }

    [Fact]
    public void Check_shows_offenders_and_publishes_nothing()
    {
        File.AppendAllText(Path.Combine(_folder.Path, "feeds", "payments.csv"), "o9,1,ok,5.00,1739214960\n");
        Do("ingest").ExitCode.ShouldBe(0);

        var check = Do("check");

        check.ExitCode.ShouldBe(0, check.Error);
        check.Output.ShouldContain("parent_exists on bronze.payments_raw, for example:\n  o9-1: ");
        Status().GetProperty("warehouse").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Rejects_lists_what_is_out_of_Bronze_and_out_of_Silver()
    {
        _folder.Write("feeds/payments-more.csv", "order,attempt,state,amount,at\nragged\no9,1,ok,5.00,1739214960\n");
        Do("run").ExitCode.ShouldBe(0);

        string output = Do("rejects").Output;

        Tidy(output).ShouldContain("payments it has … field where the header has … 1 0\n");
        output.ShouldContain(
            "  feeds/payments-more.csv, record 1, byte 30: it has 1 field where the header has 5: ragged\n");
        Tidy(output).ShouldContain("parent_exists payments 1 5.00");
        var rejects = JsonDocument.Parse(Do("rejects", "--json").Output).RootElement;
        rejects.GetProperty("dead_letters")[0].GetProperty("preview").GetString().ShouldBe("ragged");
        rejects.GetProperty("quarantine")[0].GetProperty("record_key").GetString().ShouldBe("o9-1");
    }

    [Fact]
    public void Exported_dead_letters_come_in_once_they_are_mended()
    {
        _folder.Write("feeds/users-more.csv", "user_id,name,email\nu9\n");
        Do("ingest").ExitCode.ShouldBe(0);

        string export = Do("rejects", "--export").Output;
        string file = export.Split('\n')[0]["wrote ".Length..];
        JsonDocument.Parse(Do("rejects", "--export", "--json").Output).RootElement.GetProperty("files")
            .EnumerateArray().Select(written => written.GetString()).ShouldBe([file]);
        File.WriteAllText(file, File.ReadAllText(file).Replace("u9", "u9,Nia,nia@example.com"));

        Do("ingest").ExitCode.ShouldBe(0);
        Do("rejects", "--export").Output.ShouldBe("Nothing is left to mend.\n");
        Tidy(Do("rejects").Output).ShouldContain("users it has … field where the header has … 0 1\n");
    }

    [Fact]
    public void A_rule_of_severity_fail_keeps_the_last_good_state()
    {
        Do("run").ExitCode.ShouldBe(0);
        _folder.Write("own/checks/no_lamps.sql", """
            /*
            check: no_lamps
            on: silver.products
            severity: fail
            what: We sell no lamps any more.
            */
            SELECT product_id AS record_key, 'product_name is ' || product_name AS reason
            FROM silver.products
            WHERE product_name = 'Lamp'
            """);

        var run = Do("run", "--set", "models=own");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldEndWith("Error: Rules of severity fail found rows: no_lamps on silver.products (1). "
            + "Nothing is published while they do; readers keep the last good state.\n"
            + $"Try: shoplake check --config {_config} --set models=own\n");
        Do("check", "--set", "models=own").ExitCode.ShouldBe(1);
        var warehouse = Status().GetProperty("warehouse");
        warehouse.GetProperty("generation").GetInt64().ShouldBe(1);
        warehouse.GetProperty("last_run").GetProperty("outcome").GetString().ShouldBe("refused");
    }

    [Fact]
    public void A_source_that_cannot_be_read_does_not_stop_the_others()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "feeds", "users.csv"), [0x1f, 0x8b, 0, 0, 1, 2, 3]);

        var run = Do("run");

        run.ExitCode.ShouldBe(3);
        run.Error.ShouldContain("Error: ");
        run.Error.ShouldContain("users.csv");
        Do("query", "SELECT count(*) AS n FROM gold.orders", "--csv").Output.ShouldBe("n\n4\n");
    }

    [Fact]
    public void A_pattern_that_finds_no_file_is_warned_of()
    {
        var run = Do("run", "--set", "sources.users.path=feeds/user-*.csv");

        run.ExitCode.ShouldBe(0, run.Error);
        string warning = $"{Path.Combine(_folder.Path, "feeds", "user-*.csv")} finds no file";
        run.Output.ShouldContain($"Warning (users): {warning}");
        Do("ingest", "--set", "sources.users.path=feeds/user-*.csv", "--json").Output.ShouldContain(warning);
    }

    [Fact]
    public void Gold_can_be_read_whoever_holds_the_warehouse()
    {
        Do("run").ExitCode.ShouldBe(0);
        string warehouse = Path.Combine(_folder.Path, "data", "warehouse.duckdb");
        File.WriteAllText(warehouse, "as unreadable as one that a run holds");

        Do("query", "SELECT month_of(day) AS month FROM gold.revenue_daily ORDER BY day LIMIT 1", "--csv")
            .ShouldBe(new CommandRun(0, "month\n2025-01-01\n", ""));
        var silver = Do("query", "SELECT count(*) AS n FROM silver.orders");
        silver.ExitCode.ShouldBe(4);
        silver.Error.ShouldStartWith($"Error: The warehouse {warehouse} cannot be opened: ");
        silver.Error.ShouldEndWith($"Delete it and run: shoplake run --config {_config}, which computes it again from Bronze.\n");
        var status = Do("status");
        status.ExitCode.ShouldBe(0);
        status.Error.ShouldStartWith($"The warehouse {warehouse} cannot be opened: ");
        status.Output.ShouldContain("Bronze     commit 6");
    }

    [Fact]
    public void Who_holds_the_warehouse_is_told_and_how_to_go_on()
    {
        Do("run").ExitCode.ShouldBe(0);
        string endless = "SELECT o.order_id FROM silver.orders AS o, range(1000000000000) AS r";
        using var reader = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "ShopLake.Cli.dll"), "query", endless, "--csv", "--config", _config,
        ])
        { RedirectStandardOutput = true })!;
        try
        {
            reader.StandardOutput.ReadLine().ShouldBe("order_id");

            var verify = Do("verify");

            verify.ExitCode.ShouldBe(4);
            verify.Error.ShouldContain($"(PID {reader.Id})");
            verify.Error.ShouldEndWith(" Another process is using it; wait for that one to end and try again.\n");
            verify.Error.ShouldNotContain("duckdb.org");
            verify.Error.ShouldNotContain("CLI");
        }
        finally
        {
            reader.Kill();
            reader.WaitForExit();
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("spark")]
    public void Whoever_has_locked_the_warehouse_is_waited_for(string engine)
    {
        Do("ingest").ExitCode.ShouldBe(0);
        string file = Path.Combine(_folder.Path, "data", $".{engine}.lock");
        using FileStream held = new(file, FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var run = Do("run", "--set", $"engine={engine}");

        run.ExitCode.ShouldBe(4);
        run.Error.ShouldEndWith($"Error: The warehouse {Path.Combine(_folder.Path, "data", engine)} is held: another process has "
            + $"locked {file}. Wait for that one to end (fuser {file} names it) and try again.\n");
    }

    [Fact]
    public void Whoever_waits_for_another_writer_is_told_so()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "data", "bronze", "_ledger")).FullName;
        using FileStream turn = new(Path.Combine(folder, "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(6));

        var ingest = CommandRun.Of(cancellation.Token, "ingest", "--config", _config);

        ingest.ExitCode.ShouldBe(130);
        ingest.Error.ShouldStartWith("Bronze …\nBronze: users waits, as another process is writing to this lake.\nStopped. ");
    }

    [Fact]
    public void In_a_warehouse_without_a_published_state_the_verbs_say_what_to_do()
    {
        _folder.Write("feeds/users-more.csv", "user_id,name,email\nu9\n");
        Do("ingest").ExitCode.ShouldBe(0);
        LakeEngine.Open(ConfigurationLoader.Load(_config)).Dispose();
        File.Exists(Path.Combine(_folder.Path, "data", "warehouse.duckdb")).ShouldBeTrue();
        var nothing = new CommandRun(2, "", $"Error: Nothing is published yet. Try: shoplake run --config {_config}\n");

        Do("report").ShouldBe(nothing);
        Do("export", Path.Combine(_folder.Path, "exported")).ShouldBe(nothing);
        Do("export", Path.Combine(_folder.Path, "exported"), "silver.orders").ShouldBe(nothing);
        Do("query", "SELECT * FROM gold.orders").ShouldBe(nothing);
        Do("verify").ShouldBe(nothing);
        var rejects = Do("rejects");
        rejects.ExitCode.ShouldBe(0, rejects.Error);
        rejects.Error.ShouldBe($"Nothing is published yet. Try: shoplake run --config {_config}\n");
        rejects.Output.ShouldContain("users-more.csv, record 1");
        JsonDocument.Parse(Do("rejects", "--json").Output).RootElement.GetProperty("quarantine").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void The_next_step_is_told_with_the_options_that_name_the_lake()
    {
        string own = Path.Combine(_folder.Path, "my shop.yaml");
        File.Copy(_config, own);
        string[] lake = ["--config", own, "--set", "lake=the shoplake data", "--set", "money.decimals=2"];
        string given = $"--config '{own}' --set 'lake=the shoplake data' --set money.decimals=2";

        CommandRun.Of(["report", .. lake]).Error
            .ShouldEndWith($"/the shoplake data/warehouse.duckdb yet.\nTry: shoplake run {given}, which builds it.\n");
        CommandRun.Of(["status", .. lake]).Output.ShouldContain($"Bronze     empty; shoplake run {given} reads the feeds\n");
        CommandRun.Of(["run", .. lake]).ExitCode.ShouldBe(0);
        CommandRun.Of(["trace", "gold.orders", "--where", "order_id = 'none'", .. lake]).Error
            .ShouldEndWith($"Try: shoplake query {given} \"SELECT * FROM gold.orders\"\n");
        CommandRun.Of(["asof", "6", .. lake]).Output
            .ShouldContain($"Try: shoplake query {given} \"SELECT * FROM gold.revenue_daily ORDER BY day\" --asof 6\n");
        CommandRun.Of(["report", "--set", "lake=x", "--config"]).Error.ShouldEndWith("Try: shoplake report --help\n");
    }

    [Fact]
    public void A_lake_that_cannot_be_written_is_an_error_that_names_it_and_exits_with_4()
    {
        var run = Do("run", "--set", "lake=shoplake.yaml/data");

        run.ExitCode.ShouldBe(4);
        run.Error.TrimEnd('\n').Split('\n')[^1].ShouldStartWith("Error: ");
        run.Error.ShouldContain(_config);
    }

    [Fact]
    public void An_interrupted_run_continues_later()
    {
        var stopped = CommandRun.Of(new CancellationToken(canceled: true), "run", "--config", _config);

        stopped.ExitCode.ShouldBe(130);
        stopped.Error.ShouldEndWith(
            "Stopped. What was acknowledged is kept; the same command continues from here.\n");
        Do("run").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Mistakes_in_the_configuration_exit_with_2()
    {
        var run = Do("run", "--set", "money.decimals=9");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe(
            "Error: --set money.decimals: money.decimals: '9' is not a whole number from 0 to 4.\n");
    }

    private static string Tidy(string table) => Spaces().Replace(table, " ");

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    private JsonElement Status() => JsonDocument.Parse(Do("status", "--json").Output).RootElement;

    private CommandRun Do(params string[] arguments) => CommandRun.Of([.. arguments, "--config", _config]);
}
