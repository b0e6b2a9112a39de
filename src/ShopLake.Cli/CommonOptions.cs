using System.CommandLine;

namespace ShopLake.Cli;

/// <summary>Options that several verbs have, so that they mean the same in each.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Write the result as JSON to standard output; progress stays on standard error.",
    };
}
