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

    /// <summary>Its tables that have no schema and are no name of a WITH.</summary>
    public IReadOnlyList<Word> WithoutSchema { get; init; } = [];

    /// <summary>Its columns that are called by the schema of their table.</summary>
    public IReadOnlyList<Word> BySchema { get; init; } = [];

    /// <summary>What it calls that answers by more than what it is given: the clock, chance, files.</summary>
    public IReadOnlyList<Word> FromOutside { get; init; } = [];

    /// <summary>For each table the names of columns that may be read of it; null where all may be.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>?> Mentions => References
        .Select(reference => reference.Name)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(name => name, _ => ColumnNames, StringComparer.Ordinal);
}

/// <summary>A name in a text, and where it stands, in characters.</summary>
public sealed record Word(string Name, int Offset);

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
            message = message.StartsWith("Only SELECT statements", StringComparison.Ordinal) ? "expected a SELECT, and nothing else." : message;
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

        var read = new Reading();
        read.Visit(statements);
        return new ParsedSql([.. read.Tables.OrderBy(reference => reference.Offset).Select(Placed)], read.ColumnNames)
        {
            Functions = read.Functions,
            WithoutSchema = [.. read.WithoutSchema.Select(Found)],
            BySchema = [.. read.BySchema.Select(Found)],
            FromOutside = [.. read.FromOutside.Select(Found)],
        };

        Word Found(Word word) => word with { Offset = Characters(sql, word.Offset) - before.Length };

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

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What a walk through the tree of a statement has come upon.</summary>
    private sealed class Reading
    {
        /// <summary>Functions that are written like columns, on one engine or another.</summary>
        private static readonly HashSet<string> ClockWords = new(
            ["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"], StringComparer.OrdinalIgnoreCase);

        /// <summary>They answer otherwise each time, on one engine or another.</summary>
        private static readonly HashSet<string> ClockAndChance = new(
            [
                .. ClockWords, "clock_timestamp", "curdate", "current_localtime", "current_localtimestamp", "gen_random_uuid",
                "get_current_time", "get_current_timestamp", "now", "rand", "randn", "random", "randomblob", "setseed",
                "statement_timestamp", "timeofday", "today", "transaction_timestamp", "unix_timestamp", "uuid", "uuidv4", "uuidv7",
            ], StringComparer.OrdinalIgnoreCase);

        private readonly HashSet<string> _columns = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _alone = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _called = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _with = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<Word> _withoutSchema = [];
        private readonly List<(string Table, Word Column)> _qualified = [];
        private bool _mayReadAll;

        public List<TableReference> Tables { get; } = [];

        public HashSet<string> Functions { get; } = new(StringComparer.Ordinal);

        public List<Word> FromOutside { get; } = [];

        public IEnumerable<Word> WithoutSchema => _withoutSchema.Where(table => !_with.Contains(table.Name));

        public IEnumerable<Word> BySchema => _qualified
            .Where(column => Tables.Any(table => table.Name.Equals(column.Table, StringComparison.OrdinalIgnoreCase)))
            .Select(column => column.Column);

        /// <summary>
        /// Null where columns may be read that are not named: also by the name of a table, which stands for its row where no column
        /// has that name.
        /// </summary>
        public IReadOnlySet<string>? ColumnNames => _mayReadAll || _called.Overlaps(_alone.Except(_given, StringComparer.OrdinalIgnoreCase)) ? null : _columns;

        public void Visit(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Visit(item);
                }
            }

            if (element.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            _mayReadAll |= Text(element, "type") is "STAR" or "POSITIONAL_REFERENCE" or "PIVOT" || Text(element, "ref_type") == "NATURAL";
            Table(element);
            Column(element);
            Function(element);
            _columns.UnionWith(Texts(element, "using_columns"));
            if (element.TryGetProperty("cte_map", out JsonElement with) && with.TryGetProperty("map", out JsonElement named))
            {
                _with.UnionWith(named.EnumerateArray().Select(name => Text(name, "key")!));
            }

            foreach (JsonProperty property in element.EnumerateObject())
            {
                Visit(property.Value);
            }
        }

        private void Table(JsonElement element)
        {
            if (Text(element, "type") != "BASE_TABLE")
            {
                return;
            }

            string name = Text(element, "table_name")!;
            if (Text(element, "schema_name") is not { Length: > 0 } schema)
            {
                _withoutSchema.Add(new Word(name, Location(element)));
                return;
            }

            string? alias = Text(element, "alias") is { Length: > 0 } given ? given : null;
            Tables.Add(new TableReference($"{schema}.{name}", Location(element), alias is not null));
            _called.Add(alias ?? name);
            // Columns that get other names are told by their place.
            _mayReadAll |= Texts(element, "column_name_alias").Length > 0;
        }

        private void Column(JsonElement element)
        {
            if (element.TryGetProperty("class", out _) && Text(element, "alias") is { Length: > 0 } given)
            {
                _given.Add(given);
            }

            string[] names = Texts(element, "column_names");
            _columns.UnionWith(names);
            if (names is [string alone])
            {
                _alone.Add(alone);
                if (ClockWords.Contains(alone))
                {
                    FromOutside.Add(new Word(alone, Location(element)));
                }
            }
            else if (names is [string schema, string table, string column, ..])
            {
                _qualified.Add(($"{schema}.{table}", new Word($"{table}.{column}", Location(element))));
            }
        }

        private void Function(JsonElement element)
        {
            if (Text(element, "function_name")?.ToLowerInvariant() is not { } function)
            {
                return;
            }

            Functions.Add(function);
            if (ClockAndChance.Contains(function) || function is "glob" or "query" or "query_table"
                || function.StartsWith("read_", StringComparison.Ordinal) || function.EndsWith("_scan", StringComparison.Ordinal))
            {
                FromOutside.Add(new Word(function, Location(element)));
            }
        }

        private static int Location(JsonElement element) =>
            element.TryGetProperty("query_location", out JsonElement location) && location.TryGetInt32(out int at) ? at : 0;

        private static string[] Texts(JsonElement element, string property) =>
            element.TryGetProperty(property, out JsonElement list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)]
                : [];
    }
}
