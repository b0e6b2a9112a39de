using System.Diagnostics;
using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Bench;

/// <summary>
/// What a run costs that has nothing to do, as a whole process, as a timer starts it every minute: against <c>dbt run</c> of the
/// same models over the same Bronze, which was run before as well.
/// </summary>
internal sealed class NothingNewBench : IDisposable
{
    private const double ReachSeconds = 0.5;
    private const double ReachRatio = 0.25;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly PeerProject _dbt;
    private readonly string? _program;
    private readonly int _rounds;

    /// <param name="peers">Folder of the other tools' programs.</param>
    /// <param name="program">The published program; null for the one that was built with this bench.</param>
    /// <param name="rounds">How often each runs, interleaved.</param>
    public NothingNewBench(string peers, string? program, int rounds)
    {
        _dbt = PeerProject.In(Path.GetFullPath(peers)).First(peer => peer.Name == "dbt");
        _program = program is null ? null : Path.GetFullPath(program);
        _rounds = rounds;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <param name="orders">Of the shop: few are in dbt's favour, which computes everything anew.</param>
    public void Run(int orders, TextWriter output)
    {
        string shopFolder = Path.Combine(_folder, "shop");
        BenchShop.Simulate(shopFolder, orders);
        LakeConfiguration shop = ConfigurationLoader.Load(Path.Combine(shopFolder, "shoplake.yaml"));
        RunProgram(shopFolder);
        string project = Directory.CreateDirectory(Path.Combine(_folder, "dbt")).FullName;
        BenchShop.Prepare(Path.Combine(project, "warehouse.duckdb"), shop, _library);
        _dbt.Write(project, _library);
        _dbt.Run(project);

        var ours = new List<Cost>();
        var theirs = new List<Cost>();
        for (int round = 0; round < _rounds; round++)
        {
            ours.Add(Cost.Of(() => ShouldFindNothing(RunProgram(shopFolder))));
            theirs.Add(Cost.Of(() => _dbt.Run(project)));
        }

        (Cost run, Cost dbt) = (Cost.Median(ours), Cost.Median(theirs));
        int files = Directory.EnumerateFiles(Path.Combine(shopFolder, "feeds"), "*", SearchOption.AllDirectories).Count();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_library.Models.Count} models, {files:N0} known files, medians of {_rounds}"));
        output.WriteLine("| | s | CPU s | reach s | of dbt's s | of its CPU | reach |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| run | {run.Seconds:F2} | {run.ProcessorSeconds:F2} | {ReachSeconds:F2} | {run.Seconds / dbt.Seconds:F3} | {run.ProcessorSeconds / dbt.ProcessorSeconds:F3} | {ReachRatio:F2} |"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| dbt run | {dbt.Seconds:F2} | {dbt.ProcessorSeconds:F2} | | | | |"));
    }

    private string RunProgram(string shop) => BenchShop.Run(_program is null
        ? new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ShopLake.Cli.dll"), "run"]) { WorkingDirectory = shop }
        : new ProcessStartInfo(_program, ["run"]) { WorkingDirectory = shop });

    private static void ShouldFindNothing(string text)
    {
        if (!text.Contains("Nothing new", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program found something new.\n{text}");
        }
    }
}
