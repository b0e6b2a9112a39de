using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Engines;

namespace ShopLake.Bench;

/// <summary>
/// Runs on PostgreSQL or SQLite against the same SQL by hand, over a plain connection to the same engine with the same
/// settings. Bronze is staged by ShopLake in both. A figure counts only if both give the same tables.
/// </summary>
internal sealed partial class EngineBench : IDisposable
{
    private const double Reach = 1.2;
    private const double CopyReach = 1.3;
    private const int CopyRounds = 5;
    private const int Dearest = 12;
    private const int WidthShown = 200;

    private const string Copied = "COPY of the raw events";
    private const string CopiedByPsql = "`psql \\copy`";
    private const string Full = "full build";
    private const string FullByHand = "the models as a script";
    private const string Delta = "1 % new";
    private const string DeltaByHand = "its statements as a script";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoplake-bench-").FullName;
    private readonly ModelLibrary _library = ModelLibrary.Load(LakeCatalog.ShippedModels);
    private readonly BenchWarehouses _warehouses;
    private readonly Dictionary<string, List<Cost>> _costs = [];
    private readonly List<string> _different = [];
    private readonly int _orders;
    private readonly int _rounds;
    private readonly Action<string> _tell;

    /// <param name="engine">postgres or sqlite.</param>
    /// <param name="orders">Orders of the simulated shop; ten events for each.</param>
    /// <param name="rounds">How often each path runs, interleaved.</param>
    public EngineBench(string engine, int orders, int rounds, TextWriter output)
    {
        _orders = orders;
        _rounds = rounds;
        _tell = output.WriteLine;
        _warehouses = BenchWarehouses.Of(engine, Path.Combine(_folder, "warehouses"));
    }

    /// <returns>Both ways give the same tables.</returns>
    public bool Run()
    {
        (LakeConfiguration shop, long history, long delta) = BenchShop.Deliver(_folder, _orders, _library, _tell);
        for (int round = 0; round < CopyRounds && _warehouses is PostgresWarehouses; round++)
        {
            CopyIn(shop, history);
        }

        for (int round = 0; round < _rounds; round++)
        {
            LakeConfiguration run = BuildAll(shop, history, round);
            Update(shop, run, history, delta, round);
        }

        Report();
        _different.ForEach(_tell);
        return _different.Count == 0;
    }

