using System.Globalization;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Reads Parquet: DuckDB reads the files itself, grouped by their columns.</summary>
internal static class ParquetBatch
{
    // Columns that DuckDB adds to those of a file; one of the file's own of that name takes their place.
    private const string RowNumber = "file_row_number";
    private const string FileIndex = "file_index";
    private static readonly string[] Positions = [RowNumber, FileIndex];

    private sealed record ParquetColumn(string Name, string Type);

    /// <summary>Records of a file, from one number up to before another; 0-based.</summary>
    private sealed record Slice(FileReading File, long From, long To)
    {
        public bool IsWhole => From == 0 && To == File.Records;
    }

    /// <exception cref="UnreadableFileException">One of the files; <paramref name="failed"/> says which.</exception>
    public static BatchContent Read(IReadOnlyList<FileReading> files, BatchContext context, Action<FileReading> failed)
    {
        var columns = new Dictionary<FileReading, IReadOnlyList<ParquetColumn>>();
        foreach (FileReading file in files)
        {
            columns.Add(file, Guard(file, failed, () => Describe(file, context)));
        }

        // The files' hashes are taken while DuckDB reads them, one after the other.
        using Task hashes = Task.Run(() => files.ToList().ForEach(Hash), context.Cancellation);
        var written = new List<WrittenFile>();
        try
        {
            foreach (IReadOnlyList<Slice> part in Parts(files, context.Configuration.Limits.BatchRows))
            {
                IEnumerable<string> selects = part
                    .GroupBy(slice => (slice.IsWhole ? null : slice, Schema(columns[slice.File])))
                    .Select(group => Select([.. group], columns[group.First().File], context));
                context.Write(written, string.Join("\nUNION ALL\n", selects));
            }
        }
        catch (DuckDBException exception) when (!DuckDbMemory.IsOutOfMemory(exception))
        {
            FindDamaged(files, context, failed);
            throw;
        }
        finally
        {
            // An error of the reading goes before one of the hashes.
            Task.WaitAny(hashes);
        }

        try
        {
            hashes.GetAwaiter().GetResult();
        }
        catch (UnreadableFileException)
        {
            failed(files.First(file => file.Sha256.Length == 0));
            throw;
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

    /// <summary>DuckDB's error may name no file: the one whose pages cannot be read is found by reading each.</summary>
    /// <exception cref="UnreadableFileException">There is one; <paramref name="failed"/> says which.</exception>
    public static void FindDamaged(IEnumerable<FileReading> files, BatchContext context, Action<FileReading> failed)
    {
        foreach (FileReading file in files)
        {
            Guard(file, failed, () => context.Session.Query($"SELECT max(hash(file)) FROM {Relation([file])} AS file"));
        }
    }

    private static string Schema(IEnumerable<ParquetColumn> columns) =>
        string.Join('\n', columns.Select(column => $"{column.Name} {column.Type}"));

    /// <summary>What goes into one Bronze file each: as many records as the limit allows.</summary>
    private static IEnumerable<IReadOnlyList<Slice>> Parts(IEnumerable<FileReading> files, long most)
    {
        var part = new List<Slice>();
        long room = most;
        foreach (FileReading file in files)
        {
            for (long from = 0; from < file.Records;)
            {
                long to = Math.Min(file.Records, from + room);
                part.Add(new Slice(file, from, to));
                room -= to - from;
                from = to;
                if (room == 0)
                {
                    yield return part;
                    part = [];
                    room = most;
                }
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static void Hash(FileReading file)
    {
        using var stream = new HashingStream(file.Path, file.Name, file.Length);
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

        if (Array.Find(columns, column => Positions.Contains(column.Name, StringComparer.OrdinalIgnoreCase)) is { } hiding)
        {
            throw new UnreadableFileException($"{file.Name} has a column {hiding.Name}, the name by which DuckDB tells the "
                + "position of a row. Rename the column.");
        }

        context.Mapping.CheckRequired(file.Name, columns.Select(column => column.Name));
        return columns;
    }

    private static T Guard<T>(FileReading file, Action<FileReading> failed, Func<T> read)
    {
        try
        {
            // What the system refuses is told in its own words, as of a file of any format.
            File.OpenRead(file.Path).Dispose();
            return read();
        }
        catch (Exception exception) when (UnreadableFileException.IsOfSystem(exception))
        {
            failed(file);
            throw UnreadableFileException.Of(file.Name, exception);
        }
        catch (DuckDBException exception)
        {
            failed(file);
            throw new UnreadableFileException($"{file.Name} cannot be read as Parquet: it is damaged, cut off, encrypted or "
                + "of another format. Deliver it again.", exception);
        }
        catch (UnreadableFileException)
        {
            failed(file);
            throw;
        }
    }

    /// <summary>Bronze rows of files that have the same columns, or of a slice of one.</summary>
    private static string Select(
        IReadOnlyList<Slice> slices, IReadOnlyList<ParquetColumn> columns, BatchContext context)
    {
        FileReading[] files = [.. slices.Select(slice => slice.File)];
        SourceFields fields = context.Mapping.Fields;
        var sources = fields.Fields.Select(field => columns.FirstOrDefault(column =>
            column.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))).ToArray();
        IEnumerable<string> selected = sources.Select((column, position) =>
            $"{(column is null ? "CAST(NULL AS VARCHAR)" : Sql.Name(column.Name))} AS {RecordTable.Field(position)}");
        string[] rescued =
        [
            .. columns.Where(column => fields.IsRescued(column.Name)).Select(column =>
                $"{fields.RescueSql(column.Name)} || {Json(column, context.Source)}"),
        ];
        string name = files.Length == 1
            ? Sql.Literal(files[0].Name)
            : $"{Sql.List(files.Select(file => file.Name))}[CAST({FileIndex} AS BIGINT) + 1]";
        string rows = $"""
            SELECT {name} AS _source_file,
                {RowNumber} + 1 AS _source_row, {BronzeMapping.Joined(rescued)} AS _rest
                {string.Concat(selected.Select(field => ", " + field))}
            FROM {Relation(files)}{(slices[0].IsWhole ? "" : Of(slices[0]))}
            """;
        string[] types = [.. sources.Select(column => column?.Type ?? "VARCHAR")];
        return context.Mapping.Select(rows, types, context.Constants);
    }

    private static string Of(Slice slice) =>
        $" WHERE {RowNumber} >= {slice.From} AND {RowNumber} < {slice.To}";

    /// <summary>
    /// A value as JSON; NULL where it is NULL. Numbers that JSON readers would round are given as text.
    /// </summary>
    private static string Json(ParquetColumn column, Source source)
    {
        string name = Sql.Name(column.Name);
        bool isPlain = column.Type == "BOOLEAN" || column.Type.EndsWith("INT", StringComparison.Ordinal)
            || column.Type.EndsWith("INTEGER", StringComparison.Ordinal);
        return isPlain ? $"CAST({name} AS VARCHAR)"
            : ColumnReading.IsNested(column.Type) ? NestedJson(name, source)
            : RescuedText.Json($"CAST({name} AS VARCHAR)", source);
    }

    /// <summary>
    /// DuckDB writes NaN and infinities within lists and structs as they are, which is JSON for DuckDB alone: then as text, and
    /// so where a text within holds a NUL.
    /// </summary>
    private static string NestedJson(string name, Source source)
    {
        string json = $"CAST(to_json({name}) AS VARCHAR)";
        return $"CASE WHEN {TypingFunctions.IsJson}({json}) AND NOT contains({json}, {Sql.Literal(RescuedText.Nul)}) "
            + $"THEN {json} ELSE {RescuedText.Json($"CAST({name} AS VARCHAR)", source)} END";
    }

    private static string Relation(IReadOnlyList<FileReading> files) =>
        $"read_parquet({Sql.List(files.Select(file => file.Path))}, hive_partitioning = false)";
}
