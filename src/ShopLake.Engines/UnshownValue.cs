namespace ShopLake.Engines;

/// <summary>Of what engines can hold, .NET lacks infinite instants, months as a span, numbers of many digits, unions and more.</summary>
internal static class UnshownValue
{
    /// <param name="column">The column of the question's result.</param>
    public static ShopLakeException Of(string column, Exception cause) => new(FailureKind.Usage,
        $"Column {column} holds a value that cannot be shown as it is. Cast it to text in the query: cast(x AS varchar).", cause);
}
