using System.CommandLine;

namespace ShopLake.Cli;

/// <summary>Options that several verbs have, so that they mean the same in each.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Write the result as JSON to standard output; progress stays on standard error.",
    };

    public static Option<string?> AsOf() => new("--asof")
    {
        Description = "Asks the state as it was known at a commit of the ledger or at an instant.",
        HelpName = "point",
    };

    /// <summary>Has a verb refuse two options together.</summary>
    public static void Exclude(Command verb, Option one, Option other) => verb.Validators.Add(result =>
    {
        if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false })
            result.AddError($"{one.Name} and {other.Name} exclude each other.");
    });
}
