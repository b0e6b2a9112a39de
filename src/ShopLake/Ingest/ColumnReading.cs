using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>SQL for one Bronze column: its text, its value, and when the value does not hold the text.</summary>
/// <param name="types">DuckDB's type of each field.</param>
internal sealed partial class ColumnReading(IReadOnlyList<string> types, Source source, MappingContext context)
{
    /// <summary>The column's source as text, or in its own type where the value is cast from it; null where it has none.</summary>
    public string? Text(MappedColumn column) => column.Mapping switch
    {
        ColumnMapping.FromColumn when TypedValue(column) is not null => RecordTable.Field(column.Fields[0]),
        ColumnMapping.FromColumn when column.Column.Name == "source_system" && source.Columns is null =>
            $"coalesce({FieldText(column.Fields[0])}, {Sql.Literal(source.SourceSystem)})",
        // An empty CSV field is no number and no time, however it is quoted.
        ColumnMapping.FromColumn when column.Column.Type != ColumnType.Text && source.Format == SourceFormat.Csv =>
            $"nullif({FieldText(column.Fields[0])}, '')",
        ColumnMapping.FromColumn => FieldText(column.Fields[0]),
        ColumnMapping.Template template => TemplateText(template.Text, column.Fields),
        ColumnMapping.Constant constant => Sql.Literal(constant.Value),
        _ => null,
    };

    /// <summary>The value in the column's type; NULL where the text does not fit it exactly.</summary>
    /// <param name="text">Name of the column that holds <see cref="Text"/>.</param>
    public string Value(MappedColumn column, string text) => column.Mapping switch
    {
        null => $"CAST(NULL AS {Sql.Type(column.Column.Type)})",
        ColumnMapping.Constant constant => ConstantValue(column.Column, constant.Value),
        _ when MayHoldNul(column) => $"CASE WHEN NOT {RescuedText.HoldsNul(text)} THEN {text} END",
        _ => TypedValue(column) ?? TextValue(column, text),
    };

    /// <summary>
    /// Condition under which the text is kept in <c>_rescued</c>; null where the value always holds it.
    /// </summary>
    public string? IsLost(MappedColumn column, string text, string value)
    {
        if (column.Column.Name == SourceFields.CurrencyMapping)
        {
            return column.Mapping is null ? null : $"{text} <> {Sql.Literal(context.Currency)}";
        }

        if (column.Mapping is null or ColumnMapping.Constant || (column.Column.Type == ColumnType.Text && !MayHoldNul(column)))
        {
            return null;
        }

        bool canBeMoved = column.Column.Type == ColumnType.Timestamp && !context.Zone.IsFixed
            && EpochOf(column) is null && TypedValue(column) is null;
        return $"{text} IS NOT NULL AND {value} IS NULL"
            + (canBeMoved ? $" OR {TypingFunctions.IsMoved}({text})" : "");
    }

    /// <summary>A field as text, whatever its type.</summary>
    public string FieldText(int field) => types[field] == "VARCHAR" ? RecordTable.Field(field)
        : IsNested(types[field]) ? $"CAST(to_json({RecordTable.Field(field)}) AS VARCHAR)"
        : $"CAST({RecordTable.Field(field)} AS VARCHAR)";

    /// <summary>Records of bytes that hold a NUL are dead letters.</summary>
    private bool MayHoldNul(MappedColumn column) => column.Column.Type == ColumnType.Text && source.IsRelation;

    /// <summary>A type whose values are JSON rather than one text.</summary>
    public static bool IsNested(string type) =>
        type.EndsWith(']') || type.StartsWith("STRUCT(", StringComparison.Ordinal)
        || type.StartsWith("MAP(", StringComparison.Ordinal);

    private string TemplateText(string template, IReadOnlyList<int> fields)
    {
        var parts = new List<string>();
        int position = 0;
        int field = 0;
        foreach (Match match in BronzeMapping.TemplatePart().Matches(template))
        {
            parts.Add(Sql.Literal(template[position..match.Index]));
            parts.Add(match.Groups[1].Value switch
            {
                RecordTable.File => RecordTable.File,
                RecordTable.Record => $"CAST({RecordTable.Record} AS VARCHAR)",
                _ => FieldText(fields[field++]),
            });
            position = match.Index + match.Length;
        }

        parts.Add(Sql.Literal(template[position..]));
        return string.Join(" || ", parts.Where(part => part != "''").DefaultIfEmpty("''"));
    }

