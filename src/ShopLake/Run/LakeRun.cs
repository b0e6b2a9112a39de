using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

public enum RunOutcome
{
    /// <summary>Readers see the new state.</summary>
    Published,

    /// <summary>Nothing new since the published state; nothing was computed.</summary>
    Unchanged,

    /// <summary>A rule of severity <c>fail</c> found rows; readers still see the last good state.</summary>
    Refused,
}

/// <summary>What a run did to Silver and Gold.</summary>
public sealed record RunReport(string RunId, RunOutcome Outcome, long LedgerSequence, BuildResult? Build, TimeSpan Elapsed)
{
    /// <summary>How the feeds arrive, judged by the clock.</summary>
    public IReadOnlyList<RuleResult> FeedRules { get; init; } = [];
}

/// <summary>One run from Bronze to published Gold.</summary>
public static class LakeRun
{
    /// <summary>Computes Silver and Gold and publishes them together, or not at all.</summary>
    /// <param name="feedRules">How the feeds arrive, to be recorded with a run that computes something.</param>
    /// <exception cref="ShopLakeException">
    /// A model cannot be computed, the engine is out of reach, or the ledger is not the one of what is published, or lost
    /// records of it; nothing is published.
    /// </exception>
    public static RunReport Execute(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze,
        IProgress<string>? progress, CancellationToken cancellation, IReadOnlyList<RuleResult>? feedRules = null)
    {
        DateTime startedAt = DateTime.UtcNow;
        string runId = Guid.CreateVersion7(startedAt).ToString();
        var gold = new GoldFolder(configuration.Lake);
        ZoneCheck.Verify(engine, configuration, cancellation);
        Publication? published = Publication.Read(engine);
        RequireLedgerOf(published, configuration, bronze);
        Publication next = Next(
            engine, library, configuration, bronze.LedgerSequence, bronze.RecordHash(bronze.LedgerSequence), published);
        FinishPublishing(engine, library, gold, published, next);
        if (next.IsSameStateAs(published))
        {
            Remember(engine, published!, next.Everything);
            return Report(RunOutcome.Unchanged, null);
        }

        bool isUpdate = next.CanUpdate(published);
        try
        {
            if (isUpdate)
            {
                engine.Begin();
            }
            else
            {
                engine.BeginAnew();
            }

            BuildResult build = isUpdate
                ? Warehouse.Update(engine, library, configuration, bronze, published!, next, progress, cancellation)
                : Warehouse.Build(engine, library, configuration, bronze, progress, cancellation);
            if (!build.MayPublish)
            {
                build = build with { Rules = RuleResults.WithExamples(engine, build.Rules, cancellation) };
                engine.Rollback();
                engine.Begin();
                RunRecord.Write(engine, Report(RunOutcome.Refused, build), startedAt);
                engine.Commit();
                return Report(RunOutcome.Refused, build);
            }

            progress?.Report("publish");
            foreach (string dropped in next.TablesGoneSince(published))
            {
                engine.Drop(dropped);
            }

            if (engine is IParquetEngine files)
            {
                gold.Write(files, library.Models, next.Generation, build.ChangedFiles);
            }

            RunRecord.Write(engine, Report(RunOutcome.Published, build), startedAt);
            next = next with { Rows = build.Tables.ToDictionary(table => table.Name, table => table.Rows, StringComparer.Ordinal) };
            next.Write(engine);
            engine.Commit();
            FinishPublishing(engine, library, gold, next, next);
            return Report(RunOutcome.Published, build);
        }
        catch
        {
            engine.Rollback();
            throw;
        }

        RunReport Report(RunOutcome outcome, BuildResult? build) =>
            new(runId, outcome, bronze.LedgerSequence, build, DateTime.UtcNow - startedAt) { FeedRules = feedRules ?? [] };
    }

