namespace ShopLake.Engines.Spark;

/// <summary>What stands in a FROM for a name of the warehouse.</summary>
internal static class SparkPlaces
{
    /// <exception cref="ShopLakeException">There is no such table.</exception>
    public static string Of(string name, string? place, SparkBronze bronze, long ledgerSequence) =>
        (name.StartsWith("bronze.", StringComparison.Ordinal) ? bronze.PlaceOf(name, ledgerSequence) : place)
        ?? throw new ShopLakeException(FailureKind.Usage, $"There is no table {name} in the warehouse.");
}
