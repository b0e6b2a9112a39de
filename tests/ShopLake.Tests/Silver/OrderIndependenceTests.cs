using System.Text;
using CsCheck;

namespace ShopLake.Tests.Silver;

/// <summary>
/// Whatever order the same rows come in, Silver is the same. Both arrivals lie in one lake, told apart by a prefix of
/// their ids; what is compared leaves out only where a row came from and when it reached the lake.
/// </summary>
public sealed class OrderIndependenceTests
{
    private static readonly (string Table, string Columns)[] Compared =
    [
        ("silver.users", "user_id, name, phone, updated_at, is_deleted"),
        ("silver.user_history", "user_id, valid_from, valid_to, name, phone, is_current"),
        ("silver.products", "product_id, category, price_minor, available_stock, updated_at, is_deleted"),
        ("silver.product_history", "product_id, valid_from, valid_to, category, price_minor, is_current"),
        ("silver.stock_levels", "product_id, changed_at, next_changed_at, available_stock"),
        ("silver.orders", "order_id, user_id, order_status, source_status, order_amount_minor, created_at, status_at, "
            + "cancelled_at, illegal_transitions, is_cancelled_after_paid_status, has_conflicting_amount, "
            + "has_conflicting_user, is_inferred"),
        ("silver.order_status_history",
            "order_id, status_at, order_status, next_status_at, duration_seconds, is_illegal_transition"),
        ("silver.order_items", "order_item_id, order_id, product_id, quantity, unit_price_minor"),
        ("silver.payments", "payment_id, payment_status, payment_at, order_id, amount_minor, has_conflict"),
        ("silver.events", "event_id, session_id, user_id, resolved_user_id, event_type, event_at, ingested_at, "
            + "device_type, lateness_seconds, is_late, is_clock_skewed, duplicate_deliveries, conflicting_deliveries"),
        ("silver.sessions", "session_id, resolved_user_id, device_type, started_at, ended_at, events, views, "
            + "add_to_carts, checkouts, first_view_at, first_add_to_cart_at, first_checkout_at, "
            + "is_multi_user, is_multi_device, skewed_events"),
        ("silver.quarantine", "record_key, bronze_table, rule, reason, amount_minor"),
    ];

    private static readonly string[] AllSources = ["users", "products", "orders", "order_items", "payments", "events"];

    /// <summary>Worlds share a build, since they do not touch each other: 25 builds of 8 are 200 cases.</summary>
    [Fact]
    public void The_same_rows_in_any_batches_and_order_give_the_same_Silver()
    {
        using var lake = new SmallLake(AllSources, []);
        SourceWorld.Sendings.Array[8].Sample(
            worlds => Differences(lake, worlds).All(difference => difference.Length == 0),
            iter: 25, threads: 1,
            print: worlds => Story(
                lake, worlds[Array.FindIndex(Differences(lake, worlds), difference => difference.Length > 0)]));
    }

    [Fact]
    public void A_difference_is_found_and_told_by_the_rows_that_make_it()
    {
        using var lake = new SmallLake(AllSources, []);
        Sending[] world =
        [
            new(User("u1", "x"), new Arrival(1, 1), new Arrival(2, 1)),
            new(User("u2", "x"), new Arrival(1, 2), new Arrival(2, 2)),
            new(User("u1", "y"), new Arrival(2, 3), new Arrival(1, 3)),
        ];
        Story(lake, world).ShouldBe("""
            silver.users: user_id, name, phone, updated_at, is_deleted
              one: u1 | y |  | 2024-01-01 00:00 | false
              other: u1 | x |  | 2024-01-01 00:00 | false
            silver.user_history: user_id, valid_from, valid_to, name, phone, is_current
              one: u1 | 2024-01-01 00:00 |  | y |  | true
              other: u1 | 2024-01-01 00:00 |  | x |  | true
            after one
              users: user_id u1, name x, updated_at 2024-01-01 00:00, _batch_id 1
              users: user_id u1, name y, updated_at 2024-01-01 00:00, _batch_id 2
            after other
              users: user_id u1, name x, updated_at 2024-01-01 00:00, _batch_id 2
              users: user_id u1, name y, updated_at 2024-01-01 00:00, _batch_id 1

            """);

        static RawRow User(string id, string name) => new("users", new Dictionary<string, string?>
        {
            ["user_id"] = id,
            ["name"] = name,
            ["updated_at"] = "2024-01-01 00:00",
        });
    }

    /// <summary>For each world, the tables that its two arrivals leave different; empty where they agree.</summary>
    private static string[] Differences(SmallLake lake, Sending[][] worlds)
    {
        lake.Fill([.. worlds.SelectMany((world, number) => SourceWorld
            .Bronze(world, sending => sending.One, $"{number}one:")
            .Concat(SourceWorld.Bronze(world, sending => sending.Other, $"{number}other:")))]);
        var differences = worlds.Select(_ => new StringBuilder()).ToArray();
        foreach ((string table, string columns) in Compared)
        {
            string[] rows = [.. lake.Rows(table, columns.Split(", ")).Select(row => string.Join(" | ", row))];
            for (int number = 0; number < worlds.Length; number++)
            {
                string[] one = [.. Of(rows, $"{number}one:")];
                string[] other = [.. Of(rows, $"{number}other:")];
                if (!one.SequenceEqual(other))
                {
                    differences[number].Append($"{table}: {columns}\n");
                    differences[number].AppendJoin("", one.Except(other).Select(row => $"  one: {row}\n"));
                    differences[number].AppendJoin("", other.Except(one).Select(row => $"  other: {row}\n"));
                }
            }
        }

        return [.. differences.Select(text => text.ToString())];
    }

    /// <summary>The rows of one arrival, with the ids that the source gave.</summary>
    private static IEnumerable<string> Of(IEnumerable<string> rows, string prefix) => rows
        .Where(row => row.StartsWith(prefix, StringComparison.Ordinal))
        .Select(row => row.Replace(prefix, "", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>The difference that a world makes, told by no more rows than it takes.</summary>
    private static string Story(SmallLake lake, Sending[] world)
    {
        for (int index = world.Length - 1; index >= 0; index--)
        {
            Sending[] less = [.. world[..index], .. world[(index + 1)..]];
            world = Differences(lake, [less])[0].Length > 0 ? less : world;
        }

        return $"{Differences(lake, [world])[0]}after one\n{Lines(world, sending => sending.One)}"
            + $"after other\n{Lines(world, sending => sending.Other)}";
    }

    private static string Lines(Sending[] world, Func<Sending, Arrival> arrival) => string.Concat(
        world.OrderBy(sending => arrival(sending).Place).Select(sending =>
            $"  {sending.Row.Table}: {Cells(sending.Row)}, _batch_id {arrival(sending).Batch}\n"));

    private static string Cells(RawRow row) => string.Join(", ", row.Values
        .Where(cell => cell.Value is not null)
        .Select(cell => $"{cell.Key} {cell.Value}"));
}
