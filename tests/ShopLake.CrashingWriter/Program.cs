using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.CrashingWriter;

/// <summary>
/// Ingests the CSV feeds of a project as payments, for tests that stop it in the middle: by itself before a given step
/// of the commit, or from outside. Arguments: the project's folder and the step, 0 for none; then, to make one commit
/// after the other, the name of a source and its number of batches: <c>feeds/name-0.csv</c> and so on.
/// With <c>run</c> first it is <see cref="CrashingRun"/>.
/// </summary>
public static class Program
{
    public static int Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments[0] == "run")
        {
            return CrashingRun.Start(arguments);
        }

        int stopAt = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        int steps = 0;
        var storage = new DurableStorage(step =>
        {
            if (++steps == stopAt)
            {
                Environment.FailFast($"Stopped before {step}.");
            }
        });
        Console.WriteLine("ready");
        var catalog = LakeCatalog.Load(LakeCatalog.ShippedModels);
        ShopLakeException[] errors =
        [
            .. Sources(arguments).SelectMany(source =>
                new Ingestor(Configuration(arguments[0], source), catalog, storage).Run().Sources)
                .SelectMany(report => report.Errors),
        ];
        Console.WriteLine(steps);
        errors.ToList().ForEach(error => Console.WriteLine(error.Message));
        return errors.Length == 0 ? 0 : 1;
    }

    private static IEnumerable<Source> Sources(string[] arguments)
    {
        string feeds = Path.Combine(arguments[0], "feeds");
        if (arguments.Length < 4)
        {
            return [new Source { Name = "payments", Table = "payments", Path = Path.Combine(feeds, "*.csv") }];
        }

        string name = arguments[2];
        return Enumerable.Range(0, int.Parse(arguments[3], CultureInfo.InvariantCulture)).Select(batch =>
            new Source { Name = name, Table = "payments", Path = Path.Combine(feeds, $"{name}-{batch}.csv") });
    }

    private static LakeConfiguration Configuration(string folder, Source source) => new()
    {
        ProjectFolder = folder,
        Lake = Path.Combine(folder, "data"),
        Sources = [source],
    };
}
