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
    /// <summary>Brings the warehouse up to the ledger and publishes it.</summary>
    /// <param name="answers">Asked of the warehouse afterwards, as one process holds it at a time.</param>
    public static RunReport Build(
        Terminal terminal, LakeConfiguration configuration, Action<RunReport, IEngine> answers)
    {
        var library = Library(configuration);
        var bronze = Bronze(configuration);
        using var engine = LakeEngine.Open(configuration);
        using var progress = terminal.StartProgress("Silver and Gold");
        var report = LakeRun.Execute(engine, library, configuration, bronze, progress, terminal.Cancellation);
        progress.Dispose();
        answers(report, engine);
        return report;
    }

    /// <summary>Judges every rule over all of Bronze in a warehouse of its own, so that nothing is published.</summary>
    public static BuildResult Check(Terminal terminal, LakeConfiguration configuration)
    {
        var library = Library(configuration);
        var bronze = Bronze(configuration);
        using var engine = LakeEngine.OpenScratch(configuration);
        using var progress = terminal.StartProgress("Silver, Gold and rules");
        return Warehouse.Build(engine, library, configuration, bronze, progress, terminal.Cancellation);
    }

    private static ModelLibrary Library(LakeConfiguration configuration) => configuration.Models is { } own
        ? ModelLibrary.Load(LakeCatalog.ShippedModels, own)
        : ModelLibrary.Load(LakeCatalog.ShippedModels);

    private static BronzeState Bronze(LakeConfiguration configuration)
    {
        var ledger = Ledger.Open(configuration.Lake);
        return new BronzeState(
            ledger.LastSequence,
            table => BronzeReader.SelectSql(table, ledger),
            (table, after) => BronzeReader.SelectSql(table, ledger, after));
    }
}
