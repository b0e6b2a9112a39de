using ShopLake.Simulator.Books;

namespace ShopLake.Tests.Books;

public sealed class BookComparerTests
{
    private static readonly string[] Columns = ["day", "device", "count", "rate"];

    private static BookTable Books()
    {
        var table = new BookTable("gold.sample", ["day", "device"], Columns);
        table.Add(new DateOnly(2024, 1, 1), "web", 1, 0.5);
        table.Add(new DateOnly(2024, 1, 2), "web", 2, null);
        return table;
    }

    private static List<object?[]> SameRows() =>
        [[new DateOnly(2024, 1, 2), "web", 2L, null], [new DateOnly(2024, 1, 1), "web", 1L, 0.5]];

    [Fact]
    public void Equal_tables_are_equal_in_any_order_of_rows_and_columns()
    {
        BookComparer.Compare(Books(), Columns, SameRows()).AreNone.ShouldBeTrue();
        var reversed = SameRows().Select(row => row.Reverse().ToArray());
        BookComparer.Compare(Books(), ["rate", "count", "device", "day"], reversed)
            .AreNone.ShouldBeTrue();
    }

    [Fact]
    public void A_differing_cell_is_shown_with_key_column_and_both_values()
    {
        var rows = SameRows();
        rows[1][2] = 7L;
        rows[0][3] = 0.0;
        var differences = BookComparer.Compare(Books(), Columns, rows);
        differences.Count.ShouldBe(2);
        differences.Lines.ShouldBe(
        [
            "2024-01-01 | web: count expected 1, found 7",
            "2024-01-02 | web: rate expected NULL, found 0",
        ]);
    }

    [Fact]
    public void The_last_bit_of_a_rate_counts()
    {
        var rows = SameRows();
        rows[1][3] = Math.BitIncrement(0.5);
        BookComparer.Compare(Books(), Columns, rows).Count.ShouldBe(1);
    }

    [Fact]
    public void Missing_surplus_and_doubled_rows_are_differences()
    {
        var rows = SameRows();
        rows[0][1] = "mobile";
        rows.Add(rows[1]);
        BookComparer.Compare(Books(), Columns, rows).Lines.ShouldBe(
        [
            "2024-01-01 | web: more than once in the actual rows",
            "2024-01-02 | mobile: not expected, found 2024-01-02, mobile, 2, NULL",
            "2024-01-02 | web: missing, expected 2024-01-02, web, 2, NULL",
        ]);
    }

    [Fact]
    public void Missing_and_surplus_columns_are_differences() =>
        BookComparer.Compare(Books(), ["day", "device", "count", "ratio"], SameRows()).Lines.ShouldBe(
            ["column rate is missing", "column ratio is not of this table"]);

    [Fact]
    public void What_the_books_do_not_know_is_not_compared()
    {
        var partly = new BookTable("gold.sample", ["day", "device"], ["day", "device", "count"])
        {
            UnknownColumns = ["rate"],
            HasAllRows = false,
        };
        partly.Add(new DateOnly(2024, 1, 1), "web", 1);
        BookComparer.Compare(partly, Columns, SameRows()).AreNone.ShouldBeTrue();
    }

    [Fact]
    public void Only_the_first_differences_are_listed_but_all_are_counted()
    {
        var differences = BookComparer.Compare(Books(), Columns, [], limit: 1);
        differences.Count.ShouldBe(2);
        differences.ToString().Split(Environment.NewLine).ShouldBe(
            ["gold.sample: 2 differences", "  2024-01-01 | web: missing, expected 2024-01-01, web, 1, 0.5"]);
    }

    [Fact]
    public void A_row_with_too_few_cells_is_refused() =>
        Should.Throw<ArgumentException>(() => Books().Add("too few"))
            .Message.ShouldBe("gold.sample has 4 columns, the row 1 cells.");

    [Fact]
    public void A_world_that_contradicts_itself_is_told_where()
    {
        Should.Throw<InvalidOperationException>(() => new Scene().Paid("p1", "o1", "01-01 10:00", 1).Table("orders"))
            .Message.ShouldBe("The world gave a payment for order o1, but never the order.");
        Should.Throw<InvalidOperationException>(
                () => new Scene().Order("o1", null, "01-01 10:00", 1).Order("o1", null, "01-01 10:00", 1))
            .Message.ShouldBe("The world gave order o1 twice.");
    }
}
