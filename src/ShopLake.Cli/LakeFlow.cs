using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Cli;

/// <summary>From Bronze to Gold, as several verbs need it.</summary>
internal static class LakeFlow
{
    private const int RunAttempts = 3;

    /// <summary>Brings the warehouse up to the ledger and publishes it.</summary>
    /// <param name="ledger">The lake's, as it stood some time ago.</param>
    /// <param name="answers">Asked of the warehouse afterwards, as one process holds it at a time.</param>
    public static RunReport Build(
        Terminal terminal, LakeConfiguration configuration, Ledger ledger, Action<RunReport, IEngine> answers)
    {
        for (int attempt = 1; ; attempt++)
        {
            RunReport? report = null;
            try
            {
                using var engine = LakeEngine.Open(configuration);
                // Only now: the run that was waited for may have published commits that were not there before.
                ledger.Refresh();
                var bronze = BronzeState.Of(ledger);
                var feedRules = FeedRules.Judge(configuration, ledger, DateTime.UtcNow);
                using var progress = terminal.StartProgress("Silver and Gold");
                report = LakeRun.WhereNothingIsNew(engine, configuration, bronze)
                    ?? LakeRun.Execute(
                        engine, Library(configuration), configuration, bronze, progress, terminal.Cancellation, feedRules);
                report = report with { FeedRules = feedRules };
                progress.Dispose();
                answers(report, engine);
                return report;
            }
            catch (ShopLakeException lost) when (lost.IsTransient && report is null && attempt < RunAttempts)
            {
                // A run that was lost published nothing, or everything; doing it again is right in both cases.
                terminal.Log($"{lost.Message}\nThe run begins again, attempt {attempt + 1} of {RunAttempts}.");
            }
        }
    }

    /// <summary>What a run over Bronze as it is would do to each table; nothing is computed.</summary>
    /// <returns>The commit that the run would reach, and the tables.</returns>
    public static (long LedgerSequence, IReadOnlyList<PlannedTable> Tables) Plan(LakeConfiguration configuration)
    {
        using var engine = LakeEngine.Open(configuration);
        var ledger = Ledger.Open(configuration.Lake);
        return (ledger.LastSequence, RunPlan.Of(engine, Library(configuration), configuration, ledger));
    }

    /// <summary>Judges every rule over all of Bronze in a warehouse of its own, so that nothing is published.</summary>
    public static BuildResult Check(Terminal terminal, LakeConfiguration configuration)
    {
        var library = Library(configuration);
        var ledger = Ledger.Open(configuration.Lake);
        var bronze = BronzeState.Of(ledger);
        using var engine = LakeEngine.OpenScratch(configuration);
        using var progress = terminal.StartProgress("Silver, Gold and rules");
        engine.BeginAnew();
        var build = Warehouse.Build(engine, library, configuration, bronze, progress, terminal.Cancellation);
        var rules = RuleResults.WithExamples(engine, build.Rules, terminal.Cancellation);
        return build with { Rules = [.. rules, .. FeedRules.Judge(configuration, ledger, DateTime.UtcNow)] };
    }

    /// <summary>
    /// The published state for the program's own questions; null, with a word of why, when there is none or out of reach.
    /// </summary>
    public static IWarehouseReader? TryOpenReader(Terminal terminal, LakeConfiguration configuration)
    {
        try
        {
            var reader = LakeEngine.OpenReader(configuration);
            if (reader.Exists(OpsTables.Published))
                return reader;

            reader.Dispose();
            terminal.Log(Publication.Missing().Message);
            return null;
        }
        catch (ShopLakeException failure) when (failure.Kind == FailureKind.OutOfReach)
        {
            terminal.Log(failure.Message);
            return null;
        }
    }

