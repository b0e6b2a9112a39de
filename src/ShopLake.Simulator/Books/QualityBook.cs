namespace ShopLake.Simulator.Books;

/// <summary>gold.as_of, gold.quality_scorecard and gold.reconciliation.</summary>
internal static class QualityBook
{
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
        var table = new BookTable("gold.quality_scorecard", ["rule"],
            ["rule", "table_name", "severity", "rows_checked", "rows_failed", "rows_quarantined"])
        {
            HasAllRows = false,
        };
        foreach (var rule in shop.Facts.Quarantine.GroupBy(fact => (fact.Rule, fact.Table)))
            table.Add(
                rule.Key.Rule, rule.Key.Table, "quarantine", BronzeRows(shop, rule.Key.Table), rule.Count(),
                rule.Count());
        return table;
    }

    private static long BronzeRows(Shop shop, string table) =>
        shop.Facts.Deliveries.Where(delivery => delivery.Key.Table == table).Sum(delivery => delivery.Value);
}
