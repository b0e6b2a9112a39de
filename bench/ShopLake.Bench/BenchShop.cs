using System.Diagnostics;
using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Engines.DuckDb;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;

namespace ShopLake.Bench;

/// <summary>What the benchmarks over a simulated shop have in common.</summary>
internal static class BenchShop
{
    /// <summary>Length of the shop's life.</summary>
    public const int Days = 365;

    private const int NewDays = 4;
    private const int OrdersPerUser = 10;
    private const int EventsPerOrder = 10;

    /// <summary>Plays a year of a shop into a folder.</summary>
    public static void Simulate(string folder, int orders) => Simulation.Run(new SimulationOptions
    {
        OutputFolder = folder,
        Users = Math.Max(1, orders / OrdersPerUser),
        OrdersPerUser = OrdersPerUser,
        EventsPerOrder = EventsPerOrder,
        Products = 1_000,
        Days = Days,
    });

    /// <summary>A year of a shop in Bronze, its last days in commits of their own.</summary>
    /// <returns>The shop, the last commit of its history, and the last of all.</returns>
    public static (LakeConfiguration Shop, long History, long Delta) Deliver(
        string folder, int orders, ModelLibrary library, Action<string> tell)
    {
        Simulate(folder, orders);
        var lake = new BenchLake(folder, library);
        string held = Path.Combine(folder, "held");
        Directory.Move(lake.Feeds, held);
        Directory.CreateDirectory(lake.Feeds);
        string[] days = [.. Directory.EnumerateDirectories(held).Order(StringComparer.Ordinal).Take(Days)];
        long history = Ingest(days[..^NewDays]);
        long delta = Ingest(days[^NewDays..]);
        tell(string.Create(CultureInfo.InvariantCulture,
            $"{lake.Rows(0, history):N0} rows of history, {lake.Rows(history, delta):N0} new"));
        return (ConfigurationLoader.Load(lake.File), history, delta);

        long Ingest(string[] arrived)
        {
            foreach (string day in arrived)
            {
                Directory.Move(day, Path.Combine(lake.Feeds, Path.GetFileName(day)));
            }

            return lake.Ingest();
        }
    }

    /// <summary>What every table of Silver and Gold holds.</summary>
    public static Dictionary<string, TableDigest> Digests(IEngine engine, ModelLibrary library) =>
        library.Models.Where(model => model.IsPublic).ToDictionary(
            model => model.Name, model => engine.Digest(model.Table, CancellationToken.None), StringComparer.Ordinal);

    /// <summary>A warehouse with functions, configuration and views over Bronze, which other tools find ready.</summary>
    public static void Prepare(string file, LakeConfiguration shop, ModelLibrary library)
    {
        using var engine = DuckDbEngine.Open(file, ModelVocabulary.Functions("duckdb", shop), "4GB", null);
        Warehouse.Prepare(
            engine, library, shop, BronzeState.Of(Ledger.Open(shop.Lake)), after: 0, CancellationToken.None);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; with all that it wrote.</exception>
    public static string Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(
            $"{start.FileName} {string.Join(' ', start.ArgumentList)} failed:\n{output}\n{errors.Result}");
    }
}
