using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Run;
using ShopLake.Simulator;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Books;

/// <summary>
/// A shop's days arrive one by one, with a run behind each. After each, Gold equals the books of what has arrived by
/// then: for the faults that leave every fact in the batch of its own day.
/// </summary>
public sealed class BatchByBatchTests
{
    private static readonly FaultRates Faults = FaultRates.None
        .With(Fault.OutOfOrder, 0.1).With(Fault.MissingUser, 0.05).With(Fault.WrongClock, 0.05)
        .With(Fault.RaggedLine, 0.01).With(Fault.OrphanForever, 0.01).With(Fault.BadRow, 0.01)
        .With(Fault.IgnoredWord, 0.02);

    /// <summary>They count Bronze rows by what became of them, which the world knows of the end only.</summary>
    private static readonly string[] OfTheEndOnly = ["gold.quality_scorecard", "gold.reconciliation"];

    [Theory]
    [InlineData(1, "Europe/Berlin")]
    [InlineData(2, "America/Sao_Paulo")]
    [InlineData(3, "Asia/Kolkata")]
    public void After_each_batch_gold_equals_the_books_of_what_has_arrived(int seed, string zone)
    {
        using var days = new ArrivingDays((ulong)seed, zone);
        days.Count.ShouldBeGreaterThanOrEqualTo(7);
        for (int day = 0; day < days.Count; day++)
        {
            days.Arrive(day);
            string.Join(Environment.NewLine, days.Differences(day)).ShouldBeEmpty($"after batch {day}");
        }
    }

    [Fact]
    public void A_batch_that_is_missing_is_noticed_at_once()
    {
        using var days = new ArrivingDays(1, "UTC");
        days.Arrive(0);
        days.Differences(0).ShouldBeEmpty();

        days.Arrive(2);

        days.Differences(2).Select(differences => differences.Table).ShouldContain("gold.orders");
    }

    private sealed class ArrivingDays : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Diary _diary = new();
        private readonly LakeConfiguration _configuration;
        private readonly IEngine _engine;
        private readonly string[] _days;
        private readonly string _waiting;

        public ArrivingDays(ulong seed, string zone)
        {
            var shop = SimulationOptions.Tiny(_folder.Path, seed);
            Simulation.Run(shop with { Days = 7, ReportingZone = zone, Faults = Faults }, _diary);
            _configuration = ConfigurationLoader.Load(Path.Combine(_folder.Path, "shoplake.yaml"));
            _engine = LakeEngine.OpenScratch(_configuration);
            _waiting = Path.Combine(_folder.Path, "waiting");
            Directory.Move(Feeds, _waiting);
            Directory.CreateDirectory(Feeds);
            _days =
            [
                .. Directory.GetDirectories(_waiting).Select(day => Path.GetFileName(day)!).Order(StringComparer.Ordinal),
            ];
        }

        public int Count => _days.Length;

        private string Feeds => Path.Combine(_folder.Path, "feeds");

        public void Arrive(int day)
        {
            Directory.Move(Path.Combine(_waiting, _days[day]), Path.Combine(Feeds, _days[day]));
            new Ingestor(_configuration, SimulatedLake.Library.Catalog).Run().Sources
                .SelectMany(source => source.Errors).ShouldBeEmpty();
            LakeRun.Execute(
                _engine, SimulatedLake.Library, _configuration, BronzeState.Of(Ledger.Open(_configuration.Lake)), null,
                CancellationToken.None).Outcome.ShouldBe(RunOutcome.Published);
        }

        public IReadOnlyList<BookDifferences> Differences(int day)
        {
            DateTime end = DateOnly.Parse(_days[day], CultureInfo.InvariantCulture).AddDays(1)
                .ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            IReadOnlyList<BookTable> tables = _diary.Until(end).Tables(new BookOptions
            {
                ReportingZone = TimeZoneInfo.FindSystemTimeZoneById(_configuration.Time.ReportingZone),
                FunnelWindow = _configuration.Time.FunnelWindow,
                LateAfter = _configuration.Time.LateAfter,
                SkewTolerance = _configuration.Time.SkewTolerance,
            });
            return
            [
                .. tables.Where(table => !OfTheEndOnly.Contains(table.Name)).Select(table =>
                {
                    var actual = _engine.Query($"SELECT * FROM {table.Name}", CancellationToken.None);
                    return BookComparer.Compare(table, actual.Columns, actual.Rows);
                }).Where(differences => !differences.AreNone),
            ];
        }

        public void Dispose()
        {
            _engine.Dispose();
            _folder.Dispose();
        }
    }
}
