using System.Text.RegularExpressions;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>What a source gives for one Bronze column.</summary>
/// <param name="Fields">Positions of the source's fields that the value is made of.</param>
internal sealed record MappedColumn(ColumnDefinition Column, ColumnMapping? Mapping, IReadOnlyList<int> Fields);

/// <summary>How a source's records become Bronze rows: which fields are needed, and which column takes what.</summary>
internal sealed partial class BronzeMapping
{
    private const string SourceSystem = "source_system";
    private const string IngestionTime = "ingestion_time";

    private static readonly ColumnDefinition Currency =
        new(SourceFields.CurrencyMapping, ColumnType.Text, "currency of the row's money");

    private readonly int _ownColumns;

    /// <exception cref="ShopLakeException">The id of the table's grain is not mapped.</exception>
    public BronzeMapping(Source source, TableDefinition table)
    {
        Source = source;
        Table = table;
        _ownColumns = table.Columns.Count - LakeCatalog.RawMetadata.Count;
        (ColumnDefinition Column, ColumnMapping? Mapping)[] mappings =
        [
            .. table.Columns.Take(_ownColumns).Select(column => (column, MappingOf(column.Name))),
            (Currency, source.Columns?.GetValueOrDefault(Currency.Name)),
        ];
        if (mappings[0].Mapping is null)
        {
            throw new ShopLakeException(FailureKind.Usage, $"Source {source.Name} (shoplake.yaml line {source.Line}) "
                + $"does not map {GrainId}, the id of {source.Table}: add it under `columns`.");
        }

        string[] held =
        [
            .. mappings.Select(mapping => mapping.Mapping).OfType<ColumnMapping.FromColumn>().Select(from => from.Name),
        ];
        IEnumerable<string> names = mappings.SelectMany(mapping => NamesIn(mapping.Mapping))
            .Concat(source.DeletedWhen?.Keys ?? []).Distinct(StringComparer.OrdinalIgnoreCase);
        Fields = new SourceFields(source, table.Columns.Select(column => column.Name),
            names.Select(name => new SourceField(name, held.Contains(name, StringComparer.OrdinalIgnoreCase))));
        Columns = [.. mappings.Select(mapping =>
            new MappedColumn(mapping.Column, mapping.Mapping, [.. NamesIn(mapping.Mapping).Select(Fields.Find)]))];
    }

    public Source Source { get; }

    public TableDefinition Table { get; }

    public SourceFields Fields { get; }

    /// <summary>The table's own columns in order, then the row's currency.</summary>
    public IReadOnlyList<MappedColumn> Columns { get; }

    private string GrainId => Table.Columns[0].Name;

    /// <summary>The fields without which a row would have no id.</summary>
    public IEnumerable<string> RequiredNames => Columns[0].Fields.Select(position => Fields.Fields[position].Name);

    /// <exception cref="UnreadableFileException">A file of these columns cannot give the id of the grain.</exception>
    public void CheckRequired(string file, IEnumerable<string> names)
    {
        string[] present = [.. names];
        string[] missing = [.. RequiredNames.Except(present, StringComparer.OrdinalIgnoreCase)];
        if (missing.Length > 0)
        {
            string place = Source.Format == SourceFormat.Csv ? $"{file} line 1" : file;
            throw new UnreadableFileException($"{place}: lacks {string.Join(", ", missing)}, which makes {GrainId}. "
                + $"It has: {string.Join(", ", present.Select(VisibleText.Of))}. Map {GrainId} to what the file has, under `columns` of "
                + $"source {Source.Name} (shoplake.yaml line {Source.Line}); a CSV without a header needs `header`.");
        }
    }

    /// <summary>What differs between a file's columns and the mapping, one sentence each.</summary>
    public IEnumerable<string> Drift(string file, IEnumerable<string> names)
    {
        string[] present = [.. names];
        string[] missing =
        [
            .. Fields.Fields.Select(field => field.Name).Except(present, StringComparer.OrdinalIgnoreCase)
                .Where(name => Source.Columns is not null || name is not (SourceSystem or IngestionTime)),
        ];
        string[] unknown = [.. present.Where(name => Fields.Find(name) < 0)];
        if (missing.Length > 0)
        {
            yield return $"{file} lacks {string.Join(", ", missing)}: NULL";
        }

        if (unknown.Length > 0)
        {
            yield return $"{file} has {string.Join(", ", unknown.Select(VisibleText.Of))}, which no column takes: kept in _rescued";
        }
    }

