using System.CommandLine;

namespace ShopLake.Cli;

/// <summary>A verb of the command line, with examples in its help.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
