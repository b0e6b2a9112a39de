using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;

namespace ShopLake.Cli.Commands;

/// <summary><c>engines</c>: where models can run.</summary>
internal static class EnginesCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "engines",
            "Lists the engines of this build, whether each can be reached, and what to do for the others. Exits with 4 "
            + "when the one that the configuration file names is out of reach.",
            "shoplake engines", "shoplake engines --json");
        var json = CommonOptions.Json();
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed => Run(terminal, lake.LoadIfThere(parsed), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, LakeConfiguration? configuration, bool asJson)
    {
        var engines = LakeEngine.States(configuration);
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

        return engines.Any(engine => engine.Name == configuration?.Engine && !engine.IsReachable)
            ? (int)FailureKind.OutOfReach
            : 0;
    }
}
