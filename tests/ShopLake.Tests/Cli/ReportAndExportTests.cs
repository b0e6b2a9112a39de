using System.Text.Json;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

/// <summary>What leaves the lake that <c>init</c> makes, whose numbers can be counted by hand.</summary>
public sealed class ReportAndExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;
    private readonly string _exported;

    public ReportAndExportTests()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        _config = Path.Combine(_folder.Path, "shoplake.yaml");
        _exported = Path.Combine(_folder.Path, "exported");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_shows_what_was_paid_and_up_to_when()
    {
        Do("run").ExitCode.ShouldBe(0);

        CommandRun report = Do("report");

        report.ExitCode.ShouldBe(0, report.Error);
        report.Output.ShouldStartWith("As of 2025-02-10T19:16:00Z, business day 2025-02-10; money in EUR\n");
        report.Output.ShouldContain("59.50     12.00   47.50");
        report.Output.ShouldEndWith("All of Gold reconciles: gold.reconciliation.\n");
    }

    [Fact]
    public void A_report_of_the_past_knows_no_later_payment()
    {
        Do("run").ExitCode.ShouldBe(0);
        string payments = Path.Combine(_folder.Path, "feeds", "payments.csv");
        File.AppendAllText(payments, "o3,9,ok,10.50,1739214961\n");
        Do("run").ExitCode.ShouldBe(0);

        Net(Do("report", "--json")).ShouldBe(4750 + 1050);
        Net(Do("report", "--asof", "6", "--json")).ShouldBe(4750);
    }

    [Fact]
    public void An_order_paid_on_several_days_of_a_month_is_one_paid_order()
    {
        string payments = Path.Combine(_folder.Path, "feeds", "payments.csv");
        File.AppendAllText(payments, "o3,8,ok,5.50,1739128561\no3,9,ok,5.00,1739214961\n");
        Do("run").ExitCode.ShouldBe(0);

        long paid = JsonDocument.Parse(Do("query", "SELECT count(*) AS paid FROM gold.orders WHERE is_paid", "--json").Output)
            .RootElement[0].GetProperty("paid").GetInt64();
        JsonDocument.Parse(Do("report", "--json").Output).RootElement.GetProperty("revenue_by_month").EnumerateArray()
            .Sum(month => month.GetProperty("paid_orders").GetInt64()).ShouldBe(paid);
    }

    [Fact]
    public void A_report_of_Gold_that_does_not_reconcile_says_so()
    {
        string[] onSqlite = ["--set", "engine=sqlite"];
        Do("run", onSqlite).ExitCode.ShouldBe(0);
        TableDefinition reconciliation = ModelLibrary.Load(LakeCatalog.ShippedModels).Catalog.Find("gold.reconciliation")!;
        using (IEngine warehouse = LakeEngine.Open(ConfigurationLoader.Load(_config, ["engine=sqlite"])))
        {
            object?[][] rows = [.. warehouse.Query("SELECT * FROM gold.reconciliation", default).Rows];
            rows[0][reconciliation.Columns.ToList().FindIndex(column => column.Name == "is_balanced")] = false;
            warehouse.Begin();
            warehouse.Fill(reconciliation, "", rows);
            warehouse.Commit();
        }

        CommandRun report = Do("report", onSqlite);

        report.ExitCode.ShouldBe((int)FailureKind.CheckFailed);
        report.Output.ShouldContain("What must agree and does not\n");
        JsonDocument.Parse(Do("report", [.. onSqlite, "--json"]).Output).RootElement.GetProperty("unbalanced")
            .GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void All_of_Gold_is_exported_as_a_query_gives_it()
    {
        Do("run").ExitCode.ShouldBe(0);

        CommandRun export = Do("export", _exported);

        export.ExitCode.ShouldBe(0, export.Error);
        string[] gold = [.. ModelLibrary.Load(LakeCatalog.ShippedModels).Models
            .Where(model => model.Table.Schema == "gold").Select(model => $"{model.Name}.csv")];
        Directory.EnumerateFiles(_exported).Select(Path.GetFileName).ShouldBe(gold, ignoreOrder: true);
        File.ReadAllText(Path.Combine(_exported, "gold.customers.csv"))
            .ShouldBe(Do("query", "SELECT * FROM gold.customers ORDER BY user_id", "--csv").Output);
    }

    [Fact]
    public void Json_lines_are_an_object_each()
    {
        Do("run").ExitCode.ShouldBe(0);

        CommandRun export = Do("export", _exported, "silver.users", "gold.orders", "--format", "jsonl", "--json");

        export.ExitCode.ShouldBe(0, export.Error);
        JsonDocument.Parse(export.Output).RootElement[1].GetProperty("rows").GetInt32().ShouldBe(4);
        string[] lines = File.ReadAllLines(Path.Combine(_exported, "gold.orders.jsonl"));
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("order_id").GetString())
            .ShouldBe(["o1", "o2", "o3", "o4"]);
        File.ReadAllLines(Path.Combine(_exported, "silver.users.jsonl")).Length.ShouldBe(3);
    }

    [Fact]
    public void Every_name_that_is_no_table_is_told_and_nothing_written()
    {
        Do("run").ExitCode.ShouldBe(0);

        CommandRun export = Do("export", _exported, "gold.ordrs", "gold.orders", "prep.payment_rows");

        export.ExitCode.ShouldBe((int)FailureKind.Usage);
        export.Error.ShouldStartWith(
            "Error: 'gold.ordrs' is no table of Silver or Gold.\nTry: gold.orders\n'prep.payment_rows' is no table");
        Directory.Exists(_exported).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        Do("run").ExitCode.ShouldBe(0);

        CommandRun export = Do("export", Path.Combine(_config, "below"), "gold.as_of");

        export.ExitCode.ShouldBe((int)FailureKind.Usage);
        export.Error.ShouldStartWith($"Error: {Path.Combine(_config, "below", "gold.as_of.csv")} cannot be written: ");
    }

    [Fact]
    public void What_is_broken_off_leaves_the_former_file_whole()
    {
        Do("run").ExitCode.ShouldBe(0);
        Directory.CreateDirectory(_exported);
        string file = Path.Combine(_exported, "gold.orders.csv");
        File.WriteAllText(file, "former");
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        CommandRun export = CommandRun.Of(stopped.Token, "export", _exported, "gold.orders", "--config", _config);

        export.ExitCode.ShouldBe(130);
        Directory.EnumerateFiles(_exported).ShouldBe([file]);
        File.ReadAllText(file).ShouldBe("former");
        Do("export", _exported, "gold.orders").ExitCode.ShouldBe(0);
        File.ReadAllText(file).ShouldStartWith("order_id,");
    }

    private static long Net(CommandRun report) => JsonDocument.Parse(report.Output).RootElement
        .GetProperty("revenue_by_month").EnumerateArray().Last().GetProperty("net_minor").GetInt64();

    private CommandRun Do(string verb, params string[] arguments) => CommandRun.Of([verb, .. arguments, "--config", _config]);
}
