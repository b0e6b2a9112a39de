using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Brings what is new in one source to Bronze, in one commit.</summary>
internal sealed class SourceIngest(
    LakeConfiguration configuration, Source source, TableDefinition table, Ledger ledger, DurableStorage storage,
    FileHashes hashes, IProgress<IngestProgress>? progress)
{
    private readonly List<ShopLakeException> _errors = [];
    private readonly List<string> _warnings = [];
    private IReadOnlyList<string> _known = [];

    public SourceReport Run(CancellationToken cancellation)
    {
        LedgerRecord? record = null;
        try
        {
            using BronzeWriter writer = BronzeWriter.Begin(ledger, storage, TellOfWaiting, cancellation);
            record = Ingest(writer, cancellation);
        }
        catch (ShopLakeException exception)
        {
            _errors.Add(exception);
        }
        catch (DuckDBException exception) when (DuckDbMemory.IsOutOfMemory(exception))
        {
            _errors.Add(new ShopLakeException(FailureKind.OutOfReach, $"Source {source.Name} was not ingested: it "
                + $"needs more memory than limits.memory_limit = {configuration.Limits.MemoryLimit}, even with the disk's "
                + "help. Nothing of it is half written; raise the limit and run again.", exception));
        }
        catch (Exception exception) when (exception is DuckDBException or IOException or UnauthorizedAccessException)
        {
            _errors.Add(new ShopLakeException(FailureKind.OutOfReach, $"Source {source.Name} was not ingested: "
                + $"{exception.Message.Trim()}\nNothing of it is half written; mend this and run again.", exception));
        }

        return new SourceReport(source.Name, source.Table)
        {
            Files = [.. record?.Deliveries.Select(delivery => delivery.File) ?? []],
            Known = _known,
            Commits = record is null ? [] : [record.Sequence],
            Accepted = record?.Rows ?? 0,
            Rejected = record?.Rejected ?? 0,
            Bytes = record?.Deliveries.Sum(delivery => delivery.Bytes) ?? 0,
            Drift = record?.Drift ?? [],
            Warnings = _warnings,
            Errors = _errors,
        };
    }

    private void TellOfWaiting() => progress?.Report(
        new IngestProgress(source.Name, "", 0, 0, 0, TimeSpan.Zero) { IsWaiting = true });

    private LedgerRecord? Ingest(BronzeWriter writer, CancellationToken cancellation)
    {
        var mapping = new BronzeMapping(source, table);
        var zone = new SourceZone(source.TimeZone);
        var meter = new ProgressMeter(source.Name, mapping, progress, cancellation);
        return source.Query is null
            ? IngestFiles(writer, mapping, zone, meter, cancellation)
            : IngestQuery(writer, mapping, zone, meter, cancellation);
    }

    private LedgerRecord? IngestFiles(
        BronzeWriter writer, BronzeMapping mapping, SourceZone zone, ProgressMeter meter,
        CancellationToken cancellation)
    {
        var finder = new DeliveryFinder(source, configuration.ProjectFolder, hashes);
        IReadOnlyList<string> paths = Paths(writer.Ledger);

        // A file that turns out to be unreadable leaves the batch, and the others are read again without it.
        while (true)
        {
            string? failed = null;
            try
            {
                IReadOnlyList<FileReading> files = finder.FindNew(paths, writer.Ledger, name => failed = name);
                _known = finder.Known;
                if (files.Count == 0)
                {
                    return null;
                }

                meter.Restart(files.Sum(file => file.Length - file.Start));
                LedgerRecord? record = InSession(writer, mapping, zone, meter, context => source.Format == SourceFormat.Parquet
                    ? ParquetBatch.Read(files, context, file => failed = file.Name)
                    : RecordBatch.Read(files, context, file => failed = file.Name), cancellation);
                Remember(files);
                WarnOfStalled(files);
                return record;
            }
            catch (UnreadableFileException exception) when (failed is not null)
            {
                _errors.Add(new ShopLakeException(FailureKind.UnreadableInput, exception.Message, exception));
                paths = [.. paths.Where(path => FeedFile.NameOf(path, configuration.ProjectFolder) != failed)];
            }
        }
    }

    /// <summary>Files that were read to their end need not be read again to be known.</summary>
    private void Remember(IEnumerable<FileReading> files)
    {
        foreach (FileReading file in files)
        {
            if (file.Stamp is { } stamp && file.BytesTaken == file.Length)
            {
                hashes.Remember(file.Path, stamp, file.Sha256);
            }
        }
    }

    private void WarnOfStalled(IEnumerable<FileReading> files) => _warnings.AddRange(
        files.Where(file => file.IsStalled).Select(file => $"{file.Name} is read up to byte {file.BytesTaken} only: the record "
            + "behind it goes over several lines and does not end yet. If it is one line, a quote in it is missing or too many: "
            + "correct it there, and leave the bytes before it as they are."));

    private LedgerRecord? IngestQuery(
        BronzeWriter writer, BronzeMapping mapping, SourceZone zone, ProgressMeter meter,
        CancellationToken cancellation)
    {
        IReadOnlyList<QueryFile> inputs = QueryBatch.FindInputs(source, configuration.ProjectFolder, hashes);
        string identity = QueryBatch.Identity(source, inputs);
        LedgerRecord? last = writer.Ledger.Records.LastOrDefault(record => record.Source == source.Name);
        if (last?.Deliveries[0].Sha256 == identity)
        {
            _known = [.. inputs.Select(input => input.File.Name).Distinct()];
            return null;
        }

        meter.Restart(inputs.Sum(input => input.File.Length));
        return InSession(writer, mapping, zone, meter,
            context => QueryBatch.Read(inputs, identity, context), cancellation);
    }

    private LedgerRecord? InSession(
        BronzeWriter writer, BronzeMapping mapping, SourceZone zone, ProgressMeter meter,
        Func<BatchContext, BatchContent> read, CancellationToken cancellation)
    {
        using var session = new IngestSession(configuration, zone);
        using DeadLetterWriter deadLetters = writer.DeadLetters();
        var constants = new MappingContext(writer.Sequence, writer.Now(), zone, configuration.Money.Currency);
        var context = new BatchContext(
            configuration, mapping, writer, session, deadLetters, constants, meter, cancellation);
        return Commit(context, read(context));
    }

    private LedgerRecord? Commit(BatchContext context, BatchContent content)
    {
        if (content.Deliveries.Count == 0)
        {
            return null;
        }

        content.CheckRows(source.Name);
        BronzeWriter writer = context.Writer;
        context.DeadLetters.Dispose();
        var record = new LedgerRecord
        {
            Sequence = writer.Sequence,
            Previous = writer.Ledger.LastHash,
            Source = source.Name,
            Table = source.Table,
            CommittedAt = context.Constants.Instant,
            Deliveries = content.Deliveries,
            Files = [.. content.Files.Select(file => writer.Keep(file.Path, file.Rows))],
            DeadLetters = writer.Keep(context.DeadLetters),
            SchemaFingerprint = content.SchemaFingerprint,
            Drift = content.Drift,
            Inputs = content.Inputs,
        };
        context.Cancellation.ThrowIfCancellationRequested();
        writer.Publish(record);
        return record;
    }

    private IReadOnlyList<string> Paths(Ledger ledger)
    {
        IReadOnlyList<string> paths = Glob.Find(source.Path!);
        IEnumerable<string> mended = Glob.Find(Path.Combine(ledger.Lake, DeadLetters.MendingFolder, "*"))
            .Where(path => MendedFile.Parse(Path.GetFileName(path))?.Source == source.Name);
        // Files that were read before may be gone: whoever delivers them clears them away.
        if (paths.Count == 0 && !ledger.Records.Any(record => record.Source == source.Name))
        {
            // Where a pattern is, nothing may have been delivered yet.
            _warnings.Add(Glob.HasWildcard(source.Path!)
                ? $"{source.Path} finds no file. Is the `path` of source {source.Name} right (shoplake.yaml line {source.Line})?"
                : throw new ShopLakeException(FailureKind.UnreadableInput, $"{source.Path} does not exist. Correct the `path` of "
                    + $"source {source.Name} (shoplake.yaml line {source.Line})."));
        }

        return [.. paths.Union(mended)];
    }
}
