using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// Runs a <c>query</c> source over its files and appends the rows that earlier results did not hold. Its Parquet keeps
/// a hash of each row of the result, by which the next run knows it again.
/// </summary>
internal static class QueryBatch
{
    private const string RowHash = "_row_hash";

    // Names with a space, which no view has.
    private const string Result = "\"query result\"";
    private const string NewRows = "\"new rows\"";

    /// <returns>The files of each view, hashed.</returns>
    /// <exception cref="ShopLakeException">A view has no file, or one that cannot be read.</exception>
    public static IReadOnlyList<QueryFile> FindInputs(Source source, string projectFolder, FileHashes hashes)
    {
        var inputs = new List<QueryFile>();
        foreach ((string view, string pattern) in source.Files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            IReadOnlyList<string> paths = Glob.Find(pattern);
            if (paths.Count == 0)
            {
                throw new ShopLakeException(FailureKind.UnreadableInput, $"{pattern} does not exist. Correct the file "
                    + $"`{view}` of source {source.Name} (shoplake.yaml line {source.Line}).");
            }

            try
            {
                inputs.AddRange(paths.Select(path => FeedFile.Of(path, FeedFile.NameOf(path, projectFolder)))
                    .Select(file => new QueryFile(view, new FileReading(file.Path, file.Name, file.Stamp.Bytes)
                    {
                        Sha256 = hashes.Of(file),
                    })));
            }
            catch (UnreadableFileException exception)
            {
                throw QueryView.Unreadable(view, source, exception);
            }
        }

        return inputs;
    }

