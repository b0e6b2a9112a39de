namespace ShopLake.Simulator.Feeds;

/// <summary>Names of the checks that keep a bad row out.</summary>
internal static class Rules
{
    public const string AcceptedValues = "accepted_values";
    public const string MoneyDigits = "money_digits";
    public const string NonNegative = "non_negative";
    public const string ParentExists = "parent_exists";
    public const string TimeBounds = "time_bounds";
    public const string UnparsedValue = "unparsed_value";
}
