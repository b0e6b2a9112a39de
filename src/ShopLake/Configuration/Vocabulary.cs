namespace ShopLake.Configuration;

/// <summary>The words that Silver uses, field by field. A source's own words are mapped to them.</summary>
public static class Vocabulary
{
    /// <summary>A word mapped to this takes its rows out, counted as ignored.</summary>
    public const string Ignore = "ignore";

    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Words =
        new Dictionary<string, IReadOnlyList<string>>
        {
            ["order_status"] = ["CREATED", "PAID", "SHIPPED", "CANCELLED"],
            ["payment_status"] = ["SUCCESS", "FAILED", "REFUNDED"],
            ["event_type"] = ["view", "add_to_cart", "checkout"],
            ["device_type"] = ["web", "mobile"],
        };
}
