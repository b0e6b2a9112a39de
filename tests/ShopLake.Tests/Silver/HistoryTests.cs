using System.Globalization;
using CsCheck;

namespace ShopLake.Tests.Silver;

/// <summary>
/// Histories against a second opinion that knows no windows and no SQL: at every instant, the state is the last row
/// said by then, of equal times the one that came last.
/// </summary>
public sealed class HistoryTests
{
    private static readonly (string Table, string Id, string History, string[] Attributes)[] Kept =
    [
        ("users", "user_id", "silver.user_history", ["name", "phone"]),
        ("products", "product_id", "silver.product_history", ["category", "price_minor"]),
    ];

    [Fact]
    public void At_every_instant_a_history_says_what_the_rows_said_by_then()
    {
        using var lake = new SmallLake(["users", "products"], []);
        SourceWorld.TiedStates.Sample(rows =>
        {
            lake.Fill(rows);
            foreach (var kept in Kept)
            {
                Version[] versions = [.. Versions(lake, kept.History, kept.Id, kept.Attributes)];
                HistoryInvariants.Faults(versions, Deletions(rows, kept.Table, kept.Id)).ShouldBeEmpty();
                RawRow[] said = [.. rows.Where(row => row.Table == kept.Table)];
                foreach (string id in said.Select(row => row.Values[kept.Id]!).Distinct())
                {
                    for (int hour = 0; hour < 24; hour++)
                    {
                        string at = string.Create(CultureInfo.InvariantCulture, $"2024-01-01 {hour:00}:00");
                        Lookup(versions, id, at).ShouldBe(
                            Said(said, kept.Id, kept.Attributes, id, at), $"{kept.History} of {id} at {at}");
                    }
                }
            }
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData("does not begin with the first row", "u1 02:00 -     a")]
    [InlineData("overlaps the next", "u1 01:00 04:00 a", "u1 03:00 - b")]
    [InlineData("leaves a gap without a deletion", "u1 01:00 02:00 a", "u1 03:00 - b")]
    [InlineData("leaves a gap without a deletion", "u1 01:00 02:00 a")]
    [InlineData("equals the next", "u1 01:00 02:00 a", "u1 02:00 - a")]
    [InlineData("ends before it begins", "u1 01:00 01:00 a")]
    public void Every_fault_is_found_by_the_rule_and_by_the_second_opinion(string fault, params string[] versions)
    {
        using var lake = new SmallLake(["users"], []);
        lake.Fill([new RawRow("users", new Dictionary<string, string?>
        {
            ["user_id"] = "u1", ["updated_at"] = "2024-01-01 01:00",
        })]);
        lake.Replace("silver.user_history", string.Join(" UNION ALL ", versions
            .Select(version => version.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(cells => $"SELECT '{cells[0]}' AS user_id, {Instant(cells[1])} AS valid_from, "
                + $"{Instant(cells[2])} AS valid_to, '{cells[3]}' AS name, NULL AS email, NULL AS phone, "
                + $"{Instant(cells[2])} IS NULL AS is_current, "
                + "1 AS _batch_id, 'x' AS _source_file, 1 AS _source_row")));

        lake.Findings("history_intact", ["reason"])
            .ShouldContain(row => row[0]!.EndsWith(fault, StringComparison.Ordinal));
        if (fault != "does not begin with the first row")
        {
            Version[] found = [.. Versions(lake, "silver.user_history", "user_id", ["name"])];
            HistoryInvariants.Faults(found, new HashSet<(string, string)>())
                .ShouldContain(text => text.EndsWith(fault, StringComparison.Ordinal));
        }

        static string Instant(string hour) =>
            hour == "-" ? "CAST(NULL AS timestamp)" : $"CAST('2024-01-01 {hour}' AS timestamp)";
    }

    private static IEnumerable<Version> Versions(SmallLake lake, string history, string id, string[] attributes) => lake
        .Rows(history, [id, "valid_from", "valid_to", .. attributes])
        .Select(row => new Version(row[0]!, row[1]!, row[2], string.Join(" | ", row.Skip(3))));

    private static HashSet<(string, string)> Deletions(RawRow[] rows, string table, string id) =>
    [
        .. rows.Where(row => row.Table == table && row.Values["_op"] == "delete")
            .Select(row => (row.Values[id]!, row.Values["updated_at"]!)),
    ];

    private static string? Lookup(Version[] versions, string id, string at) => versions.SingleOrDefault(version =>
        version.Id == id && string.CompareOrdinal(version.From, at) <= 0
        && (version.To is null || string.CompareOrdinal(at, version.To) < 0))?.Content;

    private static string? Said(RawRow[] rows, string idColumn, string[] attributes, string id, string at)
    {
        RawRow? last = null;
        foreach (RawRow row in rows.Where(row => row.Values[idColumn] == id))
        {
            bool isSaid = string.CompareOrdinal(row.Values["updated_at"], at) <= 0;
            bool isLater = last is null
                || string.CompareOrdinal(row.Values["updated_at"], last.Values["updated_at"]) >= 0;
            bool isReplay = rows.TakeWhile(earlier => !ReferenceEquals(earlier, row))
                .Any(earlier => Same(earlier, row));
            last = isSaid && isLater && !isReplay ? row : last;
        }

        return last is null || last.Values["_op"] == "delete" ? null : string.Join(" | ", attributes.Select(attribute =>
            attribute == "price_minor" ? Minor(last.Values["price"]) : last.Values[attribute]));
    }

    private static bool Same(RawRow one, RawRow other) =>
        one.Values.All(cell => other.Values[cell.Key] == cell.Value);

    private static string? Minor(string? price) => price is null or "0" ? price : price + "00";
}