    public void Dispose()
    {
        _warehouses.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// The raw events by a run's COPY, reading Parquet included, and by psql from a file that it wrote itself.
    /// </summary>
    private void CopyIn(LakeConfiguration shop, long upTo)
    {
        TableDefinition events = _library.Catalog.Raw("events");
        string csv = Path.Combine(_folder, "events.csv");
        var bronze = BronzeState.Of(Ledger.Open(shop.Lake), upTo);
        LakeConfiguration copied = _warehouses.New(shop, "copied");
        using (IEngine engine = LakeEngine.Open(copied))
        {
            Measure(Copied, () =>
            {
                engine.Begin();
                engine.ExposeBronze(events, bronze, after: 0, CancellationToken.None);
                engine.Commit();
            });
        }

        Psql(copied, $"\\copy {events.FullName} TO '{csv}' WITH (FORMAT csv)");
        Psql(copied, $"CREATE TABLE bronze.floor (LIKE {events.FullName})");
        Measure(CopiedByPsql, () => Psql(copied, $"\\copy bronze.floor FROM '{csv}' WITH (FORMAT csv)"));
        using (IEngine engine = LakeEngine.Open(copied))
        {
            TableDigest floor = engine.Digest(events with { Name = "floor" }, CancellationToken.None);
            if (engine.Digest(events, CancellationToken.None) != floor)
            {
                _different.Add($"{Copied}: the rows differ from those by psql.");
            }
        }

        File.Delete(csv);
        _warehouses.Remove(copied);
    }

    private static void Psql(LakeConfiguration shop, string command)
    {
        var target = new NpgsqlConnectionStringBuilder(shop.Url);
        BenchShop.Run(new ProcessStartInfo(
            Path.Combine(PostgresCluster.Programs!, "psql"),
            [
                "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", target.Host!, "-p", $"{target.Port}", "-U", target.Username!,
                "-d", target.Database!, "-c", command,
            ]));
    }

    private LakeConfiguration BuildAll(LakeConfiguration shop, long upTo, int round)
    {
        LakeConfiguration run = _warehouses.New(shop, "run");
        LakeConfiguration hand = _warehouses.New(shop, "hand");
        using (var statements = new Statements())
        {
            Measure(Full, () => RunShopLake(run, shop, upTo));
            ReportDearest(round, statements.Sent);
        }

        Measure(FullByHand, () => BuildByHand(hand, shop, upTo));
        Compare(run, hand, Full);
        _warehouses.Remove(hand);
        return run;
    }

    private void Update(LakeConfiguration shop, LakeConfiguration run, long after, long upTo, int round)
    {
        LakeConfiguration updated = _warehouses.Copy(run, "updated");
        LakeConfiguration replayed = _warehouses.Copy(run, "replayed");
        _warehouses.Remove(run);
        IReadOnlyList<Statement> script;
        using (var statements = new Statements())
        {
            Measure(Delta, () => RunShopLake(updated, shop, upTo));
            ReportDearest(round, statements.Sent);
            script = InTransaction(statements.Sent);
        }

        Measure(DeltaByHand, () => Replay(
            script, replayed, updated, BronzeState.Of(Ledger.Open(shop.Lake), upTo), after));
        Compare(updated, replayed, Delta);
        _warehouses.Remove(updated);
        _warehouses.Remove(replayed);
    }

    private void Measure(string name, Action action)
    {
        Cost cost = Cost.Of(action, _warehouses.Server);
        _tell(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {cost.Seconds:F1} s, processors {cost.ProcessorSeconds:F1} s"));
        _costs.TryAdd(name, []);
        _costs[name].Add(cost);
    }

    private void Report()
    {
        _tell("| what, against | s | by hand s | ratio | reach | CPU ratio |");
        _tell("| --- | --- | --- | --- | --- | --- |");
        (string Ours, string Theirs, double Reach)[] pairs =
            [(Copied, CopiedByPsql, CopyReach), (Full, FullByHand, Reach), (Delta, DeltaByHand, Reach)];
        foreach ((string ours, string theirs, double reach) in pairs.Where(pair => _costs.ContainsKey(pair.Ours)))
        {
            Cost run = Cost.Median(_costs[ours]);
            Cost hand = Cost.Median(_costs[theirs]);
            _tell(string.Create(CultureInfo.InvariantCulture,
                $"| {ours}, {theirs} | {run.Seconds:F1} | {hand.Seconds:F1} | {run.Seconds / hand.Seconds:F2} | {reach:F1} | "
                + $"{run.ProcessorSeconds / hand.ProcessorSeconds:F2} |"));
        }
    }

    /// <summary>Where the time goes, in the first round.</summary>
    private void ReportDearest(int round, IReadOnlyList<Statement> sent)
    {
        if (round > 0)
        {
            return;
        }

        double seconds = sent.Sum(statement => statement.Seconds);
        _tell(string.Create(
            CultureInfo.InvariantCulture, $"  sent {sent.Count} times, {seconds:F1} s; the dearest:"));
        foreach (Statement statement in sent.OrderByDescending(statement => statement.Seconds).Take(Dearest))
        {
            string line = Whitespace().Replace(statement.Sql, " ");
            _tell(string.Create(CultureInfo.InvariantCulture,
                $"  {statement.Seconds:F2} s {line[..Math.Min(line.Length, WidthShown)]}"));
        }
    }

    private void RunShopLake(LakeConfiguration run, LakeConfiguration shop, long upTo)
    {
        using IEngine engine = LakeEngine.Open(run);
        RunReport report = LakeRun.Execute(
            engine, _library, run, BronzeState.Of(Ledger.Open(shop.Lake), upTo), null, CancellationToken.None);
        if (report.Outcome != RunOutcome.Published)
        {
            throw new InvalidOperationException($"The run is {report.Outcome}.");
        }
    }

    /// <summary>Stages Bronze as a run does, and then computes every table by a script.</summary>
    private void BuildByHand(LakeConfiguration hand, LakeConfiguration shop, long upTo)
    {
        var keys = new LookupKeys(_library);
        using (IEngine engine = LakeEngine.Open(hand))
        {
            engine.Begin();
            Warehouse.Prepare(
                engine, _library, hand, BronzeState.Of(Ledger.Open(shop.Lake), upTo), after: 0, CancellationToken.None);
            foreach (Model model in _library.Models.Where(_ => engine.Name == "sqlite"))
            {
                engine.Fill(model.Table, model.What, []);
            }

            engine.Commit();
        }

        using BenchConnection connection = _warehouses.Connect(hand);
        if (hand.Engine == "postgres")
        {
            connection.Execute("SET enable_nestloop = off");
        }

        connection.Execute("BEGIN");
        foreach (TableDefinition raw in LakeCatalog.RawTables.Select(_library.Catalog.Raw))
        {
            Index(raw.FullName);
        }

        foreach (Model model in _library.Models)
        {
            connection.Execute(connection.Create(model));
            Index(model.Name);
        }

        connection.Execute("COMMIT");

        void Index(string table)
        {
            foreach ((int number, IReadOnlyList<string> key) in keys.Of(table).Index())
            {
                connection.Execute(connection.Index(table, key, number));
            }

            connection.Execute($"ANALYZE {table}");
        }
    }

    /// <summary>What a run sent between BEGIN and COMMIT, without the record of runs.</summary>
    private static IReadOnlyList<Statement> InTransaction(IReadOnlyList<Statement> sent) =>
        [.. sent.SkipWhile(statement => statement.Sql != "BEGIN").Skip(1)
            .TakeWhile(statement => statement.Sql != "COMMIT")
            .Where(statement => !RecordOfRuns().IsMatch(statement.Sql))];

    /// <summary>The same statements in the same order, with the rows of Bronze and of the configuration.</summary>
    private void Replay(
        IReadOnlyList<Statement> script, LakeConfiguration replayed, LakeConfiguration updated, BronzeState bronze,
        long after)
    {
        using BenchConnection source = _warehouses.Connect(updated);
        using BenchConnection connection = _warehouses.Connect(replayed);
        connection.Execute("BEGIN");
        foreach (Statement statement in script)
        {
            Match rows = RowsOfProgram().Match(statement.Sql);
            if (!rows.Success)
            {
                connection.Execute(statement.Sql);
                continue;
            }

            string name = rows.Groups[1].Value.Replace("\"", "", StringComparison.Ordinal);
            if (name.StartsWith("bronze.", StringComparison.Ordinal))
            {
                TableDefinition raw = _library.Catalog.Raw(name["bronze.".Length..^"_raw".Length]);
                connection.Insert(raw, bronze.Rows(raw, after, CancellationToken.None));
            }
            else
            {
                TableDefinition filled = ModelGraph.ConfigurationTables.Single(table => table.FullName == name);
                connection.Insert(filled, source.Query($"SELECT * FROM {name}").Rows);
            }
        }

        connection.Execute("COMMIT");
    }

    private void Compare(LakeConfiguration ours, LakeConfiguration theirs, string path)
    {
        using IEngine one = LakeEngine.Open(ours);
        using IEngine other = LakeEngine.Open(theirs);
        Dictionary<string, TableDigest> digests = BenchShop.Digests(other, _library);
        _different.AddRange(BenchShop.Digests(one, _library)
            .Where(table => digests[table.Key] != table.Value)
            .Select(table => $"{path}: {table.Key} differs from the one by hand."));
    }

    [GeneratedRegex(@"^(?:COPY|INSERT INTO) (\S+) (?:\([^)]*\) FROM STDIN|VALUES \(\?)")]
    private static partial Regex RowsOfProgram();

    [GeneratedRegex(@"\bops""?\.|config""?\.""?columns")]
    private static partial Regex RecordOfRuns();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
