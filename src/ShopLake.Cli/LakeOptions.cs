using System.CommandLine;
using System.Text.RegularExpressions;
using ShopLake.Configuration;

namespace ShopLake.Cli;

/// <summary>The options of every verb that works on a lake.</summary>
internal sealed partial class LakeOptions
{
    private const string Config = "--config";
    private const string Set = "--set";

    private readonly Option<string> _config = new(Config)
    {
        Description = "The configuration file.",
        HelpName = "file",
        DefaultValueFactory = _ => "./shoplake.yaml",
    };

    private readonly Option<string[]> _set = new(Set)
    {
        Description = "A value in place of the file's, for example --set money.decimals=3; may be repeated.",
        HelpName = "key.path=value",
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Adds the options to a verb.</summary>
    public static LakeOptions AddTo(Verb verb)
    {
        var options = new LakeOptions();
        verb.Add(options._config);
        verb.Add(options._set);
        return options;
    }

    public LakeConfiguration Load(ParseResult parsed) =>
        ConfigurationLoader.Load(parsed.GetRequiredValue(_config), parsed.GetRequiredValue(_set));

    /// <summary>The options as they were given, to stand behind the verb of a next command; empty where none was.</summary>
    public static string Given(ParseResult parsed) => string.Concat(
        from option in parsed.CommandResult.Command.Options
        where option.Name is Config or Set
        from token in parsed.GetResult(option)?.Tokens ?? []
        select $" {option.Name} {Word(token.Value)}");

    /// <summary>For verbs that work without a configuration file, too; null where there is none.</summary>
    public LakeConfiguration? LoadIfThere(ParseResult parsed) =>
        File.Exists(parsed.GetRequiredValue(_config)) ? Load(parsed) : null;

    /// <summary>A word as a shell has to be given it.</summary>
    public static string Word(string word) =>
        Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Words that mean themselves to every shell.</summary>
    [GeneratedRegex(@"^[\w@%+=:,./-]+\z")]
    private static partial Regex Plain();
}
