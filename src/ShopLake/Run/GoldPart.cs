using System.Globalization;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// The rows of a Gold table that stand in one file: all of them, or those of a month, so that a run writes the months in which
/// something changed and shares the files of the others.
/// </summary>
/// <param name="FileName">Name of the file in the table's folder.</param>
/// <param name="Condition">Which rows; null for all.</param>
internal sealed record GoldPart(string FileName, string? Condition)
{
    private static readonly GoldPart All = new("all.parquet", null);

    /// <summary>The parts that rows of a model's table fall into, one or more.</summary>
    /// <param name="engine">Holds the rows.</param>
    /// <param name="model">The model.</param>
    /// <param name="rows">The table, or where some of its rows stand.</param>
    public static IReadOnlyList<GoldPart> Of(IParquetEngine engine, Model model, string rows)
    {
        if (model.FilePerMonth is not { } column)
        {
            return [All];
        }

        string day = $"\"{column}\"";
        object?[][] months = [.. engine.Query($"SELECT DISTINCT year({day}), month({day}) FROM {rows} AS t", CancellationToken.None).Rows];
        return months.Length == 0 ? [WithoutMonth(day)] : [.. months.Select(month => Of(day, month))];
    }

    /// <summary>A table without rows has this file, too: it tells the columns.</summary>
    private static GoldPart WithoutMonth(string day) => new("none.parquet", $"month({day}) IS NULL");

    private static GoldPart Of(string day, object?[] found)
    {
        if (found is not [long year, long month])
        {
            return WithoutMonth(day);
        }

        (long nextYear, long nextMonth) = month == 12 ? (year + 1, 1) : (year, month + 1);
        return new GoldPart(
            string.Create(CultureInfo.InvariantCulture, $"{year:D4}-{month:D2}.parquet"),
            string.Create(CultureInfo.InvariantCulture, $"{day} >= make_date({year}, {month}, 1) AND {day} < make_date({nextYear}, {nextMonth}, 1)"));
    }
}
