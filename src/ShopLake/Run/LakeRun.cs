using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Bronze as a run reads it: everything up to one commit of the ledger.</summary>
/// <param name="LedgerSequence">The last commit.</param>
/// <param name="Select">For a raw table, the DuckDB SELECT that gives its columns in order.</param>
public sealed record BronzeState(long LedgerSequence, Func<TableDefinition, string> Select);

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
public sealed record RunReport(string RunId, RunOutcome Outcome, long LedgerSequence, BuildResult? Build, TimeSpan Elapsed);

/// <summary>One run from Bronze to published Gold.</summary>
public static class LakeRun
{
    /// <summary>Computes Silver and Gold and publishes them together, or not at all.</summary>
    /// <exception cref="ShopLakeException">A model cannot be computed, or the engine is out of reach; nothing is published.</exception>
    public static RunReport Execute(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze,
        IProgress<string>? progress, CancellationToken cancellation)
    {
        DateTime startedAt = DateTime.UtcNow;
        string runId = Guid.CreateVersion7(startedAt).ToString();
        var gold = new GoldFolder(configuration.Lake);
        string fingerprint = Fingerprint.Of(engine, library, configuration);

        ZoneCheck.Verify(engine, configuration, cancellation);
        Publication? published = Publication.Read(engine);
        FinishPublishing(gold, published);
        if (published is not null && published.LedgerSequence == bronze.LedgerSequence && published.Fingerprint == fingerprint)
        {
            return Report(RunOutcome.Unchanged, null);
        }

        engine.Begin();
        try
        {
            BuildResult build = Warehouse.Build(
                engine, library, configuration, bronze.Select, bronze.LedgerSequence, progress, cancellation);
            if (!build.MayPublish)
            {
                engine.Rollback();
                RunRecord.Write(engine, Report(RunOutcome.Refused, build), startedAt);
                return Report(RunOutcome.Refused, build);
            }

            var next = new Publication((published?.Generation ?? 0) + 1, bronze.LedgerSequence, fingerprint, DateTime.UtcNow);
            progress?.Report("publish");
            gold.Write(engine, library.Models, next.Generation);
            RunRecord.Write(engine, Report(RunOutcome.Published, build), startedAt);
            next.Write(engine);
            engine.Commit();
            FinishPublishing(gold, next);
            return Report(RunOutcome.Published, build);
        }
        catch
        {
            engine.Rollback();
            throw;
        }

        RunReport Report(RunOutcome outcome, BuildResult? build) =>
            new(runId, outcome, bronze.LedgerSequence, build, DateTime.UtcNow - startedAt);
    }

    /// <summary>
    /// The engine's commit decides what is published. A run that ended between that commit and the swap of the Gold folder
    /// is finished here by the next one.
    /// </summary>
    private static void FinishPublishing(GoldFolder gold, Publication? published)
    {
        if (published is not null)
        {
            gold.Publish(published.Generation);
        }
    }
}
