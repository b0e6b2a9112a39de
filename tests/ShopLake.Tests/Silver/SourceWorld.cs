using System.Globalization;
using CsCheck;

namespace ShopLake.Tests.Silver;

/// <summary>In which batch a row comes, and where in the order of all rows.</summary>
internal sealed record Arrival(int Batch, int Place);

/// <summary>A row that a source sends, and two ways in which it may arrive.</summary>
internal sealed record Sending(RawRow Row, Arrival One, Arrival Other);

/// <summary>
/// What a tiny shop's sources say, as rows without arrival. Ids and times come from few values, so that states meet,
/// repeat and go back; of one key and source time there is one content only, since between others the ledger decides.
/// </summary>
internal static class SourceWorld
{
    private static readonly Gen<string> Name = Gen.OneOf("x", "y", "");

    private static readonly Gen<RawRow> User = Gen.Select(
        Id("u"), Hour, Name, Name, Operation, (id, hour, name, phone, operation) =>
        Row("users", ("user_id", id), ("name", name), ("phone", phone), ("updated_at", At(hour)), ("_op", operation)));

    private static readonly Gen<RawRow> Product = Gen.Select(
        Id("a"), Hour, Name, Gen.Int[-1, 2], Gen.Int[-1, 2], Operation, (id, hour, category, price, stock, operation) =>
        Row("products", ("product_id", id), ("category", category), ("price", Number(price)),
            ("available_stock", stock < 0 ? "" : Number(stock)), ("updated_at", At(hour)), ("_op", operation)));

    private static readonly Gen<RawRow> Order = Gen.Select(
        Id("o"), Hour, Gen.OneOf("CREATED", "PAID", "SHIPPED", "CANCELLED", "nonsense"), Gen.Int[0, 2], Gen.Int[-1, 2],
        (id, hour, status, user, amount) => Row("orders", ("order_id", id), ("user_id", user == 0 ? "" : $"u{user}"),
            ("order_status", status), ("order_amount", Number(amount)), ("order_ts", hour % 2 == 0 ? "" : At(hour / 2)),
            ("updated_at", At(hour))));

    private static readonly Gen<RawRow> Item = Gen.Select(Id("i"), Id("o"), Gen.Int[-1, 3], (id, order, quantity) =>
        Row("order_items", ("order_item_id", id), ("order_id", order), ("product_id", "a1"),
            ("quantity", Number(quantity)), ("item_price", "1")));

    private static readonly Gen<RawRow> Payment = Gen.Select(
        Id("p"), Id("o"), Hour, Gen.OneOf("SUCCESS", "FAILED", "REFUNDED"), Gen.Int[-1, 3],
        (id, order, hour, status, amount) => Row("payments", ("payment_id", id), ("order_id", order),
            ("payment_status", status), ("payment_amount", Number(amount)), ("payment_ts", At(hour))));

    private static readonly Gen<RawRow> Event = Gen.Select(
        Gen.Int[1, 9], Gen.Int[0, 2], Gen.Int[0, 2], Gen.OneOf("view", "add_to_cart", "checkout", "nonsense"),
        Hour, Hour, (id, session, user, type, hour, arrival) => Row("events", ("event_id", $"e{id}"),
            ("session_id", session == 0 ? "" : $"s{session}"), ("user_id", user == 0 ? "" : $"u{user}"),
            ("event_type", type), ("event_ts", At(hour)),
            ("device_type", id % 2 == 0 ? "web" : ""), ("ingestion_time", At(arrival))));

    private static readonly Gen<Arrival> AnyArrival = Gen.Select(
        Gen.Int[1, 4], Gen.Int[0, 99], (batch, place) => new Arrival(batch, place));

    /// <summary>Rows that a source tells apart, some several times, each time with two ways to arrive.</summary>
    public static Gen<Sending[]> Sendings { get; } =
        Gen.OneOf<RawRow>(User, Product, Order, Item, Payment, Event).Array[1, 24].Select(
            Gen.Int[1, 3].Array[24], Gen.Select(AnyArrival, AnyArrival).Array[72],
            (rows, times, arrivals) => rows.DistinctBy(Identity)
                .SelectMany((row, index) => Enumerable.Repeat(row, times[index]))
                .Select((row, index) => new Sending(row, arrivals[index].Item1, arrivals[index].Item2))
                .ToArray());

    /// <summary>States of users and products as they came; here different contents may meet at one time.</summary>
    public static Gen<RawRow[]> TiedStates { get; } = Gen.OneOf<RawRow>(User, Product).Array[1, 16]
        .Select(rows => rows.Where(row => row.Values.GetValueOrDefault("price") != "-1").ToArray());

    /// <summary>The rows as Bronze holds them after one arrival; ids and files begin with the prefix.</summary>
    public static IEnumerable<RawRow> Bronze(
        IEnumerable<Sending> sendings, Func<Sending, Arrival> arrival, string prefix) => sendings
        .OrderBy(sending => arrival(sending).Place)
        .Select((sending, index) =>
        {
            Dictionary<string, string?> values = sending.Row.Values.ToDictionary(
                cell => cell.Key,
                cell => cell.Value is not null && cell.Key.EndsWith("_id", StringComparison.Ordinal)
                    ? prefix + cell.Value : cell.Value);
            int batch = arrival(sending).Batch;
            values["_batch_id"] = Number(batch);
            values["_source_file"] = $"{prefix}{(index % 2 == 0 ? "B" : "a")}{batch}.csv";
            values["_source_row"] = Number(index + 1);
            values.TryAdd("ingestion_time", $"2024-02-0{batch} 00:00");
            return sending.Row with { Values = values };
        });

    private static Gen<int> Hour => Gen.Int[0, 9];

    private static Gen<string> Operation => Gen.Int[0, 4].Select(number => number == 0 ? "delete" : "upsert");

    private static Gen<string> Id(string prefix) => Gen.Int[1, 2].Select(number => $"{prefix}{number}");

    /// <summary>What a source must not say twice with different contents, lest the ledger decide.</summary>
    private static string Identity(RawRow row) => row.Table switch
    {
        "users" => $"user {row.Values["user_id"]} {row.Values["updated_at"]}",
        "products" => $"product {row.Values["product_id"]} {row.Values["updated_at"]}",
        "orders" => $"order {row.Values["order_id"]} {row.Values["updated_at"]}",
        "order_items" => $"item {row.Values["order_item_id"]}",
        "payments" => $"payment {row.Values["payment_id"]} {row.Values["payment_status"]} {row.Values["payment_ts"]}",
        _ => $"event {row.Values["event_id"]}",
    };

    private static RawRow Row(string table, params (string Column, string Value)[] cells) =>
        new(table, cells.ToDictionary(cell => cell.Column, cell => cell.Value.Length == 0 ? null : cell.Value));

    private static string At(int hour) => $"2024-01-01 {hour:00}:00";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
