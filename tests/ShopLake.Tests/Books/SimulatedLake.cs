using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;
using ShopLake.Tests.Engines;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Books;

/// <summary>A simulated shop with its own books, whose feeds went the whole way into a lake.</summary>
internal sealed class SimulatedLake : IDisposable
{
    public static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    private readonly TemporaryFolder _folder = new();
    private readonly LakeConfiguration _configuration;
    private readonly IEngine _engine;

    /// <param name="shop">The shop; its output folder is replaced.</param>
    /// <param name="settings">Settings of the lake, as <c>--set</c> takes them.</param>
    /// <param name="isInTwoRuns">Whether the later half of the feeds arrives after a first run.</param>
    public SimulatedLake(SimulationOptions shop, IReadOnlyList<string>? settings = null, bool isInTwoRuns = false)
    {
        var books = new Simulator.Books.Books();
        Simulation.Run(shop with { OutputFolder = _folder.Path }, books);
        var file = Path.Combine(_folder.Path, "shoplake.yaml");
        _configuration = ConfigurationLoader.Parse(
            File.ReadAllText(file), file, _folder.Path, settings ?? [], _ => null);
        Books = books.Tables(new BookOptions
        {
            ReportingZone = TimeZoneInfo.FindSystemTimeZoneById(_configuration.Time.ReportingZone),
            FunnelWindow = _configuration.Time.FunnelWindow,
            LateAfter = _configuration.Time.LateAfter,
            SkewTolerance = _configuration.Time.SkewTolerance,
        });
        _engine = LakeEngine.OpenScratch(_configuration);
        var later = isInTwoRuns ? HoldBackLaterHalf() : [];
        Run();
        if (!isInTwoRuns)
            return;
        foreach (var (heldBack, feed) in later)
            Directory.Move(heldBack, feed);
        Run();
    }

    /// <summary>Every Gold table as the books have it.</summary>
    public IReadOnlyList<BookTable> Books { get; }

    /// <summary>The tables that another engine computes otherwise from this Bronze; empty where none is.</summary>
    public string Differences(string otherEngine) => TestEngine.Differences(
        _engine, otherEngine, Library, _configuration, BronzeState.Of(Ledger.Open(_configuration.Lake)));

    public BookDifferences Compare(BookTable table)
    {
        var actual = _engine.Query($"SELECT * FROM {table.Name}", CancellationToken.None);
        return BookComparer.Compare(table, actual.Columns, actual.Rows);
    }

    /// <summary>
    /// Computes one model by other SQL, and all written models that follow from it, and undoes it afterwards.
    /// </summary>
    /// <returns>The first difference from the books that this makes; null if they agree.</returns>
    public BookDifferences? FirstDifferenceWith(string modelName, Func<string, string> change)
    {
        _engine.Begin();
        try
        {
            var recomputed = new HashSet<string>();
            foreach (var model in Library.Models.Where(model => model.File.EndsWith(".sql", StringComparison.Ordinal)))
            {
                var isChanged = model.Name == modelName;
                if (!isChanged && !model.References.Any(reference => recomputed.Contains(reference.Name)))
                    continue;
                recomputed.Add(model.Name);
                _engine.Materialize(
                    model.Table, model.What, isChanged ? change(model.Sql) : model.Sql, CancellationToken.None);
                var differences = Books.Where(table => table.Name == model.Name).Select(Compare).FirstOrDefault();
                if (differences is { AreNone: false })
                    return differences;
            }
            return null;
        }
        finally
        {
            _engine.Rollback();
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    private void Run()
    {
        var ingested = new Ingestor(_configuration, Library.Catalog).Run();
        ingested.Sources.SelectMany(source => source.Errors).ShouldBeEmpty();
        var bronze = BronzeState.Of(Ledger.Open(_configuration.Lake));
        var report = LakeRun.Execute(_engine, Library, _configuration, bronze, null, CancellationToken.None);
        report.Build!.Rules.Where(rule => rule.Severity == Severity.Fail && rule.RowsFailed > 0).ShouldBeEmpty();
        report.Outcome.ShouldBe(RunOutcome.Published);
    }

    /// <summary>Moves the feeds of the later days out of the sight of the sources.</summary>
    private List<(string HeldBack, string Feed)> HoldBackLaterHalf()
    {
        var days = Directory.GetDirectories(Path.Combine(_folder.Path, "feeds")).Order(StringComparer.Ordinal).ToList();
        var later = days.Skip(days.Count / 2)
            .Select(day => (HeldBack: Path.Combine(_folder.Path, "later", Path.GetFileName(day)), Feed: day))
            .ToList();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "later"));
        foreach (var (heldBack, feed) in later)
            Directory.Move(feed, heldBack);
        return later;
    }
}
