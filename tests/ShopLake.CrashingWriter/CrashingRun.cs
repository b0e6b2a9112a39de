using System.Globalization;
using System.Reflection;
using System.Runtime.ExceptionServices;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Engines.Sqlite;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.CrashingWriter;

/// <summary>
/// Brings a warehouse up to its ledger and ends by itself before a given step: of SQLite each model is one, and each thing that
/// the publication does to the disk; of DuckDB each call of the engine, and the end. Arguments: <c>run</c>, the configuration's
/// file, the step, 0 for none, the engine; it prints their number.
/// </summary>
internal static class CrashingRun
{
    public static int Start(string[] arguments)
    {
        int stopAt = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        int steps = 0;
        string name = arguments.Length > 3 ? arguments[3] : "sqlite";
        LakeConfiguration configuration = ConfigurationLoader.Load(arguments[1], [$"engine={name}"]);
        using IEngine engine = name == "sqlite" ? OpenSqlite(configuration) : WatchedEngine.Over(LakeEngine.Open(configuration), Step);
        LakeRun.Execute(
            engine, ModelLibrary.Load(LakeCatalog.ShippedModels), configuration,
            BronzeState.Of(Ledger.Open(configuration.Lake)), new Watched(name == "sqlite" ? Step : _ => { }), CancellationToken.None);
        if (name != "sqlite")
        {
            Step("the end");
        }

        Console.WriteLine(steps);
        return 0;

        SqliteEngine OpenSqlite(LakeConfiguration lake) => SqliteEngine.Open(
            new Generations(lake.Lake, "sqlite", new DurableStorage(step => Step($"{step}"))),
            ModelVocabulary.Functions("sqlite", lake), hold: null);

        void Step(string what)
        {
            if (++steps == stopAt)
            {
                Environment.FailFast($"Stopped before {what}.");
            }
        }
    }

    private sealed class Watched(Action<string> watch) : IProgress<string>
    {
        public void Report(string value) => watch(value);
    }
}

/// <summary>An engine whose every call is told before it is made.</summary>
public class WatchedEngine : DispatchProxy
{
    private IEngine _engine = null!;
    private Action<string> _watch = null!;

    internal static IParquetEngine Over(IEngine engine, Action<string> watch)
    {
        var proxy = (WatchedEngine)(object)Create<IParquetEngine, WatchedEngine>();
        (proxy._engine, proxy._watch) = (engine, watch);
        return (IParquetEngine)(object)proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        _watch(targetMethod.Name);
        try
        {
            return targetMethod.Invoke(_engine, args);
        }
        catch (TargetInvocationException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerException!);
            throw;
        }
    }
}
