namespace ShopLake.Simulator.Books;

/// <summary>gold.as_of, gold.quality_scorecard and gold.reconciliation.</summary>
internal static class QualityBook
{
    private static readonly string[] BronzeTables =
        ["users", "products", "orders", "order_items", "payments", "events"];

    /// <summary>Tables whose rows each carry an amount of their own.</summary>
    private static readonly string[] TablesOfMoney = ["orders", "payments"];

    private static readonly string[] Marts =
    [
        "gold.orders", "gold.order_lines", "gold.revenue_daily", "gold.revenue_by_order_day",
        "gold.intent_vs_revenue_daily", "gold.product_daily", "gold.category_daily",
    ];

    public static BookTable AsOf(Shop shop)
    {
        var table = new BookTable("gold.as_of", [], ["as_of_at", "as_of_day"])
        {
            UnknownColumns = ["ledger_sequence"],
        };
        table.Add(shop.AsOfAt, shop.AsOfDay);
        return table;
    }

    /// <summary>
    /// The rules whose offenders the world knows, since it made them. Other rules have rows of their own.
    /// </summary>
    public static BookTable QualityScorecard(Shop shop)
    {
        var table = new BookTable("gold.quality_scorecard", ["rule", "table_name"],
            ["rule", "table_name", "severity", "rows_checked", "rows_failed", "rows_quarantined"])
        {
            HasAllRows = false,
        };
        foreach (var rule in shop.Facts.Quarantine.GroupBy(fact => (fact.Rule, fact.Table)))
            table.Add(
                rule.Key.Rule, $"bronze.{rule.Key.Table}_raw", "quarantine", BronzeRows(shop, rule.Key.Table),
                rule.Count(), rule.Count());
        return table;
    }

    private static long BronzeRows(Shop shop, string table) =>
        shop.Facts.Deliveries.Where(delivery => delivery.Key.Table == table).Sum(delivery => delivery.Value);

    /// <summary>
    /// What became of each table's rows, the money of the ledger in each mart, and the money that is kept out. The
    /// checks that cut the ledger in other ways have rows of their own.
    /// </summary>
    public static BookTable Reconciliation(Shop shop)
    {
        var table = new BookTable("gold.reconciliation", ["check_name", "subject"],
        [
            "check_name", "subject", "expected", "actual", "difference", "is_balanced", "bronze_rows", "used",
            "superseded", "duplicates", "ignored", "quarantined",
        ])
        {
            HasAllRows = false,
        };
        foreach (var name in BronzeTables)
            AddRows(table, shop, name);
        foreach (var mart in Marts)
        {
            AddMoney(table, "gross_minor", mart, shop.Orders.Orders.Sum(order => order.PaidMinor));
            AddMoney(table, "refunds_minor", mart, shop.Orders.Orders.Sum(order => order.RefundedMinor));
        }
        foreach (var name in TablesOfMoney)
            AddMoney(table, "quarantined_minor", name,
                shop.Facts.Quarantine.Where(fact => fact.Table == name).Sum(fact => fact.AmountMinor ?? 0));
        return table;
    }

    private static void AddRows(BookTable table, Shop shop, string name)
    {
        long Of(Disposition disposition) => shop.Facts.Deliveries.GetValueOrDefault((name, disposition));
        var all = BronzeRows(shop, name);
        table.Add(
            "rows", name, all, all, 0, true, all, Of(Disposition.Used), Of(Disposition.Superseded),
            Of(Disposition.Duplicate), Of(Disposition.Ignored), Of(Disposition.Quarantined));
    }

    private static void AddMoney(BookTable table, string check, string subject, long minor) =>
        table.Add(check, subject, minor, minor, 0, true, null, null, null, null, null, null);
}
