using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;

namespace ShopLake.Models;

/// <summary>What one SELECT reads.</summary>
/// <param name="References">Its tables, in the order of the text.</param>
/// <param name="ColumnNames">Every name that it uses for a column of anything, in whatever case; null where a <c>*</c> may stand for any.</param>
public sealed record ParsedSql(IReadOnlyList<TableReference> References, IReadOnlySet<string>? ColumnNames)
{
    /// <summary>The functions that it calls, in small letters, without a schema.</summary>
    public IReadOnlySet<string> Functions { get; init; } = new HashSet<string>();

    /// <summary>For each table the names of columns that may be read of it; null where all may be.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>?> Mentions => References
        .Select(reference => reference.Name)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(name => name, _ => ColumnNames, StringComparer.Ordinal);
}

/// <summary>
/// Reads SQL with DuckDB's own parser, so that a table reference is what the database sees, not what a pattern guesses.
/// </summary>
public sealed class SqlParser : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public SqlParser() => _connection.Open();

    /// <summary>The tables that one SELECT reads.</summary>
    /// <exception cref="ShopLakeException">The text is not one SELECT; the message shows file, line and caret.</exception>
    public IReadOnlyList<TableReference> References(string file, string sql) => Parse(file, sql).References;

    /// <exception cref="ShopLakeException">The text is not one SELECT; the message shows file, line and caret.</exception>
    public ParsedSql Parse(string file, string sql) => Parse(file, sql, "", "");

    /// <summary>Refuses whatever is not one condition that stays inside of parentheses put around it.</summary>
    /// <exception cref="ShopLakeException">The message shows file, line and caret.</exception>
    public void RequireCondition(string file, string condition)
    {
        if (string.IsNullOrWhiteSpace(condition))
        {
            throw new ShopLakeException(FailureKind.Usage, $"{file}: a condition is missing.");
        }

        // The first lets clauses follow that the second does not; the second can be closed and opened again.
        Parse(file, condition, "SELECT 1 FROM t WHERE ", "");
        Parse(file, condition, "SELECT (", "\n)");
    }

    public void Dispose() => _connection.Dispose();

    /// <param name="file">How messages name the text.</param>
    /// <param name="text">What the messages show.</param>
    /// <param name="before">Makes a SELECT of the text, with what stands behind.</param>
    /// <param name="behind">The same.</param>
    private ParsedSql Parse(string file, string text, string before, string behind)
    {
        string sql = before + text + behind;
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT CAST(json_serialize_sql(CAST($sql AS VARCHAR)) AS VARCHAR)";
        command.Parameters.Add(new DuckDBParameter("sql", sql));
        using var tree = JsonDocument.Parse((string)command.ExecuteScalar()!, new JsonDocumentOptions { MaxDepth = 1024 });
        if (tree.RootElement.GetProperty("error").GetBoolean())
        {
            string message = tree.RootElement.GetProperty("error_message").GetString()!;
            int offset = tree.RootElement.TryGetProperty("position", out JsonElement position)
                && int.TryParse(position.GetString(), out int at) ? at : 0;
            throw new ShopLakeException(
                FailureKind.Usage, SqlPosition.Show(file, text, Characters(sql, offset) - before.Length, message));
        }

        JsonElement statements = tree.RootElement.GetProperty("statements");
        if (statements.GetArrayLength() != 1)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{file}:1: expected one SELECT, found {statements.GetArrayLength()}.");
        }

        var found = new List<TableReference>();
        var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var functions = new HashSet<string>(StringComparer.Ordinal);
        bool hasStar = Collect(statements, found, columns, functions);
        return new ParsedSql(
            [.. found.OrderBy(reference => reference.Offset).Select(Placed)],
            hasStar ? null : columns)
        { Functions = functions };

        TableReference Placed(TableReference reference)
        {
            int offset = Characters(sql, reference.Offset) - before.Length;
            return text.AsSpan(offset).StartsWith(reference.Name, StringComparison.Ordinal)
                ? reference with { Offset = offset }
                : throw new ShopLakeException(FailureKind.Usage, SqlPosition.Show(file, text, offset,
                    $"write the table plainly as {reference.Name}: no quotes, no spaces, no catalogue."));
        }
    }

    /// <summary>DuckDB counts in UTF-8 bytes.</summary>
    private static int Characters(string sql, int bytes)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(sql);
        return Encoding.UTF8.GetCharCount(utf8, 0, Math.Clamp(bytes, 0, utf8.Length));
    }

    /// <returns>Whether a <c>*</c> or a NATURAL JOIN stands somewhere, which names no columns and may read any.</returns>
    private static bool Collect(
        JsonElement element, List<TableReference> tables, HashSet<string> columns, HashSet<string> functions)
    {
        bool hasStar = false;
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    hasStar |= Collect(item, tables, columns, functions);
                }

                return hasStar;
            case JsonValueKind.Object:
                hasStar = Text(element, "type") == "STAR" || Text(element, "ref_type") == "NATURAL";
                if (Text(element, "type") == "BASE_TABLE" && Text(element, "schema_name") is { Length: > 0 } schema)
                {
                    tables.Add(new TableReference(
                        $"{schema}.{Text(element, "table_name")}",
                        element.GetProperty("query_location").GetInt32(),
                        Text(element, "alias") is { Length: > 0 }));
                }

                if (Text(element, "function_name") is { } function)
                {
                    functions.Add(function.ToLowerInvariant());
                }

                foreach (string names in new[] { "column_names", "using_columns" })
                {
                    if (element.TryGetProperty(names, out JsonElement list) && list.ValueKind == JsonValueKind.Array)
                    {
                        columns.UnionWith(list.EnumerateArray().Select(name => name.GetString()!));
                    }
                }

                foreach (JsonProperty property in element.EnumerateObject())
                {
                    hasStar |= Collect(property.Value, tables, columns, functions);
                }

                return hasStar;
            default:
                return false;
        }
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
