using ShopLake.Cli.Output;

namespace ShopLake.Tests.Cli;

public sealed class TerminalTests
{
    [Fact]
    public void A_table_is_folded_between_words_and_no_terminal_is_too_narrow_for_it()
    {
        string[] columns = [.. Enumerable.Range(0, 30).Select(column => $"column_{column}")];
        object?[] row = [.. columns.Select(object? (_, i) => i % 2 == 0 ? (long)i : "two words")];

        foreach (int width in new[] { 0, 1, 40, 80, 200 })
        {
            string text = string.Join('\n', Terminal.TableLines(columns, [row], width));

            columns.ShouldAllBe(column => text.Contains(column, StringComparison.Ordinal));
        }

        string.Join('\n', Terminal.TableLines(columns, [row], 10_000)).ShouldContain("two words");
    }

    [Fact]
    public void No_text_of_the_shop_commands_the_terminal()
    {
        const string evil = "a\u001b[2J\r\t\u009b\u2028b\nc";
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, TestContext.Current.CancellationToken);

        terminal.WriteTable(["x", "y\u001b"], [[evil, "z"]]);
        terminal.Write(evil);
        terminal.Fail(evil);
        terminal.Log(evil);

        const string shown = @"a\u001b[2J\r\t\u009b\u2028b";
        string text = output.ToString() + error;
        text.Where(character => char.IsControl(character) && character != '\n').ShouldBeEmpty();
        text.ShouldContain(@"y\u001b");
        text.Split('\n').Count(line => line.Contains(shown, StringComparison.Ordinal)).ShouldBe(4);
        text.Split('\n').Count(line => line.Trim() == "c").ShouldBe(4);
    }

    [Fact]
    public void Columns_of_long_texts_share_the_width_that_the_others_leave()
    {
        string text = string.Join(' ', Enumerable.Repeat("word", 40));

        string[] lines = [.. Terminal.TableLines(["id", "what", "why", "漢字"], [["o1", text, text, "漢字 漢字"]], 80)];

        lines.Max(line => line.Length).ShouldBeInRange(70, 80);
        lines.Length.ShouldBe(2 + 8);
        string.Join('\n', lines).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Count(word => word == "word").ShouldBe(80);
    }
}
