using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Engines.DuckDb;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Bench;

/// <summary>
/// All of Silver and Gold from the Bronze of a simulated shop: ShopLake's run against the same SQL as one script in DuckDB,
/// and against other tools that run the same models. A path counts only if all its tables hold ShopLake's rows.
/// </summary>
internal sealed class BuildBench : IDisposable
{
    private const string MemoryLimit = "4GB";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly int _orders;
    private readonly int _rounds;
    private readonly PeerProject[] _peers;

    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    /// <param name="peers">Folder of the other tools' programs; null where only the script is measured.</param>
    public BuildBench(int orders, int rounds, string? peers)
    {
        _orders = orders;
        _rounds = rounds;
        _peers = peers is null ? [] : [.. PeerProject.In(Path.GetFullPath(peers))];
    }

    /// <returns>Every path gives the same tables.</returns>
    public bool Run(TextWriter output)
    {
        LakeConfiguration shop = Simulate(output);
        string prepared = Path.Combine(_folder, "prepared.duckdb");
        string script = Path.Combine(_folder, "script.sql");
        BenchShop.Prepare(prepared, shop, _library);
        File.WriteAllText(script, Script());
        (string Name, double Reach, Func<string, Action> Prepare)[] floors =
        [
            ("hand-written script", 1.10, folder => PrepareScript(folder, prepared, script)),
            .. _peers.Select(peer => (peer.Name, 0.95, new Func<string, Action>(folder => PreparePeer(folder, prepared, peer)))),
        ];
        var costs = floors.ToDictionary(floor => floor.Name, _ => new List<Cost>());
        var ours = new List<Cost>();
        var digests = new Dictionary<string, IReadOnlyDictionary<string, TableDigest>>();
        for (int round = 0; round < _rounds; round++)
        {
            ours.Add(Measure("shoplake", folder => () => RunShopLake(shop, folder)));
            foreach ((string name, _, Func<string, Action> prepare) in floors)
            {
                costs[name].Add(Measure(name, prepare));
            }
        }

        return Report();

        Cost Measure(string name, Func<string, Action> prepare)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, name.Replace(' ', '-'))).FullName;
            Cost cost = Cost.Of(prepare(folder));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {cost.Seconds:F1} s, processors {cost.ProcessorSeconds:F1} s"));
            digests[name] = Digests(shop, Path.Combine(folder, "warehouse.duckdb"));
            Directory.Delete(folder, recursive: true);
            return cost;
        }

        bool Report()
        {
            output.WriteLine("| against | its s | run s | ratio | reach | CPU ratio | tables equal |");
            output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            Cost run = Cost.Median(ours);
            bool isEqual = true;
            foreach ((string name, double reach, _) in floors)
            {
                Cost floor = Cost.Median(costs[name]);
                string[] different = [.. digests["shoplake"].Where(table => digests[name][table.Key] != table.Value).Select(table => table.Key)];
                isEqual &= different.Length == 0;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {floor.Seconds:F1} | {run.Seconds:F1} | {run.Seconds / floor.Seconds:F2} | {reach:F2} | "
                    + $"{run.ProcessorSeconds / floor.ProcessorSeconds:F2} | {(different.Length == 0 ? "yes" : $"NO: {string.Join(", ", different)}")} |"));
            }

            return isEqual;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LakeConfiguration Simulate(TextWriter output)
    {
        string folder = Path.Combine(_folder, "shop");
        BenchShop.Simulate(folder, _orders);
        LakeConfiguration shop = ConfigurationLoader.Load(Path.Combine(folder, "shoplake.yaml"));
        IngestReport report = new Ingestor(shop, _library.Catalog).Run();
        Directory.Delete(Path.Combine(folder, "feeds"), recursive: true);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Sources.Sum(source => source.Accepted):N0} rows in Bronze, {Environment.ProcessorCount} processors, medians of {_rounds}"));
        return shop;
    }

    /// <summary>What someone would write who needs these tables once.</summary>
    private string Script()
    {
        var script = new StringBuilder($"SET memory_limit = '{MemoryLimit}';\nSET preserve_insertion_order = false;\n");
        foreach (Model model in _library.Models)
        {
            script.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {model.Name} AS\n{model.Sql.TrimEnd().TrimEnd(';')};\n\n");
        }

        return script.ToString();
    }

    private static Action PrepareScript(string folder, string prepared, string script)
    {
        string file = Path.Combine(folder, "warehouse.duckdb");
        File.Copy(prepared, file);
        return () =>
        {
            using var connection = new DuckDBConnection($"DataSource={file}");
            connection.Open();
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = File.ReadAllText(script);
            command.ExecuteNonQuery();
        };
    }

    private Action PreparePeer(string folder, string prepared, PeerProject peer)
    {
        File.Copy(prepared, Path.Combine(folder, "warehouse.duckdb"));
        peer.Write(folder, _library);
        return () => peer.Run(folder);
    }

    /// <summary>A lake of its own over the same Bronze files.</summary>
    private void RunShopLake(LakeConfiguration shop, string folder)
    {
        Directory.CreateSymbolicLink(Path.Combine(folder, "bronze"), Path.Combine(shop.Lake, "bronze"));
        using IEngine engine = LakeEngine.Open(shop with { Lake = folder });
        RunReport report = LakeRun.Execute(
            engine, _library, shop with { Lake = folder }, BronzeState.Of(Ledger.Open(folder)), null, CancellationToken.None);
        if (report.Outcome != RunOutcome.Published)
        {
            throw new InvalidOperationException($"The run is {report.Outcome}.");
        }
    }

    private Dictionary<string, TableDigest> Digests(LakeConfiguration shop, string file)
    {
        using DuckDbEngine engine = Open(shop, file);
        return BenchShop.Digests(engine, _library);
    }

    private DuckDbEngine Open(LakeConfiguration shop, string file) =>
        DuckDbEngine.Open(file, ModelVocabulary.Functions("duckdb", shop), MemoryLimit, Path.Combine(_folder, ".spill"));
}