    /// <summary>What the result depends on: the same identity gives the same rows.</summary>
    public static string Identity(Source source, IEnumerable<QueryFile> inputs) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(source.Query + "\n" + string.Join('\n',
            inputs.Select(input => $"{input.View} {input.File.Sha256}").Order(StringComparer.Ordinal)))));

    /// <exception cref="ShopLakeException">A file cannot be read, or the query is wrong.</exception>
    public static BatchContent Read(IReadOnlyList<QueryFile> inputs, string identity, BatchContext context)
    {
        // A source that had a path before has records that no query made.
        LedgerRecord[] earlier =
        [
            .. context.Writer.Ledger.Records.Where(record => record.Source == context.Source.Name && record.Inputs.Count > 0),
        ];
        var knownInputs = earlier.SelectMany(record => record.Inputs).Select(input => input.Sha256)
            .ToHashSet(StringComparer.Ordinal);
        foreach (IGrouping<string, QueryFile> view in inputs.GroupBy(input => input.View))
        {
            // The dead letters of a file that an earlier result was made of are in Bronze already.
            view.ToList().ForEach(input => input.File.IsMuted = knownInputs.Contains(input.File.Sha256));
            QueryView.Create(view.Key, [.. view.Select(input => input.File)], context);
        }

        return Append(inputs, identity, earlier, context);
    }

    private static BatchContent Append(
        IReadOnlyList<QueryFile> inputs, string identity, LedgerRecord[] earlier, BatchContext context)
    {
        string name = $"query:{context.Source.Name}";
        long before = earlier.SelectMany(record => record.Deliveries).Sum(delivery => delivery.Records);
        string[] columns = Evaluate(earlier, context);
        context.Mapping.CheckRequired(name, columns);
        SourceFields fields = context.Mapping.Fields;
        IEnumerable<string> selected = fields.Fields.Select((field, position) =>
        {
            int given = Array.FindIndex(columns, name => name.Equals(field.Name, StringComparison.OrdinalIgnoreCase));
            return $", {(given < 0 ? "CAST(NULL AS VARCHAR)" : Column(given))} AS {RecordTable.Field(position)}";
        });
        string[] rescued =
        [
            .. columns.Index().Where(column => fields.IsRescued(column.Item)).Select(column =>
                $"{fields.RescueSql(column.Item)} || {RescuedText.Json(Column(column.Index), context.Source)}"),
        ];
        string order = string.Join(", ", columns.Select((_, position) => $"{Column(position)} NULLS FIRST"));
        string rows = $"""
            SELECT {Sql.Literal(name)} AS _source_file, {before} + _number AS _source_row,
                {BronzeMapping.Joined(rescued)} AS _rest, {RowHash}{string.Concat(selected)}
            FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS _number FROM {NewRows})
            """;
        var written = new List<WrittenFile>();
        string[] types = [.. Enumerable.Repeat("VARCHAR", fields.Fields.Count)];
        long most = context.Configuration.Limits.BatchRows;
        long news = long.Parse(
            context.Session.Query($"SELECT count(*) FROM {NewRows}")[0][0]!, CultureInfo.InvariantCulture);
        for (long from = 0; from < news; from += most)
        {
            string part = $"{rows} WHERE _number > {from} AND _number <= {from + most}";
            context.Write(written, context.Mapping.Select(part, types, context.Constants, [RowHash]));
        }

        return new BatchContent
        {
            Files = written,
            Deliveries = [new Delivery(name, 0, identity, news, 0) { RecordsBefore = before }],
            Schema = columns,
            Drift = [.. context.Mapping.Drift(name, columns)],
            Inputs = [.. inputs.Select(input => new QueryInput(input.View, input.File.Name, input.File.Length,
                input.File.Sha256, input.File.Records, input.File.Rejected)
            {
                Archive = context.Archive(input.File, input.File.Length),
            })],
        };
    }

    /// <summary>
    /// Puts the result's rows that no earlier result held, as a multiset, into <see cref="NewRows"/>. Its columns are
    /// named by their position: a name of the user's could be taken for one of ours.
    /// </summary>
    /// <returns>The result's columns, as the query names them.</returns>
    private static string[] Evaluate(LedgerRecord[] earlier, BatchContext context)
    {
        IngestSession session = context.Session;
        string[] files = [.. context.Writer.Ledger.CheckSizes(earlier)];
        session.LockDown([context.Writer.Layout.Bronze]);
        string query = context.Source.Query!.TrimEnd().TrimEnd(';');
        try
        {
            session.Execute(
                $"CREATE TEMP TABLE {Result} AS SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n{query}\n)",
                context.Cancellation);
        }
        catch (DuckDBException exception) when (!DuckDbMemory.IsOutOfMemory(exception))
        {
            throw new ShopLakeException(FailureKind.Usage, $"The query of source {context.Source.Name} (shoplake.yaml "
                + $"line {context.Source.Line}) fails: {exception.Message.Trim()}", exception);
        }

        string[] columns = [.. session.Query($"SELECT column_name FROM (DESCRIBE {Result})").Select(row => row[0]!)];
        string positions = string.Join(", ", columns.Select((_, position) => Column(position)));
        string pairs = string.Join(", ", columns.Select((name, position) => $"{Sql.Literal(name)}, {Column(position)}"));
        string held = files.Length == 0
            ? $"SELECT NULL AS {RowHash}, 0 AS times WHERE false"
            : $"SELECT {RowHash}, count(*) AS times FROM read_parquet({Sql.List(files)}) GROUP BY {RowHash}";
        session.Execute($"""
            CREATE TEMP TABLE {NewRows} AS
            SELECT hashed.* EXCLUDE (_time)
            FROM (SELECT *, row_number() OVER (PARTITION BY {RowHash}) AS _time
                FROM (SELECT *, md5(CAST(json_object({pairs}) AS VARCHAR)) AS {RowHash}
                    FROM {Result} AS result({positions}))) AS hashed
            LEFT JOIN ({held}) AS held USING ({RowHash})
            WHERE _time > coalesce(times, 0)
            """, context.Cancellation);
        return columns;
    }

    /// <summary>Name in SQL of the result's column at a position.</summary>
    private static string Column(int position) => $"column_{position}";
}

/// <summary>A file behind a view of a query.</summary>
internal sealed record QueryFile(string View, FileReading File);
