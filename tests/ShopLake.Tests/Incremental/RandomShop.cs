using System.Globalization;
using CsCheck;
using ShopLake.Tests.Silver;

namespace ShopLake.Tests.Incremental;

/// <summary>One run of a small lake: what is configured, by which models, and the rows that came since the last one.</summary>
/// <param name="Configuration">Which of <see cref="GrowingLake.Configurations"/>.</param>
/// <param name="Library">Which of the model libraries that the test offers.</param>
/// <param name="Rows">The batch.</param>
internal sealed record Step(int Configuration, int Library, IReadOnlyList<RawRow> Rows);

/// <summary>
/// Tiny random shops, two in a lake: so few ids, words and instants that rows meet all the time. Redeliveries, corrections dated in the
/// past, orphans before their parents, ties, deletions, skewed clocks, words that nobody knows and values that could not
/// be read are all frequent.
/// </summary>
internal static class RandomShop
{
    private const int DicePerRow = 16;

    private static readonly string?[] Instants =
    [
        "2024-01-31 10:00", "2024-01-31 10:00", "2024-01-31 10:04", "2024-01-31 10:01:00.5", "2024-01-31 23:30",
        "2024-02-01 02:30", "2024-02-01 03:00", "2024-02-01 10:00", "2024-02-02 12:00", "2024-02-03 09:00", "2024-03-02 10:00",
        "2024-04-30 12:00", "2025-03-01 10:00",
    ];

    private static readonly string?[] InstantsOrNone = [.. Instants, null, null];
    private static readonly string?[] Orders = [.. Often("o1", "o2", "o3", "o4", "o5"), "o9", null, ""];
    private static readonly string?[] Products = [.. Often("p1", "p2"), "p9", null];
    private static readonly string?[] Users = [.. Often("u1", "u2"), null];
    private static readonly string?[] Amounts = [.. Often("10", "20", "7.5", "0"), "3.125", "-5", null];

    /// <summary>Columns of each raw table with the values they take; a value twice is twice as likely.</summary>
    private static readonly (string Table, (string Column, string?[] Values)[] Columns)[] Tables =
    [
        ("events",
        [
            ("event_id", [.. Often([.. Enumerable.Range(1, 24).Select(number => $"e{number}")]), null]),
            ("user_id", ["u1", "u2", null]),
            ("session_id", [.. Often("s1", "s2", "s3", "s4", "s5"), null]),
            ("event_type", [.. Often("view", "add_to_cart", "checkout"), "look", "fav"]),
            ("event_ts", [.. Often(Instants), null, "1999-12-31 10:00"]),
            ("device_type", [.. Often("web", "mobile"), null, "tv"]),
        ]),
        ("orders",
        [
            ("order_id", Orders),
            ("user_id", Users),
            ("order_status", [.. Often("CREATED", "PAID", "SHIPPED", "CANCELLED"), "done", "draft"]),
            ("order_amount", Amounts),
            ("order_ts", InstantsOrNone),
            ("updated_at", [.. InstantsOrNone, "1999-12-31 10:00"]),
        ]),
        ("payments",
        [
            ("payment_id", [.. Often("y1", "y2", "y3", "y4"), null]),
            ("order_id", Orders),
            ("payment_status", [.. Often("SUCCESS", "SUCCESS", "FAILED", "REFUNDED"), "ok", "void"]),
            ("payment_amount", Amounts),
            ("payment_ts", [.. Often(Instants), null]),
        ]),
        ("order_items",
        [
            ("order_item_id", [.. Often("i1", "i2", "i3"), null]),
            ("order_id", Orders),
            ("product_id", Products),
            ("quantity", [.. Often("1", "2", "3", "0"), "-1", null]),
            ("item_price", Amounts),
        ]),
        ("products",
        [
            ("product_id", Products),
            ("product_name", ["Lamp", "Rug", null]),
            ("category", ["home", "light", null]),
            ("price", Amounts),
            ("available_stock", ["5", "0", "3", "-2", null]),
            ("updated_at", InstantsOrNone),
        ]),
        ("users",
        [
            ("user_id", [.. Users, ""]),
            ("name", ["Ada", "Bob", null]),
            ("email", ["a@example.org", "b@example.org", null]),
            ("phone", ["1", null]),
            ("created_at", InstantsOrNone),
            ("updated_at", InstantsOrNone),
        ]),
    ];

    private static readonly string[] TableOdds =
        ["events", "events", "events", "orders", "orders", "payments", "payments", "order_items", "products", "users"];

    private static readonly string[] TimeColumns = ["event_ts", "payment_ts", "updated_at", "order_ts", "created_at"];

