using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines.Sqlite;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.CrashingWriter;

/// <summary>
/// Brings a SQLite warehouse up to its ledger and ends by itself before a given step: each model is one, and each thing that the
/// publication does to the disk. Arguments: <c>run</c>, the configuration's file, the step, 0 for none; it prints their number.
/// </summary>
internal static class CrashingRun
{
    public static int Start(string[] arguments)
    {
        int stopAt = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        int steps = 0;
        LakeConfiguration configuration = ConfigurationLoader.Load(arguments[1], ["engine=sqlite"]);
        var generations = new Generations(configuration.Lake, "sqlite", new DurableStorage(step => Step($"{step}")));
        using IEngine engine = SqliteEngine.Open(generations, ModelVocabulary.Functions("sqlite", configuration), hold: null);
        LakeRun.Execute(
            engine, ModelLibrary.Load(LakeCatalog.ShippedModels), configuration,
            BronzeState.Of(Ledger.Open(configuration.Lake)), new Watched(Step), CancellationToken.None);
        Console.WriteLine(steps);
        return 0;

        void Step(string what)
        {
            if (++steps == stopAt)
            {
                Environment.FailFast($"Stopped before {what}.");
            }
        }
    }

    private sealed class Watched(Action<string> watch) : IProgress<string>
    {
        public void Report(string value) => watch(value);
    }
}
