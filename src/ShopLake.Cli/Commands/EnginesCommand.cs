using System.CommandLine;
using ShopLake.Cli.Output;
using ShopLake.Engines.DuckDb;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>engines</c>: where models can run.</summary>
internal static class EnginesCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "engines", "Lists the engines of this build, and whether each can be reached.",
            "shoplake engines", "shoplake engines --json");
        var json = CommonOptions.Json();
        verb.Add(json);
        verb.SetAction(parsed => Run(terminal, parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, bool asJson)
    {
        EngineState[] engines =
        [
            Probe(
                "duckdb", "embedded, the default; nothing to install",
                () => DuckDbEngine.Open(":memory:", "SELECT 1", "256MB", spillFolder: null)),
        ];
        if (asJson)
        {
            terminal.Write(JsonText.Of(engines));
        }
        else
        {
            terminal.WriteTable(
                ["engine", "reachable", "version", "about"],
                engines.Select(engine => new object?[]
                {
                    engine.Name, engine.IsReachable, engine.Version, engine.About,
                }));
        }

        return engines.All(engine => engine.IsReachable) ? 0 : (int)FailureKind.OutOfReach;
    }

    private static EngineState Probe(string name, string about, Func<IEngine> open)
    {
        try
        {
            using var engine = open();
            return new EngineState(name, true, engine.Version, about);
        }
        catch (ShopLakeException failure) when (failure.Kind == FailureKind.OutOfReach)
        {
            return new EngineState(name, false, null, failure.Message);
        }
    }

    private sealed record EngineState(string Name, bool IsReachable, string? Version, string About);
}