    /// <summary>How long after its own time a row comes; a client's clock may be ahead.</summary>
    private static readonly TimeSpan[] Delays =
        [TimeSpan.Zero, TimeSpan.FromMinutes(4), TimeSpan.FromHours(2), TimeSpan.FromHours(30), TimeSpan.FromDays(8), TimeSpan.FromMinutes(-10)];

    /// <summary>A lake's runs: a first one, then one or two more.</summary>
    /// <param name="configurations">How many configurations there are; the first is the usual one.</param>
    /// <param name="libraries">How many model libraries there are; the first is the usual one.</param>
    /// <param name="favourites">
    /// Tables that most rows are of, and of those more than usual; without any, one lake may have none and the next another one.
    /// </param>
    public static Gen<Step[]> Steps(int configurations, int libraries, params string[] favourites) => Gen.Select(
        Run(favourites.Length == 0 ? 40 : 80, configurations, libraries), Run(10, configurations, libraries).Array[1, 2],
        favourites.Length == 0 ? Gen.Int[0, TableOdds.Length].Select(table => TableOdds.Skip(table).Take(1).ToArray()) : Gen.Const(favourites),
        (first, later, tables) => Rows([first, .. later], [.. TableOdds, .. Enumerable.Repeat(tables, 3 * TableOdds.Length).SelectMany(copy => copy)]));

    private static Gen<(int Configuration, int Library, int[][] Dice)> Run(int rows, int configurations, int libraries) => Gen.Select(
        Rarely(configurations), Rarely(libraries), Gen.Int[0, 9_999].Array[DicePerRow].Array[0, rows]);

    private static Gen<int> Rarely(int choices) => Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[0, choices - 1]));

    private static Step[] Rows((int Configuration, int Library, int[][] Dice)[] runs, string[] odds)
    {
        var rows = new List<RawRow>();
        return [.. runs.Select(run => new Step(run.Configuration, run.Library, [.. run.Dice.Select(dice =>
        {
            RawRow row = Row(dice, rows, odds);
            rows.Add(row);
            return row;
        })]))];
    }

    /// <summary>A new row, one that came before, or one that came before with one value changed.</summary>
    private static RawRow Row(int[] dice, List<RawRow> before, string[] odds)
    {
        int kind = dice[0] % 10;
        if (kind < 6 || before.Count == 0)
        {
            string table = odds[dice[1] % odds.Length];
            return New(table, dice);
        }

        RawRow again = before[dice[1] % before.Count];
        return kind == 6 ? again : Corrected(again, dice);
    }

    private static RawRow New(string table, int[] dice)
    {
        (string Column, string?[] Values)[] columns = Tables.First(candidate => candidate.Table == table).Columns;
        var values = columns.Select((column, index) => (column.Column, Value: Value(column, dice[index + 2], dice[9])))
            .ToDictionary(cell => cell.Column, cell => cell.Value);
        string? time = TimeColumns.Select(column => values.GetValueOrDefault(column)).FirstOrDefault(value => value is not null);
        var at = DateTime.Parse(time ?? "2024-02-01 12:00", CultureInfo.InvariantCulture);
        values["ingestion_time"] = (at + Delays[dice[10] % Delays.Length]).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        values["source_system"] = dice[11] % 15 == 0 ? "market" : "shop";
        values["_source_file"] = dice[12] % 3 == 0 ? "a.csv" : "B.csv";
        values["_op"] = dice[13] % 15 == 0 ? "delete" : "upsert";
        values["_rescued"] = null;
        switch (dice[14] % 30)
        {
            case 0:
                values["_rescued"] = "{\"currency\":\"USD\"}";
                break;
            case 1:
                string unread = columns[dice[15] % columns.Length].Column;
                values[unread] = null;
                values["_rescued"] = $"{{\"{unread}\":\"?\"}}";
                break;
            default:
                break;
        }

        return new RawRow(table, values);
    }

    private static RawRow Corrected(RawRow row, int[] dice)
    {
        (string Column, string?[] Values)[] columns = Tables.First(candidate => candidate.Table == row.Table).Columns;
        (string, string?[]) column = columns[dice[2] % columns.Length];
        return row with
        {
            Values = new Dictionary<string, string?>(row.Values) { [column.Item1] = Value(column, dice[3], dice[9]) },
        };
    }

    private static IEnumerable<string?> Often(params string?[] values) => Enumerable.Repeat(values, 4).SelectMany(copy => copy);

    /// <summary>Ids of the second shop end otherwise, so that the two meet in days and categories only.</summary>
    private static string? Value((string Column, string?[] Values) column, int which, int shop)
    {
        string? value = column.Values[which % column.Values.Length];
        return value is { Length: > 0 } && column.Column.EndsWith("_id") && shop % 2 == 1 ? value + "b" : value;
    }
}
