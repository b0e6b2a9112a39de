using System.Text.Json;

namespace ShopLake.Tests.Cli;

public sealed class EnginesCommandTests
{
    [Fact]
    public void The_embedded_engine_is_always_reachable()
    {
        var run = CommandRun.Of("engines", "--json");

        run.ExitCode.ShouldBe(0);
        var engine = JsonDocument.Parse(run.Output).RootElement[0];
        engine.GetProperty("name").GetString().ShouldBe("duckdb");
        engine.GetProperty("is_reachable").GetBoolean().ShouldBeTrue();
        engine.GetProperty("version").GetString().ShouldStartWith("v");
    }
}
