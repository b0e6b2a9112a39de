using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Tests.Engines;

/// <summary>
/// The Spark that tests share: the one that is named for them, else one that a script starts, when the first asks for
/// it.
/// </summary>
internal static class TestSpark
{
    private const string Variable = "SHOPLAKE_TEST_SPARK";

    private static readonly Lazy<SparkServer> Own = new(() => SparkServer.Start(SparkServer.Local));

    /// <summary>Where it listens, as <c>url</c> of a configuration says it.</summary>
    public static string Url
    {
        get
        {
            Require();
            return Named ?? Own.Value.Url;
        }
    }

    private static string? Named =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>Skips the test where there is no Spark; in continuous integration nothing may be skipped.</summary>
    public static void Require()
    {
        if (Named is null)
        {
            RequireScript();
        }
    }

    /// <summary>The same for tests that kill servers, which they do to their own only.</summary>
    public static void RequireScript()
    {
        if (SparkServer.Script is null)
        {
            const string cure = "No Spark is named. Try: start any Spark of version 4.0 or later, as 4.1 with its Delta Lake:\n"
                + "$SPARK_HOME/sbin/start-connect-server.sh --packages io.delta:delta-spark_4.1_2.13:4.4.0"
                + " --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension"
                + " --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog\n"
                + $"export {Variable}=sc://127.0.0.1:15002\n"
                + $"Tests that end servers need {SparkServer.Variable}: see Tests in CONTRIBUTING.md.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, cure);
            Assert.Fail(cure);
        }
    }

    public static SparkSession Open() => SparkSession.Open(SparkAddress.Parse(Url), CancellationToken.None);
}
