using System.Text;
using ShopLake.Models;

namespace ShopLake.Engines.Spark;

/// <summary>
/// A SELECT in the words of the models as Spark reads it: each table in its place, and a backslash in a text as the
/// backslash that it is. Spark has temporary names without a schema only, so every statement says itself where its
/// tables are.
/// </summary>
internal sealed class SparkSql : IDisposable
{
    private static readonly HashSet<string> Schemas =
        new(["bronze", "prep", "silver", "gold", "config", "ops"], StringComparer.Ordinal);

    /// <summary>They run code of the server's, or read its files.</summary>
    private static readonly HashSet<string> OfTheServer = new(
        ["reflect", "try_reflect", "java_method", "from_protobuf", "to_protobuf"], StringComparer.Ordinal);

    private readonly SqlParser _parser = new();

    /// <param name="select">One SELECT.</param>
    /// <param name="place">What stands in a FROM for a table of the warehouse.</param>
    /// <exception cref="ShopLakeException">
    /// It is none, reads what is no table of the warehouse, or calls what is no function of values.
    /// </exception>
    public string In(string select, Func<string, string> place)
    {
        ParsedSql parsed = _parser.Parse("query", select);
        if (parsed.Functions.FirstOrDefault(OfTheServer.Contains) is { } refused)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{refused} reaches behind the warehouse and cannot be called here.");
        }

        var text = new StringBuilder();
        int at = 0;
        foreach (TableReference reference in parsed.References)
        {
            string[] name = reference.Name.Split('.');
            if (!Schemas.Contains(name[0]))
            {
                throw new ShopLakeException(FailureKind.Usage,
                    $"{reference.Name} is no table of the warehouse; it has {string.Join(", ", Schemas)}.");
            }

            text.Append(select, at, reference.Offset - at).Append(place(reference.Name));
            if (!reference.HasAlias)
            {
                text.Append(" AS ").Append(name[1]);
            }

            at = reference.Offset + reference.Name.Length;
        }

        return WithBackslashes(text.Append(select, at, select.Length - at).ToString());
    }

    public void Dispose() => _parser.Dispose();

    /// <summary>Writes the backslashes of texts twice, which Spark reads as one.</summary>
    private static string WithBackslashes(string sql)
    {
        if (!sql.Contains('\\', StringComparison.Ordinal))
        {
            return sql;
        }

        var text = new StringBuilder(sql.Length);
        for (int at = 0; at < sql.Length;)
        {
            int end = EndOfToken(sql, at);
            string token = sql[at..end];
            text.Append(token[0] == '\'' ? token.Replace("\\", "\\\\", StringComparison.Ordinal) : token);
            at = end;
        }

        return text.ToString();
    }

    /// <summary>Behind the text, the quoted name or the comment that begins here, or behind one character.</summary>
    private static int EndOfToken(string sql, int at)
    {
        string? closing = sql[at] switch
        {
            '\'' or '"' => sql[at].ToString(),
            '-' when sql.AsSpan(at).StartsWith("--") => "\n",
            '/' when sql.AsSpan(at).StartsWith("/*") => "*/",
            _ => null,
        };
        if (closing is null)
        {
            return at + 1;
        }

        int found = sql.IndexOf(closing, at + (closing == "*/" ? 2 : 1), StringComparison.Ordinal);
        return found < 0 ? sql.Length : found + closing.Length;
    }
}
