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

    /// <summary>The states of two points beside each other, built unless earlier questions did.</summary>
    /// <param name="ask">Given the comparison and the tables of Gold; the engines are closed afterwards.</param>
    /// <exception cref="ShopLakeException">There is no such point, or the second is not behind the first.</exception>
    public static void Compare(
        Terminal terminal, LakeConfiguration configuration, string before, string after,
        Action<Difference, IReadOnlyList<string>> ask)
    {
        var ledger = Ledger.Open(configuration.Lake);
        long first = PointInTime.Resolve(ledger, before);
        long second = PointInTime.Resolve(ledger, after);
        if (first >= second)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{before} is commit {first} and {after} is commit {second}; "
                + "the earlier point comes first.\nTry: shoplake status");
        }

        var library = LakeFlow.Library(configuration);
        LakeFlow.BuildAsOf(terminal, configuration, library, ledger, first);
        LakeFlow.BuildAsOf(terminal, configuration, library, ledger, second);
        using var then = LakeEngine.OpenAsOf(configuration, first);
        using var now = LakeEngine.OpenAsOf(configuration, second);
        var gold = library.Models.Where(model => model.Table.Schema == "gold").Select(model => model.Name);
        ask(
            new Difference(then, now, library, first, terminal.Cancellation), [.. gold.Order(StringComparer.Ordinal)]);
    }
}
