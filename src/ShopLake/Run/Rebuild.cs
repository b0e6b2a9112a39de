using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// Silver and Gold computed anew from Bronze, beside the live tables: the state as it was known at a commit, or the proof that
/// the live tables are what a rebuild gives.
/// </summary>
public static class Rebuild
{
    /// <summary>Builds the state at one commit, with today's models and configuration, and leaves it in the engine.</summary>
    /// <param name="engine">An engine over an empty warehouse.</param>
    /// <param name="library">Models and checks.</param>
    /// <param name="configuration">Words, sources and settings.</param>
    /// <param name="bronze">Bronze up to the asked commit.</param>
    /// <param name="progress">Told the name of each model before it runs.</param>
    /// <param name="cancellation">Stops between and inside models.</param>
    public static BuildResult Into(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze,
        IProgress<string>? progress, CancellationToken cancellation)
    {
        engine.BeginAnew();
        BuildResult build = Warehouse.Build(engine, library, configuration, bronze, progress, cancellation);
        engine.Commit();
        return build;
    }

    /// <summary>The same, kept for later questions: computes nothing where the engine already holds that state.</summary>
    /// <returns>What the rules found in it: a state of the past is shown also where no run would publish it.</returns>
    public static IReadOnlyList<RuleResult> Keep(
        IEngine engine, ModelLibrary library, LakeConfiguration configuration, BronzeState bronze,
        IProgress<string>? progress, CancellationToken cancellation)
    {
        Publication asked = LakeRun.Next(
            engine, library, configuration, bronze.LedgerSequence, bronze.RecordHash(bronze.LedgerSequence), null);
        if (!asked.IsSameStateAs(Publication.Read(engine)))
        {
            engine.BeginAnew();
            Warehouse.Build(engine, library, configuration, bronze, progress, cancellation);
            asked.Write(engine);
            engine.Commit();
        }

        return RuleResults.Read(engine, cancellation);
    }
}
