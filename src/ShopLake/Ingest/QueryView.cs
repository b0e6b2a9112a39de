using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Gives a query its files as relations of texts. Their records are read like any other source's.</summary>
internal static class QueryView
{
    public static void Create(string view, IReadOnlyList<FileReading> files, BatchContext context)
    {
        try
        {
            if (FormatOf(files[0], context.Source) == SourceFormat.Parquet)
            {
                CreateFromParquet(view, files, context);
            }
            else
            {
                CreateFromRecords(view, files, context);
            }
        }
        catch (Exception exception) when (exception is UnreadableFileException
            || exception is DuckDBException failure && !DuckDbMemory.IsOutOfMemory(failure))
        {
            throw Unreadable(view, context.Source, exception);
        }
    }

    /// <summary>A query needs all its files, so that one which cannot be read stops its source.</summary>
    public static ShopLakeException Unreadable(string view, Source source, Exception exception) => new(
        FailureKind.UnreadableInput, $"Source {source.Name} was not ingested, "
        + $"since `{view}` cannot be read: {exception.Message.Split('\n')[0]}", exception);

    private static void CreateFromParquet(string view, IReadOnlyList<FileReading> files, BatchContext context)
    {
        string list = Sql.List(files.Select(file => file.Path));
        string relation = $"read_parquet({list}, union_by_name = true, hive_partitioning = false)";
        try
        {
            context.Session.Execute(
                $"CREATE TEMP TABLE {Sql.Name(view)} AS SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {relation}",
                context.Cancellation);
        }
        catch (DuckDBException exception) when (!DuckDbMemory.IsOutOfMemory(exception))
        {
            ParquetBatch.FindDamaged(files, context, _ => { });
            throw;
        }
    }

    private static void CreateFromRecords(string view, IReadOnlyList<FileReading> files, BatchContext context)
    {
        Source source = context.Source with { Format = FormatOf(files[0], context.Source) };
        string[] names =
        [
            .. files.SelectMany(file => NamesOf(file, source, context)).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        var fields = new SourceFields(source, [], names.Select(name => new SourceField(name, IsHeld: true)));
        using var feed = new RecordFeed(files, fields, Whole(context), context.DeadLetters, context.Observer);
        string function = $"records_of_{view}";
        RecordTable table = context.Session.AddTable(function, fields, context.Configuration.Limits);
        IEnumerable<string> columns = names.Select((name, position) =>
            $"{RecordTable.Field(position)} AS {Sql.Name(name)}");
        table.Read(feed, () => context.Session.Execute(
            $"CREATE TEMP TABLE {Sql.Name(view)} AS SELECT {string.Join(", ", columns)} FROM {Sql.Name(function)}()",
            context.Cancellation));
    }

    /// <summary>A view holds all records of its files, however many go into one file of Bronze.</summary>
    private static Limits Whole(BatchContext context) =>
        context.Configuration.Limits with { BatchRows = long.MaxValue };

    private static IEnumerable<string> NamesOf(FileReading file, Source source, BatchContext context)
    {
        var fields = new SourceFields(source, [], []);
        FileReading trial = file.Trial();
        if (source.Format == SourceFormat.Csv)
        {
            RecordFeed.ReadNames(trial, fields, context.Configuration.Limits, context.Observer);
            return trial.Columns?.Names ?? [];
        }

        // Only the whole file tells which keys its lines have.
        using var feed = new RecordFeed([trial], fields, Whole(context), null, context.Observer);
        RecordTable table = context.Session.AddTable($"keys_{Guid.NewGuid():N}", fields, context.Configuration.Limits);
        table.Read(feed, () => context.Session.Execute($"SELECT count(*) FROM {table.Name}()", context.Cancellation));
        return trial.Keys;
    }

    /// <summary>A file of another format than the source's says so by its name.</summary>
    private static SourceFormat FormatOf(FileReading file, Source source)
    {
        string name = file.Name;
        foreach (string packed in new[] { ".gz", ".zst" })
        {
            name = name.EndsWith(packed, StringComparison.OrdinalIgnoreCase) ? name[..^packed.Length] : name;
        }

        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".PARQUET" => SourceFormat.Parquet,
            ".JSONL" or ".NDJSON" => SourceFormat.Jsonl,
            ".CSV" or ".TSV" => SourceFormat.Csv,
            _ => source.Format,
        };
    }
}
