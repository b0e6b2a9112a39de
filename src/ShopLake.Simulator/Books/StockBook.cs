namespace ShopLake.Simulator.Books;

/// <summary>gold.stock_daily.</summary>
internal static class StockBook
{
    public static BookTable StockDaily(Shop shop)
    {
        var table = new BookTable("gold.stock_daily", ["day", "product_id"],
            ["day", "product_id", "closing_stock", "out_of_stock_minutes"]);
        if (shop.AsOfDay is { } asOfDay)
            foreach (var productId in shop.Products.ProductIds)
                AddProduct(table, shop.Calendar, asOfDay, productId, shop.Products.Stock(productId));
        return table;
    }

    private static void AddProduct(
        BookTable table,
        BusinessCalendar calendar,
        DateOnly asOfDay,
        string productId,
        IReadOnlyList<StockLevel> levels)
    {
        var closing = new SortedDictionary<DateOnly, long?>();
        var outOfStock = new Dictionary<DateOnly, TimeSpan>();
        for (var i = 0; i < levels.Count; i++)
        {
            var day = calendar.Day(levels[i].At);
            // Also when the product leaves the catalogue: that day ends with nothing known.
            closing[day] = levels[i].Stock;
            if (levels[i].Stock is null or > 0)
                continue;
            var from = levels[i].At;
            var until = i + 1 < levels.Count ? levels[i + 1].At : calendar.End(asOfDay);
            for (; from < until && day <= asOfDay; day = day.AddDays(1))
            {
                var end = calendar.End(day) < until ? calendar.End(day) : until;
                outOfStock[day] = outOfStock.GetValueOrDefault(day) + (end - from);
                closing.TryAdd(day, levels[i].Stock);
                from = end;
            }
        }
        foreach (var (day, stock) in closing)
            if (day <= asOfDay)
                table.Add(
                    day, productId, stock,
                    day == asOfDay
                        ? null
                        : outOfStock.GetValueOrDefault(day).Ticks / TimeSpan.TicksPerMinute);
    }
}