    private static string TextValue(MappedColumn column, string text) => column.Column.Type switch
    {
        ColumnType.Text => text,
        ColumnType.Amount => $"{TypingFunctions.Amount}({text})",
        ColumnType.Bigint => $"{TypingFunctions.Bigint}({text})",
        ColumnType.Timestamp => EpochOf(column) switch
        {
            EpochUnit.Seconds => $"{TypingFunctions.FromSeconds}({text})",
            EpochUnit.Milliseconds => $"{TypingFunctions.FromMilliseconds}({text})",
            EpochUnit.Microseconds => $"{TypingFunctions.FromMicroseconds}({text})",
            _ => $"{TypingFunctions.Instant}({text})",
        },
        _ => throw new InvalidOperationException($"A raw table has no columns of type {column.Column.Type}."),
    };

    private static EpochUnit? EpochOf(MappedColumn column) => (column.Mapping as ColumnMapping.FromColumn)?.Epoch;

    /// <summary>
    /// A field whose own type fits inside the column's type is cast, NULL where its value does not; null where its text
    /// has to be read.
    /// </summary>
    private string? TypedValue(MappedColumn column)
    {
        if (column.Mapping is not ColumnMapping.FromColumn { Epoch: null })
        {
            return null;
        }

        string type = types[column.Fields[0]];
        string field = RecordTable.Field(column.Fields[0]);
        return column.Column.Type switch
        {
            ColumnType.Bigint when IntegerTypes.Contains(type) => $"CAST({field} AS BIGINT)",
            ColumnType.Amount when SmallIntegerTypes.Contains(type) || FitsAmount(type) =>
                $"CAST({field} AS DECIMAL(18,4))",
            ColumnType.Timestamp when type == "TIMESTAMP WITH TIME ZONE" => Held($"make_timestamp(epoch_us({field}))"),
            ColumnType.Timestamp when context.Zone.IsUtc && InstantTypes.Contains(type) =>
                Held($"TRY_CAST({field} AS TIMESTAMP)"),
            _ => null,
        };
    }

    /// <summary>DuckDB's instants reach beyond those that are <see cref="InstantText.IsHeld">held</see>, to infinity.</summary>
    private static string Held(string instant) => $"CASE WHEN {instant} BETWEEN {Sql.Literal(DateTime.MinValue)} "
        + $"AND {Sql.Literal(DateTime.MaxValue)} THEN {instant} END";

    private static readonly string[] SmallIntegerTypes =
        ["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"];

    private static readonly string[] IntegerTypes = [.. SmallIntegerTypes, "BIGINT"];

    private static readonly string[] InstantTypes = ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "DATE"];

    private static bool FitsAmount(string type)
    {
        Match match = DecimalType().Match(type);
        if (!match.Success)
        {
            return false;
        }

        int digits = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        int scale = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return scale <= ExactNumber.AmountScale
            && digits - scale <= ExactNumber.AmountDigits - ExactNumber.AmountScale;
    }

    private string ConstantValue(ColumnDefinition column, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return column.Type switch
        {
            ColumnType.Text => Sql.Literal(text),
            ColumnType.Bigint when ExactNumber.TryParse(bytes, 0, ExactNumber.BigintDigits, out long number) =>
                $"CAST('{number}' AS BIGINT)",
            ColumnType.Amount
                when ExactNumber.TryParse(bytes, ExactNumber.AmountScale, ExactNumber.AmountDigits, out _) =>
                $"{TypingFunctions.Amount}({Sql.Literal(text)})",
            ColumnType.Timestamp when InstantText.TryParse(bytes, context.Zone, out long instant, out _) =>
                $"make_timestamp({instant})",
            _ => throw new ShopLakeException(FailureKind.Usage, $"Source {source.Name} (shoplake.yaml line "
                + $"{source.Line}): the constant '{text}' of {column.Name} is no "
                + $"{column.Type.ToString().ToLowerInvariant()}."),
        };
    }

    [GeneratedRegex(@"^DECIMAL\((\d+),(\d+)\)$")]
    private static partial Regex DecimalType();
}
