using System.Globalization;
using System.Text;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Silver;

/// <summary>Given rows, expected rows: the situations of <c>tests/cases/silver</c>, one file each.</summary>
public sealed class SilverCaseTests
{
    private static readonly string Folder = Repository.PathOf("tests/cases/silver");

    public static TheoryData<string> Files => [.. Directory
        .EnumerateFiles(Folder, "*.case", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_rows_follow(string file) => Differences(CaseFile.Read(Path.Combine(Folder, file))).ShouldBeEmpty();

    [Fact]
    public void A_wrong_expectation_is_found()
    {
        string text = """
            A canary: the amount is off by one, a row is missing, and a row is too many
            given payments
            payment_id | order_id | payment_status | payment_amount | payment_ts
            p1         | o1       | SUCCESS        | 10             | 2024-01-01 10:00
            p2         | o1       | FAILED         | 10             | 2024-01-01 10:00

            expect silver.payments
            payment_id | amount_minor
            p1         | 1001
            p3         | 1000
            """;
        Differences(CaseFile.Parse(text, "canary")).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "silver.payments (line 7), payment_id | amount_minor:",
            "  expected, missing: p1 | 1001",
            "  expected, missing: p3 | 1000",
            "  there, unexpected: p1 | 1000",
            "  there, unexpected: p2 | 1000",
        ]);
    }

    [Theory]
    [InlineData("Title\ngiven payments\na | b\n1", "canary:4: 1 cells for 2 columns: 1")]
    [InlineData("Title\ngive payments", "canary:2: expected set, sources, given or expect: give payments")]
    [InlineData("Title\ngiven payments\na\n1", "canary: expects nothing, so it proves nothing.")]
    public void A_case_that_cannot_be_read_says_where(string text, string message) =>
        Should.Throw<FormatException>(() => CaseFile.Parse(text, "canary")).Message.ShouldBe(message);

    internal static string Differences(CaseFile situation, string engine = "duckdb")
    {
        using var lake = new SmallLake(situation.Sources, situation.Settings, engine);
        lake.Fill(situation.Given.SelectMany(table => table.Rows.Select(row => new RawRow(table.Name,
            table.Columns.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second)))));
        var differences = new StringBuilder();
        foreach (CaseTable expected in situation.Expected)
        {
            Compare(expected, expected.IsRule
                ? lake.Findings(expected.Name, expected.Columns)
                : lake.Rows(expected.Name, expected.Columns), differences);
        }

        return differences.ToString();
    }

    private static void Compare(
        CaseTable expected, IReadOnlyList<IReadOnlyList<string?>> actual, StringBuilder differences)
    {
        var left = actual.ToList();
        var missing = expected.Rows
            .OrderBy(Shown, StringComparer.Ordinal)
            .Where(row => left.FindIndex(candidate => Matches(row, candidate)) is var found && !TakeOut(left, found))
            .ToList();
        if (missing.Count + left.Count == 0)
        {
            return;
        }

        differences.Append(CultureInfo.InvariantCulture,
            $"{expected.Name} (line {expected.Line}), {string.Join(" | ", expected.Columns)}:\n");
        differences.AppendJoin("", missing.Select(row => $"  expected, missing: {Shown(row)}\n"));
        differences.AppendJoin("", left.Select(row => $"  there, unexpected: {Shown(row)}\n"));
    }

    private static bool TakeOut(List<IReadOnlyList<string?>> rows, int index)
    {
        if (index >= 0)
        {
            rows.RemoveAt(index);
        }

        return index >= 0;
    }

    private static bool Matches(IReadOnlyList<string?> expected, IReadOnlyList<string?> actual) =>
        expected.Zip(actual).All(cell => cell.First is [.. var start, '…']
            ? cell.Second?.StartsWith(start, StringComparison.Ordinal) == true
            : cell.First == cell.Second);

    private static string Shown(IReadOnlyList<string?> row) => string.Join(" | ", row);
}
