using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Bronze;

namespace ShopLake.Ingest;

/// <summary>Reads Parquet: DuckDB reads the files itself, grouped by their columns.</summary>
internal static class ParquetBatch
{
    private sealed record ParquetColumn(string Name, string Type);

    /// <exception cref="UnreadableFileException">One of the files; <paramref name="failed"/> says which.</exception>
    public static BatchContent Read(IReadOnlyList<FileReading> files, BatchContext context, Action<FileReading> failed)
    {
        var columns = new Dictionary<FileReading, IReadOnlyList<ParquetColumn>>();
        foreach (FileReading file in files)
        {
            columns.Add(file, Guard(file, failed, () => Describe(file, context)));
        }

        // The files' hashes are taken while DuckDB reads them.
        using Task hashes = Task.Run(() => files.ToList().ForEach(Hash), context.Cancellation);
        var written = new List<WrittenFile>();
        IEnumerable<string> selects = files
            .GroupBy(file => string.Join('\n', columns[file].Select(column => $"{column.Name} {column.Type}")))
            .Select(group => Select([.. group], columns[group.First()], context));
        try
        {
            context.Write(written, string.Join("\nUNION ALL\n", selects));
        }
        catch (DuckDBException)
        {
            // The error may name no file: the one whose pages cannot be read is found by reading each.
            files.ToList().ForEach(file => Guard(file, failed, () => context.Session.Query(
                $"SELECT max(hash(file)) FROM {Relation([file])} AS file")));
            throw;
        }
        finally
        {
            hashes.Wait(CancellationToken.None);
        }

        return new BatchContent
        {
            Files = written,
            Deliveries = [.. files.Select(file => new Delivery(file.Name, file.Length, file.Sha256, file.Records, 0)
            {
                Archive = context.Archive(file, file.Length),
            })],
            Schema = columns.Values.SelectMany(all => all.Select(column => $"{column.Name} {column.Type}")),
            Drift = [.. files.SelectMany(file =>
                context.Mapping.Drift(file.Name, columns[file].Select(column => column.Name)))],
        };
    }

    private static void Hash(FileReading file)
    {
        using var stream = new HashingStream(file.Path, file.Length);
        file.Sha256 = stream.Finish();
        file.BytesTaken = file.Length;
    }

    private static ParquetColumn[] Describe(FileReading file, BatchContext context)
    {
        string relation = Relation([file]);
        string count = context.Session.Query($"SELECT count(*) FROM {relation}")[0][0]!;
        file.Records = long.Parse(count, CultureInfo.InvariantCulture);
        ParquetColumn[] columns =
        [
            .. context.Session.Query($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})")
                .Select(row => new ParquetColumn(row[0]!, row[1]!)),
        ];
        if (columns.Length > context.Configuration.Limits.Columns)
        {
            throw new UnreadableFileException($"{file.Name} has {columns.Length} columns, more than limits.columns = "
                + $"{context.Configuration.Limits.Columns}. Raise the limit if the file is right.");
        }

        context.Mapping.CheckRequired(file.Name, columns.Select(column => column.Name));
        return columns;
    }

    private static T Guard<T>(FileReading file, Action<FileReading> failed, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DuckDBException exception)
        {
            failed(file);
            throw new UnreadableFileException(
                $"{file.Name} cannot be read as Parquet: {exception.Message.Trim()} Deliver it again.", exception);
        }
        catch (UnreadableFileException)
        {
            failed(file);
            throw;
        }
    }

    /// <summary>Bronze rows of files that have the same columns.</summary>
    private static string Select(
        IReadOnlyList<FileReading> files, IReadOnlyList<ParquetColumn> columns, BatchContext context)
    {
        SourceFields fields = context.Mapping.Fields;
        var sources = fields.Fields.Select(field => columns.FirstOrDefault(column =>
            column.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))).ToArray();
        IEnumerable<string> selected = sources.Select((column, position) =>
            $"{(column is null ? "CAST(NULL AS VARCHAR)" : Sql.Name(column.Name))} AS {RecordTable.Field(position)}");
        string[] rescued =
        [
            .. columns.Where(column => fields.IsRescued(column.Name)).Select(column =>
                $"{fields.RescueSql(column.Name)} || {Json(column)}"),
        ];
        string name = files.Count == 1
            ? Sql.Literal(files[0].Name)
            : $"{Sql.List(files.Select(file => file.Name))}[CAST(file_index AS BIGINT) + 1]";
        string rows = $"""
            SELECT {name} AS _source_file,
                file_row_number + 1 AS _source_row, {BronzeMapping.Joined(rescued)} AS _rest
                {string.Concat(selected.Select(field => ", " + field))}
            FROM {Relation(files)}
            """;
        string[] types = [.. sources.Select(column => column?.Type ?? "VARCHAR")];
        return context.Mapping.Select(rows, types, context.Constants);
    }

    /// <summary>
    /// A value as JSON; NULL where it is NULL. Numbers that JSON readers would round are given as text.
    /// </summary>
    private static string Json(ParquetColumn column)
    {
        string name = Sql.Name(column.Name);
        bool isPlain = column.Type == "BOOLEAN" || column.Type.EndsWith("INT", StringComparison.Ordinal)
            || column.Type.EndsWith("INTEGER", StringComparison.Ordinal);
        return isPlain ? $"CAST({name} AS VARCHAR)"
            : ColumnReading.IsNested(column.Type) ? $"CAST(to_json({name}) AS VARCHAR)"
            : $"CAST(to_json(CAST({name} AS VARCHAR)) AS VARCHAR)";
    }

    private static string Relation(IReadOnlyList<FileReading> files) =>
        $"read_parquet({Sql.List(files.Select(file => file.Path))}, hive_partitioning = false)";
}
