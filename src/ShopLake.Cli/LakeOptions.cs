using System.CommandLine;
using ShopLake.Configuration;

namespace ShopLake.Cli;

/// <summary>The options of every verb that works on a lake.</summary>
internal sealed class LakeOptions
{
    private readonly Option<string> _config = new("--config")
    {
        Description = "The configuration file.",
        HelpName = "file",
        DefaultValueFactory = _ => "./shoplake.yaml",
    };

    private readonly Option<string[]> _set = new("--set")
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

    /// <summary>For verbs that work without a configuration file, too; null where there is none.</summary>
    public LakeConfiguration? LoadIfThere(ParseResult parsed) =>
        File.Exists(parsed.GetRequiredValue(_config)) ? Load(parsed) : null;
}
