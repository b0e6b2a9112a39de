using System.Text.RegularExpressions;
using ShopLake.Configuration;
using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>Where Spark listens, and how its sessions are made ready for the models.</summary>
internal static partial class SparkConnection
{
    public const string Variable = "SHOPLAKE_SPARK";

    /// <summary>Names in double quotes, instants without a zone, arithmetic that fails instead of wrapping.</summary>
    private static readonly string[] Settings =
    [
        "spark.sql.ansi.enabled=true", "spark.sql.ansi.doubleQuotedIdentifiers=true", "spark.sql.session.timeZone=UTC",
        "spark.sql.timestampType=TIMESTAMP_NTZ", "spark.sql.caseSensitive=false",
        "spark.sql.scripting.enabled=true",
        // A text like ${env:…} stays what it is: Spark would put a variable or a secret of the server's there.
        "spark.sql.variable.substitute=false",
        // Servers keep the plans of their last thousand statements as texts, and ours are long.
        "spark.sql.maxPlanStringLength=10000", "spark.sql.ui.explainMode=simple",
    ];

    /// <param name="configuration">Null without a <c>shoplake.yaml</c>.</param>
    /// <exception cref="ShopLakeException">No server is named, or it is out of reach.</exception>
    public static SparkSession Open(LakeConfiguration? configuration)
    {
        // The address of another engine's server is none of Spark's.
        string? given = (configuration is { Engine: "spark" } ? configuration.Url : null)
            ?? Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(given)
            ? throw new ShopLakeException(FailureKind.OutOfReach,
                $"no server is named. Try: export {Variable}=sc://localhost:15002")
            : SparkSession.Open(SparkAddress.Parse(given), CancellationToken.None);
    }

    /// <summary>A session that knows the vocabulary.</summary>
    public static SparkSession Open(LakeConfiguration configuration, string functions)
    {
        SparkSession session = Open(configuration);
        try
        {
            // What the models need stands last: it is not for the address to change.
            IEnumerable<string> given = session.Address.Settings.Select(setting => $"{setting.Key}={setting.Value}");
            foreach (string setting in given.Concat(Settings))
            {
                session.Execute($"SET {setting}", CancellationToken.None);
            }

            // One statement: each is a way to the server and back.
            session.Execute($"BEGIN\n{Comment().Replace(functions, "")}\nEND", CancellationToken.None);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"^\s*--.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
