using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;

namespace ShopLake.Models;

/// <summary>
/// Reads SQL with DuckDB's own parser, so that a table reference is what the database sees, not what a pattern guesses.
/// </summary>
public sealed class SqlParser : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public SqlParser() => _connection.Open();

    /// <summary>The tables that one SELECT reads.</summary>
    /// <exception cref="ShopLakeException">The text is not one SELECT; the message shows file, line and caret.</exception>
    public IReadOnlyList<TableReference> References(string file, string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT CAST(json_serialize_sql(CAST($sql AS VARCHAR)) AS VARCHAR)";
        command.Parameters.Add(new DuckDBParameter("sql", sql));
        using var tree = JsonDocument.Parse((string)command.ExecuteScalar()!, new JsonDocumentOptions { MaxDepth = 1024 });
        if (tree.RootElement.GetProperty("error").GetBoolean())
        {
            string message = tree.RootElement.GetProperty("error_message").GetString()!;
            int offset = tree.RootElement.TryGetProperty("position", out JsonElement position)
                && int.TryParse(position.GetString(), out int at) ? at : 0;
            throw new ShopLakeException(FailureKind.Usage, SqlPosition.Show(file, sql, Characters(sql, offset), message));
        }

        JsonElement statements = tree.RootElement.GetProperty("statements");
        if (statements.GetArrayLength() != 1)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{file}:1: expected one SELECT, found {statements.GetArrayLength()}.");
        }

        var found = new List<TableReference>();
        Collect(statements, found);
        return [.. found.OrderBy(reference => reference.Offset).Select(reference => Placed(file, sql, reference))];
    }

    public void Dispose() => _connection.Dispose();

    private static TableReference Placed(string file, string sql, TableReference reference)
    {
        int offset = Characters(sql, reference.Offset);
        return sql.AsSpan(offset).StartsWith(reference.Name, StringComparison.Ordinal)
            ? reference with { Offset = offset }
            : throw new ShopLakeException(FailureKind.Usage, SqlPosition.Show(file, sql, offset,
                $"write the table plainly as {reference.Name}: no quotes, no spaces, no catalogue."));
    }

    /// <summary>DuckDB counts in UTF-8 bytes.</summary>
    private static int Characters(string sql, int bytes)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(sql);
        return Encoding.UTF8.GetCharCount(utf8, 0, Math.Clamp(bytes, 0, utf8.Length));
    }

    private static void Collect(JsonElement element, List<TableReference> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Collect(item, found);
                }

                break;
            case JsonValueKind.Object:
                if (element.TryGetProperty("type", out JsonElement type)
                    && type.ValueKind == JsonValueKind.String && type.GetString() == "BASE_TABLE"
                    && element.GetProperty("schema_name").GetString() is { Length: > 0 } schema)
                {
                    found.Add(new TableReference(
                        $"{schema}.{element.GetProperty("table_name").GetString()}",
                        element.GetProperty("query_location").GetInt32(),
                        element.GetProperty("alias").GetString() is { Length: > 0 }));
                }

                foreach (JsonProperty property in element.EnumerateObject())
                {
                    Collect(property.Value, found);
                }

                break;
            default:
                break;
        }
    }
}