    /// <summary>Compares the live tables with a rebuild at the published commit; nothing is published.</summary>
    /// <param name="engine">The engine that rebuilds.</param>
    /// <exception cref="ShopLakeException">
    /// Nothing is published, or by other models or settings than today's.
    /// </exception>
    public static IReadOnlyList<VerifiedTable> Verify(
        Terminal terminal, LakeConfiguration configuration, string engine)
    {
        var library = Library(configuration);
        using var live = LakeEngine.Open(configuration);
        var published = LakeRun.RequireCurrent(live, library, configuration);
        using var rebuilt = LakeEngine.OpenScratch(configuration with { Engine = engine });
        using var progress = terminal.StartProgress("Rebuild");
        var ledger = Ledger.Open(configuration.Lake);
        ledger.RequireUnchanged(terminal.Cancellation);
        var bronze = BronzeState.Of(ledger, published.LedgerSequence);
        Rebuild.Into(rebuilt, library, configuration, bronze, progress, terminal.Cancellation);
        // What lies between the layers is an engine's own business: another one is held to what readers see.
        var tables = Verification.TablesOf(live, library)
            .Where(table => engine == configuration.Engine || Model.IsPublicTable(table.FullName));
        var compared = Verification.Compare(live, rebuilt, tables, terminal.Cancellation);
        return live is IParquetEngine files
            ? [.. compared, .. Verification.CompareFiles(
                files, new GoldFolder(configuration.Lake), published.Generation, library, compared, terminal.Cancellation)]
            : compared;
    }

    /// <summary>Compares a share of the live tables with what computing it again gives; nothing is published.</summary>
    /// <exception cref="ShopLakeException">
    /// Nothing is published, or by other models or settings than today's.
    /// </exception>
    public static IReadOnlyList<SampledTable> VerifySample(
        Terminal terminal, LakeConfiguration configuration, SampleChoice sample)
    {
        var library = Library(configuration);
        using var live = LakeEngine.Open(configuration);
        var published = LakeRun.RequireCurrent(live, library, configuration);
        using var progress = terminal.StartProgress("Sample");
        var bronze = BronzeState.Of(Ledger.Open(configuration.Lake), published.LedgerSequence);
        return SampledVerification.Compare(live, library, bronze, sample, progress, terminal.Cancellation);
    }

    /// <summary>The commit after which a live table that differs parted from its rebuild.</summary>
    public static PartedTable Parted(
        Terminal terminal, LakeConfiguration configuration, IReadOnlyList<VerifiedTable> differing)
    {
        using var live = LakeEngine.Open(configuration);
        var ledger = Ledger.Open(configuration.Lake);
        using var progress = terminal.StartProgress("Where they parted");
        return Parting.Find(
            live, differing, Publication.Read(live)!.LedgerSequence, Library(configuration), configuration,
            commit => BronzeState.Of(ledger, commit), () => LakeEngine.OpenScratch(configuration), terminal.Cancellation);
    }

    /// <summary>Silver and Gold as they were known at a point, built unless an earlier question did.</summary>
    /// <returns>The point's commit.</returns>
    public static long BuildAsOf(Terminal terminal, LakeConfiguration configuration, string point)
    {
        var ledger = Ledger.Open(configuration.Lake);
        long sequence = PointInTime.Resolve(ledger, point);
        BuildAsOf(terminal, configuration, Library(configuration), ledger, sequence);
        return sequence;
    }

    /// <summary>The same for a commit.</summary>
    public static void BuildAsOf(
        Terminal terminal, LakeConfiguration configuration, ModelLibrary library, Ledger ledger, long sequence)
    {
        using var engine = LakeEngine.OpenAsOf(configuration, sequence);
        IReadOnlyList<RuleResult> rules;
        using (var progress = terminal.StartProgress($"State at commit {sequence}"))
            rules = Rebuild.Keep(engine, library, configuration, BronzeState.Of(ledger, sequence), progress, terminal.Cancellation);

        string refusing = string.Join(", ", rules.Where(rule => rule.Refuses).Select(rule => $"{rule.Rule} ({CellText.Count(rule.RowsFailed)})"));
        if (refusing.Length > 0)
            terminal.Log($"No run would publish the state at commit {sequence}: rules of severity fail find rows in it: {refusing}.");
    }

    /// <summary>For questions about Gold as it is published, or as it was known at a point.</summary>
    public static IWarehouseReader OpenGoldReader(Terminal terminal, LakeConfiguration configuration, string? asOf) =>
        asOf is null
            ? LakeEngine.OpenGoldReader(configuration)
            : LakeEngine.OpenAsOfReader(configuration, BuildAsOf(terminal, configuration, asOf));

    /// <summary>The shipped models, then the shop's own.</summary>
    /// <exception cref="ShopLakeException">All that is wrong with them as far as it can be told without data.</exception>
    public static ModelLibrary Library(LakeConfiguration configuration)
    {
        var library = ModelLibrary.Load(ModelLibrary.Folders(configuration.Models));
        OwnModelCheck.Require(library, configuration);
        return library;
    }
}
