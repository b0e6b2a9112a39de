using ShopLake.Bronze;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Explain;
using ShopLake.Run;

namespace ShopLake.Cli;

/// <summary>Questions about where numbers come from, and why they changed.</summary>
internal static class ExplainFlow
{
    /// <summary>Every build has it, and its answers are those of the others.</summary>
    private const string ProvingEngine = "duckdb";

    /// <summary>Where rows of the published state come from, proved on a warehouse of its own.</summary>
    /// <exception cref="ShopLakeException">
    /// Nothing is published, or by other models or settings than today's; there is no such row.
    /// </exception>
    public static Trace Trace(Terminal terminal, LakeConfiguration configuration, string table, string where, int limit)
    {
        var library = LakeFlow.Library(configuration);
        using var live = LakeEngine.Open(configuration);
        var published = LakeRun.RequireCurrent(live, library, configuration);
        using var scratch = LakeEngine.OpenScratch(configuration with { Engine = ProvingEngine });
        using var progress = terminal.StartProgress("Trace");
        var bronze = BronzeState.Of(Ledger.Open(configuration.Lake), published.LedgerSequence);
        return Explanation.Trace(
            live, library, table, where, limit, new TraceProving(scratch, configuration, bronze), terminal.Cancellation);
    }
}