    /// <summary>
    /// The report of a run that has nothing to do, told without reading the models; null where there may be something. A
    /// program that is called every minute mostly ends here.
    /// </summary>
    public static RunReport? WhereNothingIsNew(IEngine engine, LakeConfiguration configuration, BronzeState bronze)
    {
        DateTime startedAt = DateTime.UtcNow;
        return Publication.Read(engine) is { } published
            && published.LedgerSequence == bronze.LedgerSequence
            && published.RecordHash == bronze.RecordHash(bronze.LedgerSequence)
            && published.Everything == Fingerprint.OfEverything(Fingerprint.OfFunctions(engine.Name, configuration), configuration)
            && (engine is not IParquetEngine || new GoldFolder(configuration.Lake).Current == published.Generation)
            ? new RunReport(Guid.CreateVersion7(startedAt).ToString(), RunOutcome.Unchanged, bronze.LedgerSequence, null, DateTime.UtcNow - startedAt)
            : null;
    }

    /// <summary>
    /// A ledger that lost its end would take the shop back to a state of the past; one that was begun anew, or went on from an
    /// older copy, would mix its rows with those of another.
    /// </summary>
    internal static void RequireLedgerOf(Publication? published, LakeConfiguration configuration, BronzeState bronze)
    {
        if (published is null)
        {
            return;
        }

        if (published.LedgerSequence > bronze.LedgerSequence)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"What is published has seen commit {published.LedgerSequence}, but the ledger of {configuration.Lake} ends with "
                + $"commit {bronze.LedgerSequence}: its later records are lost. Nothing is published before they are restored from a copy.\n"
                + $"Where they are lost for good: delete the warehouse of {configuration.Engine} and run again.");
        }

        if (published.RecordHash.Length > 0 && published.RecordHash != bronze.RecordHash(published.LedgerSequence))
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"What is published has seen commit {published.LedgerSequence} of another ledger: the one of {configuration.Lake} has "
                + "another record of that number. Nothing is published before the Bronze that it was computed from is restored.\n"
                + $"Where today's Bronze is to stand: delete the warehouse of {configuration.Engine} and run again.");
        }
    }

    /// <summary>A comment in a model or a new program changes no table; the next run need not find that out again.</summary>
    private static void Remember(IEngine engine, Publication published, string everything)
    {
        if (published.Everything != everything)
        {
            engine.Begin();
            (published with { Everything = everything }).Write(engine);
            engine.Commit();
        }
    }

    /// <summary>The published state, computed by today's models and settings.</summary>
    /// <exception cref="ShopLakeException">Nothing is published yet, or models or settings have changed since.</exception>
    public static Publication RequireCurrent(IEngine engine, ModelLibrary library, LakeConfiguration configuration)
    {
        Publication published = Publication.Read(engine) ?? throw Publication.Missing();
        Publication today = Next(
            engine, library, configuration, published.LedgerSequence, published.RecordHash, published);
        return today.IsSameStateAs(published) ? published : throw new ShopLakeException(FailureKind.Usage,
            "Models or settings have changed since the last run. Try: shoplake run, which brings the tables up to them.");
    }

    internal static Publication Next(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, long ledgerSequence, string recordHash,
        Publication? published)
    {
        string functions = Fingerprint.OfFunctions(engine.Name, configuration);
        return new Publication((published?.Generation ?? 0) + 1, ledgerSequence, recordHash,
            Fingerprint.OfRawTables(library.Catalog), Fingerprint.OfEverything(functions, configuration), DateTime.UtcNow,
            library.Models.ToDictionary(
                model => model.Name, model => Fingerprint.OfState(model, functions, configuration), StringComparer.Ordinal));
    }

    /// <summary>
    /// The engine's commit decides what is published. A run that ended between that commit and the swap of the Gold folder
    /// is finished here by the next one. Files of Gold that no engine keeps up any more would tell of the past as if it were now.
    /// </summary>
    private static void FinishPublishing(
        IEngine engine, ModelLibrary library, GoldFolder gold, Publication? published, Publication next)
    {
        if (published is null)
        {
            return;
        }

        if (engine is not IParquetEngine files)
        {
            gold.Withdraw();
            return;
        }

        if (!gold.Holds(published.Generation))
        {
            // The header of a model that changed since may name columns that its table gets only now.
            IEnumerable<Model> standing = library.Models.Where(model => published.Models.ContainsKey(model.Name))
                .Select(model => next.ChangeSince(published, model.Name) == ModelChange.None ? model : model with { Grain = [], FilePerMonth = null });
            gold.Write(files, standing, published.Generation, _ => null);
        }

        gold.Publish(published.Generation);
    }
}
