using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Reads CSV and JSON lines: many files, one batch.</summary>
internal static class RecordBatch
{
    /// <exception cref="UnreadableFileException">One of the files; <paramref name="failed"/> says which.</exception>
    public static BatchContent Read(IReadOnlyList<FileReading> files, BatchContext context, Action<FileReading> failed)
    {
        BronzeMapping mapping = context.Mapping;
        using var feed = new RecordFeed(
            files, mapping.Fields, context.Configuration.Limits, context.DeadLetters, context.Observer);
        RecordTable table = context.Session.AddTable("records", mapping.Fields, context.Configuration.Limits);
        string select = mapping.Select("SELECT * FROM records()",
            [.. Enumerable.Repeat("VARCHAR", mapping.Fields.Fields.Count)], context.Constants);
        var written = new List<WrittenFile>();
        try
        {
            do
            {
                feed.BeginPart();
                table.Read(feed, () => context.Write(written, select));
            }
            while (feed.HasMore);
        }
        catch (UnreadableFileException)
        {
            failed(feed.Failed!);
            throw;
        }

        foreach (FileReading file in files)
        {
            Judge(file, mapping, failed);
        }

        return new BatchContent
        {
            Files = written,
            Deliveries = [.. files.Where(file => file.BytesTaken > file.Start || !file.IsGrowing)
                .Select(file => Delivered(file, context))],
            Schema = files.SelectMany(NamesOf),
            Drift = [.. files.Where(file => file.Records > 0)
                .SelectMany(file => mapping.Drift(file.Name, NamesOf(file)))],
        };
    }

    private static Delivery Delivered(FileReading file, BatchContext context) =>
        new(file.Name, file.BytesTaken, file.Sha256, file.Records, file.Rejected)
        {
            RecordsBefore = file.RecordsBefore,
            Mends = file.Mends is { } mends
                ? new Mending(mends.UpTo, file.Columns?.Names, file.Transcoder?.Encoding)
                : null,
            Archive = context.Archive(file, file.BytesTaken),
        };

    private static IEnumerable<string> NamesOf(FileReading file) =>
        file.Columns?.Names ?? (IEnumerable<string>)file.Keys;

    /// <summary>Some mistakes show only when the whole file is read.</summary>
    private static void Judge(FileReading file, BronzeMapping mapping, Action<FileReading> failed)
    {
        try
        {
            // A single one says nothing of the file: it may be torn within a character, and is a dead letter.
            if (file.WrongText > 1 && file.WrongText * 2 > file.Records)
            {
                throw new UnreadableFileException($"{file.Name}: {file.WrongText} of {file.Records} records are no "
                    + $"text in {mapping.Source.Csv.Encoding}. Set the `encoding` of source {mapping.Source.Name} "
                    + $"(shoplake.yaml line {mapping.Source.Line}); if the file is not text, it does not belong here.");
            }

            if (mapping.Source.Format == SourceFormat.Jsonl && file.Records > file.Rejected)
            {
                mapping.CheckRequired(file.Name, file.Keys);
            }
        }
        catch (UnreadableFileException)
        {
            failed(file);
            throw;
        }
    }
}
