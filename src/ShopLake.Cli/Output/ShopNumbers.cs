using ShopLake.Run;

namespace ShopLake.Cli.Output;

/// <summary>The numbers that a shop is looked at by first, each asked of Gold by the SQL of its name in <c>Reports/</c>.</summary>
internal static class ShopNumbers
{
    public static readonly IReadOnlyList<(string Name, string Title)> Sections =
    [
        ("revenue_by_month", "Orders are not revenue: ordered by the order's month, revenue by the payment's"),
        ("funnel", "Funnel of sessions"),
        ("retention", "Customers who paid again, by the month of their first paid order"),
        ("categories", "Categories by what they brought"),
    ];

    /// <param name="ask">Answers a question about Gold.</param>
    public static void Write(Terminal terminal, int moneyDecimals, Func<string, QueryResult> ask)
    {
        foreach (var (name, title) in Sections)
            Report.Write(terminal, title, ask(Report.Sql(name)), moneyDecimals);
    }
}
