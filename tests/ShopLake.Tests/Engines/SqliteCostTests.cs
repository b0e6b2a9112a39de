using Microsoft.Data.Sqlite;
using ShopLake.Models;
using ShopLake.Run;
using SQLitePCL;

namespace ShopLake.Tests.Engines;

/// <summary>What SQLite does grows with the rows and not with their square. Its own steps are counted, which no clock disturbs.</summary>
public sealed class SqliteCostTests
{
    private const int Thousand = 1_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_that_take_part_in_several_ways_are_found_in_proportion_to_the_pieces(bool hasCompoundKey)
    {
        long few = Steps(Thousand, hasCompoundKey);
        long many = Steps(4 * Thousand, hasCompoundKey);

        few.ShouldBeGreaterThan(Thousand);
        many.ShouldBeLessThan(6 * few);
    }

    /// <summary>Rows of which half take part in a piece by one column, half by the other, and none by both.</summary>
    private static long Steps(int pieces, bool hasCompoundKey)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, $"""
            CREATE TABLE payments (payment_id TEXT, order_id TEXT, shop TEXT);
            CREATE INDEX by_payment ON payments (payment_id);
            CREATE INDEX by_order ON payments (order_id);
            CREATE TEMP TABLE pieces (piece_0 TEXT, piece_1 TEXT);
            WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < {pieces})
            INSERT INTO payments SELECT 'p' || n, 'o' || n, 's' FROM numbers;
            INSERT INTO pieces SELECT CASE WHEN rowid % 2 = 0 THEN payment_id ELSE order_id END, 's' FROM payments;
            CREATE INDEX temp.key ON pieces (piece_0, piece_1);
            ANALYZE;
            """);
        string shop = hasCompoundKey ? ", shop" : "";
        var scope = new Scope([.. $"id{shop}".Split(", ")], new Dictionary<string, IReadOnlyList<PieceMapping>>
        {
            ["main.payments"] = [PieceMapping.Parse("payment_id" + shop), PieceMapping.Parse("order_id" + shop)],
        });
        long steps = 0;
        raw.sqlite3_progress_handler(connection.Handle, 1, CountAndGoOn, null);
        using SqliteCommand rows = connection.CreateCommand();
        rows.CommandText = $"SELECT count(*) FROM ({new ScopeSql(scope, "pieces").Rows("main.payments")}) AS found";
        rows.ExecuteScalar().ShouldBe((long)pieces);
        return steps;

        int CountAndGoOn(object state)
        {
            steps++;
            return 0;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
