using System.Text.Json;
using ShopLake.Tests.Engines;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

public sealed class EnginesCommandTests
{
    [Fact]
    public void The_embedded_engines_are_always_reachable()
    {
        var run = CommandRun.Of("engines", "--json");

        run.ExitCode.ShouldBe(0);
        var engines = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().Take(2).ToArray();
        engines.Select(engine => engine.GetProperty("name").GetString()).ShouldBe(["duckdb", "sqlite"]);
        engines.ShouldAllBe(engine => engine.GetProperty("is_reachable").GetBoolean());
        engines[0].GetProperty("version").GetString().ShouldStartWith("v");
        engines[1].GetProperty("version").GetString().ShouldStartWith("3.");
    }

    [Fact]
    public void A_server_is_shown_with_its_version()
    {
        JsonElement server = Server(TestPostgres.DatabaseOf("engines that are listed"), out int exitCode);

        exitCode.ShouldBe(0);
        server.GetProperty("is_reachable").GetBoolean().ShouldBeTrue();
        server.GetProperty("version").GetString().ShouldStartWith("PostgreSQL ");
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=shop;Username=nobody", "127.0.0.1:1")]
    [InlineData("no connection string", "Write it as postgresql://")]
    public void A_server_that_is_out_of_reach_is_shown_with_what_to_do(string url, string told)
    {
        JsonElement server = Server(url, out int exitCode);

        exitCode.ShouldBe(4);
        server.GetProperty("is_reachable").GetBoolean().ShouldBeFalse();
        server.GetProperty("about").GetString()!.ShouldContain(told);
    }

    private static JsonElement Server(string url, out int exitCode)
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("init", folder.Path).ExitCode.ShouldBe(0);
        var run = CommandRun.Of("engines", "--json", "--config", Path.Combine(folder.Path, "shoplake.yaml"),
            "--set", "engine=postgres", "--set", $"url={url}");
        exitCode = run.ExitCode;
        return JsonDocument.Parse(run.Output).RootElement.EnumerateArray()
            .Single(engine => engine.GetProperty("name").GetString() == "postgres");
    }
}
