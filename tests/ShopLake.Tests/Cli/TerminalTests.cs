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
}
