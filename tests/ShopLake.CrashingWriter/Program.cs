using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.CrashingWriter;

/// <summary>
/// Ingests the CSV feeds of a project as payments, for tests that stop it in the middle: by itself before a given step
/// of the commit, or from outside. Arguments: the project's folder and the step, 0 for none.
/// </summary>
public static class Program
{
    public static int Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        int stopAt = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        int steps = 0;
        var storage = new DurableStorage(step =>
        {
            if (++steps == stopAt)
            {
                Environment.FailFast($"Stopped before {step}.");
            }
        });
        var configuration = new LakeConfiguration
        {
            ProjectFolder = arguments[0],
            Lake = Path.Combine(arguments[0], "data"),
            Sources =
            [
                new Source { Name = "payments", Table = "payments", Path = Path.Combine(arguments[0], "feeds", "*.csv") },
            ],
        };
        Console.WriteLine("ready");
        var catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);
        IngestReport report = new Ingestor(configuration, catalog, storage).Run();
        Console.WriteLine(steps);
        return report.Failure is null ? 0 : 1;
    }
}