    /// <summary>The SELECT that gives Bronze rows in the columns' order.</summary>
    /// <param name="rows">
    /// SQL of a relation with <c>_source_file</c>, <c>_source_row</c>, <c>_rest</c> and the fields: <c>field_0</c>, …
    /// </param>
    /// <param name="types">DuckDB's type of each field.</param>
    public string Select(
        string rows, IReadOnlyList<string> types, MappingContext context, IEnumerable<string>? more = null)
    {
        var reading = new ColumnReading(types, Source, context);
        var texts = new List<string>();
        var values = new List<string>();
        var rescued = new List<string>();
        for (int i = 0; i < Columns.Count; i++)
        {
            MappedColumn column = Columns[i];
            string key = JsonSettings.Text(column.Column.Name) + ":";
            string? text = reading.Text(column);
            texts.Add($"{text ?? "NULL"} AS text_{i}");
            values.Add($"{reading.Value(column, $"text_{i}")} AS value_{i}");
            if (reading.IsLost(column, $"text_{i}", $"value_{i}") is { } isLost)
            {
                rescued.Add($"CASE WHEN {isLost} THEN {Sql.Literal(key)} || {RescuedText.Json($"CAST(text_{i} AS VARCHAR)", Source)} END");
            }
        }

        IEnumerable<string> columns = Columns.Take(_ownColumns).Select((column, i) =>
            $"{Default(column, i, context)} AS {Sql.Name(column.Column.Name)}");
        string rescue = Joined(["_rest", .. rescued]);
        string passed = string.Concat((more ?? []).Select(name => ", " + name));
        return $"""
            SELECT {string.Join(", ", columns)},
                CAST({context.Batch} AS BIGINT) AS _batch_id, _source_file, _source_row,
                {Operation(reading)} AS _op, '{'{'}' || {rescue} || '{'}'}' AS _rescued{passed}
            FROM (SELECT *, {string.Join(", ", values)}
            FROM (SELECT *, {string.Join(", ", texts)}
            FROM ({rows})))
            """;
    }

    /// <summary>The parts of a JSON object that are not NULL, put together; NULL where all are.</summary>
    public static string Joined(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "CAST(NULL AS VARCHAR)",
        1 => parts[0],
        _ => $"nullif(concat_ws(',', {string.Join(", ", parts)}), '')",
    };

    private static string Default(MappedColumn column, int position, MappingContext context) =>
        column.Column.Name != IngestionTime ? $"value_{position}"
        : $"CASE WHEN text_{position} IS NULL AND value_{position} IS NULL "
            + $"THEN {Sql.Literal(context.Instant)} ELSE value_{position} END";

    private string Operation(ColumnReading reading)
    {
        if (Source.DeletedWhen is not { Count: > 0 } deleted)
        {
            return "'upsert'";
        }

        IEnumerable<string> conditions = deleted.Select(pair =>
            $"{reading.FieldText(Fields.Find(pair.Key))} IN ({string.Join(", ", pair.Value.Select(Sql.Literal))})");
        return $"CASE WHEN {string.Join(" OR ", conditions)} THEN 'delete' ELSE 'upsert' END";
    }

    private ColumnMapping? MappingOf(string column)
    {
        if (Source.Columns is null)
        {
            return new ColumnMapping.FromColumn(column);
        }

        return Source.Columns.GetValueOrDefault(column)
            ?? (column == SourceSystem ? new ColumnMapping.Constant(Source.SourceSystem) : null);
    }

    private static IEnumerable<string> NamesIn(ColumnMapping? mapping) => mapping switch
    {
        ColumnMapping.FromColumn from => [from.Name],
        ColumnMapping.Template template => TemplatePart().Matches(template.Text).Select(match => match.Groups[1].Value)
            .Where(name => name is not (RecordTable.File or RecordTable.Record)),
        _ => [],
    };

    [GeneratedRegex(@"\{([^{}]*)\}")]
    internal static partial Regex TemplatePart();
}

/// <summary>What is the same for all rows of a batch.</summary>
/// <param name="Batch">Ledger sequence.</param>
/// <param name="Instant">Instant of the commit, UTC.</param>
internal sealed record MappingContext(long Batch, DateTime Instant, SourceZone Zone, string Currency);
