using System.Globalization;
using ShopLake.Run;

namespace ShopLake.Tests.Silver;

/// <summary>A version of a history as plain texts; times compare like their texts.</summary>
internal sealed record Version(string Id, string From, string? To, string Content);

/// <summary>What must hold for any SCD2 history, judged without SQL.</summary>
internal static class HistoryInvariants
{
    /// <summary>Faults of the histories of users and products in a lake that was run.</summary>
    public static IEnumerable<string> FaultsOf(Func<string, QueryResult> query)
    {
        foreach ((string raw, string id, string history, string attributes) in new[]
        {
            ("users_raw", "user_id", "user_history", "name, email, phone"),
            ("products_raw", "product_id", "product_history", "product_name, category, price_minor"),
        })
        {
            string selectVersions = $"SELECT {id}, valid_from, valid_to, {attributes} FROM silver.{history}";
            Version[] versions = [.. query(selectVersions).Rows.Select(row =>
                new Version((string)row[0]!, Instant(row[1])!, Instant(row[2]), string.Join(" | ", row.Skip(3))))];
            versions.ShouldNotBeEmpty();
            string selectDeletions = $"SELECT {id}, updated_at FROM bronze.{raw} WHERE _op = 'delete'";
            HashSet<(string, string)> deletions = [.. query(selectDeletions).Rows
                .Select(row => ((string)row[0]!, Instant(row[1])!))];
            foreach (string fault in Faults(versions, deletions))
            {
                yield return $"silver.{history}: {fault}";
            }
        }
    }

    private static string? Instant(object? value) =>
        value is DateTime instant ? instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) : null;

    /// <param name="versions">All versions of a history.</param>
    /// <param name="deletions">Ids and times of rows that delete: where versions may end without a next one.</param>
    public static IEnumerable<string> Faults(
        IReadOnlyList<Version> versions, IReadOnlySet<(string Id, string At)> deletions)
    {
        foreach (IGrouping<string, Version> history in versions.GroupBy(version => version.Id))
        {
            Version[] ordered = [.. history.OrderBy(version => version.From, StringComparer.Ordinal)];
            for (int index = 0; index < ordered.Length; index++)
            {
                Version version = ordered[index];
                if (Fault(version, ordered.ElementAtOrDefault(index + 1), deletions) is { } fault)
                {
                    yield return $"{version.Id} from {version.From} {fault}";
                }
            }
        }
    }

    private static string? Fault(Version version, Version? next, IReadOnlySet<(string Id, string At)> deletions)
    {
        if (version.To is null)
        {
            return next is null ? null : "overlaps the next";
        }

        if (string.CompareOrdinal(version.To, version.From) <= 0)
        {
            return "ends before it begins";
        }

        if (next is not null && string.CompareOrdinal(version.To, next.From) > 0)
        {
            return "overlaps the next";
        }

        if (version.To != next?.From)
        {
            return deletions.Contains((version.Id, version.To)) ? null : "leaves a gap without a deletion";
        }

        return version.Content == next.Content ? "equals the next" : null;
    }
}
