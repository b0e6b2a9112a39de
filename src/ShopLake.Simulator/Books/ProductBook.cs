namespace ShopLake.Simulator.Books;

/// <summary>gold.product_daily and gold.category_daily.</summary>
internal static class ProductBook
{
    private sealed class SalesDay
    {
        public HashSet<BookOrder> Orders { get; } = [];

        public long Units { get; set; }

        public long SoldMinor { get; set; }

        public long GrossMinor { get; set; }

        public long RefundsMinor { get; set; }

        public long ComparedUnits { get; set; }

        public long ComparedSoldMinor { get; set; }

        public long ComparedListMinor { get; set; }
    }

    public static BookTable ProductDaily(Shop shop) =>
        Daily(shop, "gold.product_daily", "product_id", line => line.ProductId);

    public static BookTable CategoryDaily(Shop shop) =>
        Daily(shop, "gold.category_daily", "category", line => line.Catalogue.Category);

    private static BookTable Daily(Shop shop, string name, string dimension, Func<BookLine, string> dimensionOf)
    {
        var days = new Dictionary<(DateOnly Day, string Dimension), SalesDay>();
        foreach (var lines in shop.Lines.GroupBy(line => line.Order))
        {
            var linesOfOrder = lines.ToList();
            foreach (var entries in LineLedger.Entries(lines.Key, shop.Calendar))
                for (var i = 0; i < entries.Count; i++)
                    AddMoney(days.GetOrAdd((entries[i].Day, dimensionOf(linesOfOrder[i]))), entries[i]);
            if (lines.Key.FirstPaidDay is { } firstPaidDay)
                foreach (var line in linesOfOrder)
                    AddSale(days.GetOrAdd((firstPaidDay, dimensionOf(line))), line);
        }

        var table = new BookTable(name, ["day", dimension],
        [
            "day", dimension, "orders", "units", "sold_minor", "gross_minor", "refunds_minor", "net_minor",
            "compared_units", "compared_sold_minor", "compared_list_minor", "avg_sold_price_minor",
            "avg_list_price_minor",
        ]);
        foreach (var ((day, value), sales) in days)
            table.Add(
                day, value, sales.Orders.Count, sales.Units, sales.SoldMinor, sales.GrossMinor, sales.RefundsMinor,
                sales.GrossMinor - sales.RefundsMinor, sales.ComparedUnits, sales.ComparedSoldMinor,
                sales.ComparedListMinor, Arithmetic.Average(sales.SoldMinor, sales.Units),
                Arithmetic.Average(sales.ComparedListMinor, sales.ComparedUnits));
        return table;
    }

    private static void AddMoney(SalesDay day, LineEntry entry)
    {
        if (entry.Status == PaymentStatus.Success)
            day.GrossMinor += entry.AmountMinor;
        else
            day.RefundsMinor += entry.AmountMinor;
    }

    /// <summary>What was sold, on the day the order was first paid; against the list where the list is known.</summary>
    private static void AddSale(SalesDay day, BookLine line)
    {
        day.Orders.Add(line.Order);
        day.Units += line.Quantity;
        day.SoldMinor += line.LineMinor;
        if (line.Catalogue is not { IsAssumed: false, ListPriceMinor: { } listPrice })
            return;
        day.ComparedUnits += line.Quantity;
        day.ComparedSoldMinor += line.LineMinor;
        day.ComparedListMinor += line.Quantity * listPrice;
    }
}
