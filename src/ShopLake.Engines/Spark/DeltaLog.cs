using System.Globalization;
using System.Text.Json;

namespace ShopLake.Engines.Spark;

/// <summary>What the log of a Delta table tells without asking Spark: a commit is a file named by its number.</summary>
internal static class DeltaLog
{
    /// <summary>The last version of a table; null where there is none.</summary>
    /// <param name="folder">The table's folder.</param>
    public static long? LastVersion(string folder) => Directory.Exists(LogOf(folder))
        ? Directory.EnumerateFiles(LogOf(folder), "*.json")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name!.Length == 20 && name.All(char.IsAsciiDigit))
            .Select(name => (long?)long.Parse(name!, CultureInfo.InvariantCulture))
            .Max()
        : null;

    /// <summary>Rows that a commit wrote, as its author counted them; null where it does not say.</summary>
    public static long? RowsWritten(string folder, long version)
    {
        string file = Path.Combine(LogOf(folder), version.ToString("D20", CultureInfo.InvariantCulture) + ".json");
        foreach (string line in File.ReadLines(file))
        {
            using var action = JsonDocument.Parse(line);
            if (action.RootElement.TryGetProperty("commitInfo", out JsonElement commit)
                && commit.TryGetProperty("operationMetrics", out JsonElement metrics)
                && metrics.TryGetProperty("numOutputRows", out JsonElement rows)
                && long.TryParse(rows.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return count;
            }
        }

        return null;
    }

    private static string LogOf(string folder) => Path.Combine(folder, "_delta_log");
}
