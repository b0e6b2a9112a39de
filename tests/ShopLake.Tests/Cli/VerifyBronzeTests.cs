using System.Text.Json;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

/// <summary><c>verify --bronze</c> on the lake that <c>init</c> makes.</summary>
public sealed class VerifyBronzeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;
    private readonly string _bronze;

    public VerifyBronzeTests()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        _config = Path.Combine(_folder.Path, "shoplake.yaml");
        _bronze = Path.Combine(_folder.Path, "data", "bronze");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_lake_without_commits_has_nothing_to_find() => Verify().ExitCode.ShouldBe(0);

    [Fact]
    public void A_sound_lake_exits_with_0_and_counts_what_was_read()
    {
        Ingest();

        var run = Verify("--json");

        run.ExitCode.ShouldBe(0, run.Error);
        var result = JsonDocument.Parse(run.Output).RootElement;
        result.GetProperty("findings").GetArrayLength().ShouldBe(0);
        var payments = result.GetProperty("tables").EnumerateArray()
            .Single(table => table.GetProperty("name").GetString() == "payments_raw");
        payments.GetProperty("rows").GetInt64().ShouldBe(5);
        payments.GetProperty("commits").GetInt64().ShouldBe(1);
    }

    [Fact]
    public void Changed_missing_and_foreign_files_and_damaged_records_are_all_named_and_exit_with_1()
    {
        Ingest();
        string[] rows = [.. Directory.GetFiles(_bronze, "*.parquet", SearchOption.AllDirectories).Order()];
        byte[] bytes = File.ReadAllBytes(rows[0]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(rows[0], bytes);
        File.Delete(rows[1]);
        string foreign = Path.Combine(_bronze, "payments", "copy.parquet");
        File.Copy(rows[2], foreign);
        string record = Path.Combine(_bronze, "_ledger", "000000000001.json");
        File.AppendAllText(record, " ");

        var run = Verify();

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("Error: Bronze is not what its ledger says:\n");
        run.Error.ShouldContain($"{rows[0]} has changed since commit");
        run.Error.ShouldContain($"{rows[1]} is missing; commit");
        run.Error.ShouldContain($"{foreign} is not named by the ledger");
        run.Error.ShouldContain($"{record} cannot be trusted");
        run.Error.ShouldContain("Try: restore changed and missing files from a copy");
    }

    [Fact]
    public void Bronze_is_not_compared_with_an_engine()
    {
        var run = Verify("--against", "sqlite");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldStartWith("Error: --bronze and --against exclude each other.");
    }

    private void Ingest() => CommandRun.Of("ingest", "--config", _config).ExitCode.ShouldBe(0);

    private CommandRun Verify(params string[] arguments) =>
        CommandRun.Of(["verify", "--bronze", .. arguments, "--config", _config]);
}
