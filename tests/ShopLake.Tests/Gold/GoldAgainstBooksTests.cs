using System.Globalization;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Simulator.Books;
using ShopLake.Tests.Silver;

namespace ShopLake.Tests.Gold;

/// <summary>Gold against books that were written from the same facts without SQL: every table, every column.</summary>
public sealed class GoldAgainstBooksTests
{
    /// <summary>More by <c>SHOPLAKE_SEEDS</c>.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1,
        int.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_SEEDS") ?? "6", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gold_equals_the_books_and_its_money_adds_up(int seed)
    {
        var shop = new RandomShop(seed);
        using SmallLake lake = shop.Lake();
        BookDifferences[] differences = [.. shop.Books().Select(table => Differences(lake, table))];
        string.Join('\n', differences.Where(table => !table.AreNone)).ShouldBeEmpty();
        foreach (string rule in SmallLake.Library.Checks.Where(IsFatalForGold).Select(check => check.Rule).Distinct())
        {
            lake.Findings(rule, ["record_key", "reason"]).ShouldBeEmpty(rule);
        }
    }

    internal static BookDifferences Differences(SmallLake lake, BookTable books)
    {
        QueryResult gold = lake.Table(books.Name);
        return BookComparer.Compare(books, gold.Columns, gold.Rows);
    }

    private static bool IsFatalForGold(Check check) =>
        check.Severity == Severity.Fail && check.On.StartsWith("gold.", StringComparison.Ordinal);
}
