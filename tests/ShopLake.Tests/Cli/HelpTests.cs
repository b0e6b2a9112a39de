using System.Text.RegularExpressions;

namespace ShopLake.Tests.Cli;

public sealed partial class HelpTests
{
    [Fact]
    public void The_help_is_the_committed_one() =>
        Repository.ShouldBeCommitted(Tidy(CommandRun.Of("--help").Output), "tests", "cases", "help", "shoplake.txt");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_help_of_a_verb_is_the_committed_one(string verb) =>
        Repository.ShouldBeCommitted(
            Tidy(CommandRun.Of(verb, "--help").Output), "tests", "cases", "help", $"{verb}.txt");

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Each_verb_shows_examples_that_begin_with_it(string verb)
    {
        string[] examples = CommandRun.Of(verb, "--help").Output.Split("Examples:\n")[1].TrimEnd().Split('\n');

        examples.ShouldNotBeEmpty();
        examples.ShouldAllBe(example => example.StartsWith($"  shoplake {verb}"));
    }

    public static TheoryData<string> Verbs() =>
    [
        .. VerbLine().Matches(CommandRun.Of("--help").Output.Split("Commands:\n")[1])
            .Select(match => match.Groups[1].Value),
    ];

    private static string Tidy(string help) => TrailingSpaces().Replace(help, "");

    [GeneratedRegex(@"^  ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex VerbLine();

    [GeneratedRegex(" +$", RegexOptions.Multiline)]
    private static partial Regex TrailingSpaces();
}
