using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// What can be told of a shop's own models and rules before anything is computed: that a SELECT gives the columns it has to give,
/// and that whatever points to pieces is of the types of the columns that it is compared with. That it points to the right
/// pieces only data can tell.
/// </summary>
/// <remarks>
/// Asked of DuckDB on every engine. What it cannot bind may be in another engine's words; then that engine is asked once it
/// has the tables (<see cref="ModelCheck"/>).
/// </remarks>
public static class OwnModelCheck
{
    private static readonly ColumnDefinition RecordKey = new("record_key", ColumnType.Text, "");
    private static readonly ColumnDefinition Reason = new("reason", ColumnType.Text, "");

    /// <summary>Names of columns by which rows are found and counted in a run, and that of DuckDB's and SQLite's row numbers.</summary>
    private static readonly HashSet<string> TakenNames =
        new(StringComparer.OrdinalIgnoreCase) { "rowid", IEngine.PlaceColumn, TableChanges.Copies };

    /// <exception cref="ShopLakeException">All mistakes of all files, each with its file.</exception>
    public static void Require(ModelLibrary library, LakeConfiguration configuration)
    {
        Model[] models = [.. library.Models.Where(model => model.IsOwn)];
        Check[] checks = [.. library.Checks.Where(check => check.IsOwn)];
        if (models.Length + checks.Length == 0)
        {
            return;
        }

        using DuckDBConnection connection = DuckDbMemory.Open();
        DuckDbMemory.Execute(connection, ModelVocabulary.Functions("duckdb", configuration));
        foreach (TableDefinition table in TablesOf(library).Values)
        {
            string columns = string.Join(", ", table.Columns.Select(column => $"{Sql.Name(column.Name)} {Sql.Type(column.Type)}"));
            DuckDbMemory.Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {table.Schema}; CREATE TABLE {table.FullName} ({columns})");
        }

        Func<string, bool> isReserved = IsReserved(connection);
        string[] mistakes =
        [
            .. models.SelectMany(model => Mistakes(connection, model, isReserved)),
            .. checks.SelectMany(check => Mistakes(connection, check)),
            .. models.Select(model => (model.File, model.Scope)).Concat(checks.Select(check => (check.File, check.Scope)))
                .SelectMany(header => Conditions(connection, header.File, header.Scope)),
            .. models.SelectMany(model => Of(model, library)).Concat(checks.SelectMany(check => Of(check, library)))
                .SelectMany(compared => Mistakes(connection, compared)),
        ];
        if (mistakes.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, mistakes));
        }
    }

    private static IEnumerable<string> Mistakes(DuckDBConnection connection, Model model, Func<string, bool> isReserved)
    {
        List<(string Name, string Type)> given = Described(connection, model.Sql);
        string[] described = [.. model.Table.Columns.Select(column => column.Name)];
        return Lacking(given, described).Select(column => $"its SELECT gives no {column}, which tables.yaml describes; it gives {Names(given)}.")
            .Concat(Names(given.Where(column => !described.Contains(column.Name, StringComparer.OrdinalIgnoreCase))) is { Length: > 0 } others
                ? [$"its SELECT gives {others}, which tables.yaml does not describe; describe it, or leave it out."]
                : [])
            .Concat(described.Where(TakenNames.Contains).Select(column =>
                $"{column} names where a row stands while tables are updated; give the column another name."))
            .Concat(ModelCheck.KeyOf(model).SelectMany(column => OtherType(given, ColumnOf(model.Table, column), model.Name)))
            .Concat(ModelCheck.KeyOf(model).Where(isReserved).Select(column =>
                $"{column} is a word of SQL's own, and cannot tell rows or pieces apart; give the column another name."))
            .Select(mistake => $"{model.File}:1: {mistake}");
    }

    private static IEnumerable<string> Mistakes(DuckDBConnection connection, Check check)
    {
        ColumnDefinition[] needed = check.Severity == Severity.Quarantine
            ? [RecordKey, Reason, new("amount_minor", ColumnType.Bigint, ""), .. LakeCatalog.RawMetadata.Take(Scope.Row.Count)]
            : [RecordKey, Reason];
        List<(string Name, string Type)> given = Described(connection, check.Sql);
        return (Names(Lacking(given, needed.Select(column => column.Name)).Select(column => (column, ""))) is { Length: > 0 } lacking
                ? [$"its SELECT gives no {lacking}, which a rule of this severity tells of each row; it gives {Names(given)}."]
                : Enumerable.Empty<string>())
            .Concat(needed.SelectMany(column => OtherType(given, column, check.Rule)))
            .Select(mistake => $"{check.File}:1: {mistake}");
    }

    private static IEnumerable<string> Mistakes(DuckDBConnection connection, Compared compared)
    {
        List<(string Name, string Type)> given =
            Described(connection, $"SELECT {compared.Expression} AS {Sql.Name(compared.Column.Name)} FROM {compared.Input}");
        return OtherType(given, compared.Column, compared.Table, $"{compared.What}, {compared.Expression},")
            .Select(mistake => $"{compared.File}:1: {mistake}");
    }

    private static IEnumerable<string> Conditions(DuckDBConnection connection, string file, Scope? scope) =>
        from read in scope?.Reads ?? new Dictionary<string, IReadOnlyList<PieceMapping>>()
        from condition in read.Value.Select(mapping => mapping.Where).OfType<string>()
        from given in Described(connection, $"SELECT {condition} AS met FROM {read.Key}")
        where given.Type != "BOOLEAN"
        select $"{file}:1: `reads` of {read.Key} takes rows where {condition}, which is {Word(given.Type)}; write what is true or false.";

    private static IEnumerable<string> Lacking(List<(string Name, string Type)> given, IEnumerable<string> needed) =>
        given.Count == 0 ? [] : needed.Except(given.Select(column => column.Name), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> OtherType(
        List<(string Name, string Type)> given, ColumnDefinition column, string table, string? what = null) => given
        .Where(one => one.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase) && !IsComparable(column.Type, one.Type))
        .Select(one => $"{what ?? $"its SELECT, for {column.Name},"} gives {Word(one.Type)}, "
            + $"and is compared with {table}.{column.Name}, which is {column.Type.ToString().ToLowerInvariant()}; "
            + "name what it is compared with, or give that type (as_text, as_day, business_day, cast).");

    private static string Word(string type) => type == "VARCHAR" ? "text" : type.ToLowerInvariant();

    private static string Names(IEnumerable<(string Name, string Type)> columns) => string.Join(", ", columns.Select(column => column.Name));

    private static Func<string, bool> IsReserved(DuckDBConnection connection)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'";
        using DuckDBDataReader rows = command.ExecuteReader();
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (rows.Read())
        {
            words.Add(rows.GetString(0));
        }

        return words.Contains;
    }

    private static IEnumerable<Compared> Of(Model model, ModelLibrary library) => model.Scope is not { } scope ? [] :
        Of(model.File, scope, model.Name, [.. scope.Key.Select(column => ColumnOf(model.Table, column))], library)
            .Concat((scope.Timeline?.During ?? new Dictionary<string, Span>())
                .SelectMany(during => new[] { during.Value.First, during.Value.Last }.Distinct()
                    .Select(time => new Compared(model.File, $"`during` of {during.Key}", during.Key, time,
                        model.Name, ColumnOf(model.Table, scope.Timeline!.At)))));

    private static IEnumerable<Compared> Of(Check check, ModelLibrary library) => check.Scope is not { } scope ? [] :
        Of(check.File, scope, check.Rule,
            [.. scope.Key.Select(column => LakeCatalog.RawMetadata.FirstOrDefault(raw => raw.Name == column) ?? RecordKey)], library);

    private static IEnumerable<Compared> Of(
        string file, Scope scope, string table, IReadOnlyList<ColumnDefinition> key, ModelLibrary library)
    {
        Dictionary<string, TableDefinition> tables = TablesOf(library);
        foreach ((string input, PieceMapping mapping) in scope.Reads.SelectMany(read => read.Value.Select(mapping => (read.Key, mapping))))
        {
            switch (mapping)
            {
                case PieceMapping.Direct direct:
                    foreach ((string expression, ColumnDefinition column) in direct.Expressions.Zip(key))
                    {
                        yield return Pointing(expression, table, column);
                    }

                    break;
                case PieceMapping.Via via when tables[via.Table].Columns.FirstOrDefault(column => column.Name == via.Column) is { } column:
                    yield return Pointing(via.Expression, via.Table, column);
                    break;
                default:
                    break;
            }

            Compared Pointing(string expression, string to, ColumnDefinition column) =>
                new(file, $"`reads` of {input}", input, expression, to, column);
        }
    }

    private static Dictionary<string, TableDefinition> TablesOf(ModelLibrary library) => library.Models.Select(model => model.Table)
        .Concat(LakeCatalog.RawTables.Select(library.Catalog.Raw))
        .Concat(ModelGraph.ConfigurationTables)
        .ToDictionary(table => table.FullName, StringComparer.Ordinal);

    private static ColumnDefinition ColumnOf(TableDefinition table, string name) => table.Columns.First(column => column.Name == name);

    /// <summary>The columns of a SELECT with DuckDB's words for their types; none where it cannot tell.</summary>
    private static List<(string Name, string Type)> Described(DuckDBConnection connection, string select)
    {
        try
        {
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = $"DESCRIBE SELECT * FROM (\n{select}\n) AS model";
            using DuckDBDataReader rows = command.ExecuteReader();
            var columns = new List<(string Name, string Type)>();
            while (rows.Read())
            {
                columns.Add((rows.GetString(0), rows.GetString(1)));
            }

            return columns;
        }
        catch (DuckDBException)
        {
            return [];
        }
    }

    /// <summary>Numbers are compared by value whatever their types; a day and an instant are not the same one at any other time than midnight.</summary>
    private static bool IsComparable(ColumnType column, string type) => column switch
    {
        ColumnType.Text => type == "VARCHAR",
        ColumnType.Boolean => type == "BOOLEAN",
        ColumnType.Date => type == "DATE",
        ColumnType.Timestamp => type == "TIMESTAMP",
        _ => type.EndsWith("INT", StringComparison.Ordinal) || type is "INTEGER" or "UINTEGER" or "DOUBLE" or "FLOAT"
            || type.StartsWith("DECIMAL", StringComparison.Ordinal),
    };

    /// <summary>An expression over a row, and the column that it is compared with.</summary>
    /// <param name="File">Of the header.</param>
    /// <param name="What">Where in it the expression stands.</param>
    /// <param name="Input">Whose rows.</param>
    /// <param name="Expression">The expression.</param>
    /// <param name="Table">Of the column.</param>
    /// <param name="Column">The column.</param>
    private sealed record Compared(string File, string What, string Input, string Expression, string Table, ColumnDefinition Column);
}
