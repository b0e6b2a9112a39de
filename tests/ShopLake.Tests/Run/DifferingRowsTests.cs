using ShopLake.Catalog;
using ShopLake.Engines;
using ShopLake.Run;
using ShopLake.Tests.Engines;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>That a difference in a large table is found by reading a small part of it, on one engine and between two.</summary>
public sealed class DifferingRowsTests : IDisposable
{
    private const int Rows = 30_000;

    private static readonly TableDefinition Table = new("gold", "large",
    [
        new("id", ColumnType.Text, ""), new("number", ColumnType.Bigint, ""), new("rate", ColumnType.Double, ""),
        new("flag", ColumnType.Boolean, ""), new("at", ColumnType.Timestamp, ""), new("day", ColumnType.Date, ""),
    ]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        TestPostgres.Forget(_folder.Path);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("duckdb", "duckdb")]
    [InlineData("duckdb", "sqlite")]
    [InlineData("duckdb", "postgres")]
    public void A_changed_cell_of_any_type_is_found_in_its_bucket(string one, string other)
    {
        using IEngine live = Open(one, -1);
        for (int column = 0; column < Table.Columns.Count; column++)
        {
            using IEngine rebuilt = Open(other, column);

            string where = DifferingRows.Condition(live, rebuilt, Table, [.. Table.Columns.Select(known => known.Name)], Rows, 4, default);
            VerifiedTable found = Verification.Compare(live, rebuilt, [Table], default).ShouldHaveSingleItem();

            foreach (IEngine engine in (IEngine[])[live, rebuilt])
            {
                ((long)engine.Query($"SELECT count(*) FROM {Table.FullName} WHERE {where}", default).Rows[0][0]!).ShouldBeInRange(1, Rows / 4);
            }

            found.OnlyLive.ShouldHaveSingleItem()["id"].ShouldBe("row 7");
            found.OnlyRebuilt.Count.ShouldBe(1);
            DifferingRows.Condition(live, rebuilt, Table, ["day"], Rows, int.MaxValue, default).ShouldStartWith("int_div(");
        }
    }

    [Fact]
    public void Buckets_of_equal_tables_are_equal_on_two_engines_so_that_a_hidden_difference_is_looked_for_everywhere()
    {
        using IEngine live = Open("duckdb", -1);
        using IEngine rebuilt = Open("sqlite", -1);

        DifferingRows.Condition(live, rebuilt, Table, ["id"], Rows, 4, default).ShouldBe("1 = 1");
    }

    [Fact]
    public void A_text_that_is_missing_is_another_than_an_empty_one()
    {
        using IEngine live = Open("duckdb", -1);
        using IEngine rebuilt = Open("duckdb", -1);
        live.Query($"UPDATE {Table.FullName} SET id = NULL WHERE number = 7", default);
        rebuilt.Query($"UPDATE {Table.FullName} SET id = '' WHERE number = 7", default);

        DifferingRows.Condition(live, rebuilt, Table, ["day"], Rows, int.MaxValue, default).ShouldStartWith("int_div(");
    }

    /// <param name="engine">The word for it.</param>
    /// <param name="changed">The column in which row 7 has another value.</param>
    private IEngine Open(string engine, int changed)
    {
        IEngine opened = LakeEngine.OpenScratch(TestEngine.Configuration(engine, _folder.Path));
        opened.BeginAnew();
        opened.Fill(Table, "", Enumerable.Range(0, Rows).Select(row => Values(row, row == 7 ? changed : -1)));
        opened.Commit();
        return opened;
    }

    private static object?[] Values(int row, int changed)
    {
        int Of(int column) => column == changed ? row + 1_000_000 : row;
        return
        [
            $"row {Of(0)}", row % 5 == 0 && changed != 1 ? null : (long)Of(1), Of(2) / 7.0, (Of(3) + (changed == 3 ? 1 : 0)) % 2 == 0,
            new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMicroseconds(1_234_567L * Of(4)),
            new DateOnly(2024, 1, 1).AddDays(Of(5) % 1_009),
        ];
    }
}
