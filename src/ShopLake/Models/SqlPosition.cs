namespace ShopLake.Models;

/// <summary>Shows a place in SQL the way a person finds it: file, line, and a caret under the column.</summary>
public static class SqlPosition
{
    /// <param name="file">The file, as the message should name it.</param>
    /// <param name="sql">The whole text of the file.</param>
    /// <param name="offset">The place, in characters from the start of the text.</param>
    /// <param name="message">What is wrong there.</param>
    public static string Show(string file, string sql, int offset, string message)
    {
        offset = Math.Clamp(offset, 0, sql.Length);
        int start = offset == 0 ? 0 : sql.LastIndexOf('\n', offset - 1) + 1;
        int end = sql.IndexOf('\n', offset);
        string text = sql[start..(end < 0 ? sql.Length : end)];
        return $"""
            {file}:{LineOf(sql, offset)}: {message}
              {text}
              {new string(' ', offset - start)}^
            """;
    }

    /// <summary>The 1-based line of a place in the text.</summary>
    public static int LineOf(string sql, int offset) => 1 + sql.AsSpan(0, Math.Clamp(offset, 0, sql.Length)).Count('\n');
}
