using System.Globalization;
using System.Reflection;
using ShopLake.Run;

namespace ShopLake.Cli.Output;

/// <summary>Results that the program itself asks for, shown for people by what their columns' names say.</summary>
internal static class Report
{
    private const string Folder = "Reports/";
    private const string MoneySuffix = "_minor";
    private const string MonthSuffix = "month";
    private const string RateSuffix = "_rate";

    /// <summary>The SQL in <c>Reports/</c> of this name.</summary>
    public static string Sql(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Folder}{name}.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Money as amounts, rates as percentages, counts grouped, names without underscores.</summary>
    public static void Write(Terminal terminal, string title, QueryResult result, int moneyDecimals)
    {
        terminal.Write("");
        terminal.Write(title);
        terminal.WriteTable(
            [.. result.Columns.Select(Heading)],
            result.Rows.Select(row => row.Select((cell, i) => Cell(result.Columns[i], cell, moneyDecimals)).ToList()));
    }

    private static string Heading(string column) =>
        (column.EndsWith(MoneySuffix, StringComparison.Ordinal) ? column[..^MoneySuffix.Length]
            : column.EndsWith(RateSuffix, StringComparison.Ordinal) ? column[..^RateSuffix.Length]
            : column).Replace('_', ' ');

    private static object? Cell(string column, object? value, int moneyDecimals) => value switch
    {
        long minor when column.EndsWith(MoneySuffix, StringComparison.Ordinal) =>
            new Figure(CellText.Money(minor, moneyDecimals)),
        double rate => new Figure(rate.ToString("P1", CultureInfo.InvariantCulture)),
        DateOnly month when column.EndsWith(MonthSuffix, StringComparison.Ordinal) =>
            month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        long count => new Figure(CellText.Count(count)),
        _ => value,
    };
}
