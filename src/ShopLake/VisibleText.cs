using System.Globalization;

namespace ShopLake;

/// <summary>
/// Text that came from outside, as a message carries it: a name with a line feed in it would look like two lines of the
/// message, and one with an escape sequence would command the terminal that shows it.
/// </summary>
public static class VisibleText
{
    /// <summary>All in one line: what moves or commands a terminal is written as in JSON.</summary>
    public static string Of(string text) => text.Any(IsHidden)
        ? string.Concat(text.Select(character => IsHidden(character) ? Escape(character) : character.ToString()))
        : text;

    /// <summary>Keeps line feeds.</summary>
    public static string OfLines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    private static bool IsHidden(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Escape(char character) => character switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => $@"\u{(int)character:x4}",
    };
}
