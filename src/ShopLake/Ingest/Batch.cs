using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>A Parquet file of a batch, still under its temporary name.</summary>
internal sealed record WrittenFile(string Path, long Rows);

/// <summary>What a source gives in one commit, written but not committed.</summary>
internal sealed record BatchContent
{
    public required IReadOnlyList<WrittenFile> Files { get; init; }

    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>Names of the source's columns, with types where the format has them.</summary>
    public required IEnumerable<string> Schema { get; init; }

    public IReadOnlyList<string> Drift { get; init; } = [];

    public IReadOnlyList<QueryInput> Inputs { get; init; } = [];

    /// <summary>Each record is one row or a dead letter, whatever the files hold.</summary>
    /// <exception cref="ShopLakeException">The rows that were written are more or less.</exception>
    public void CheckRows(string source)
    {
        long records = Deliveries.Sum(delivery => delivery.Records - delivery.Rejected);
        long rows = Files.Sum(file => file.Rows);
        if (rows != records)
        {
            throw new ShopLakeException(FailureKind.OutOfReach, $"Source {source} was not ingested: {rows} rows were made of "
                + $"{records} records. Nothing of it was committed. This is a mistake in ShopLake: report it, with the names and "
                + "types of the feed's columns.");
        }
    }

    public string SchemaFingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Schema.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)))));
}

/// <summary>What the reading of one batch works with.</summary>
internal sealed record BatchContext(
    LakeConfiguration Configuration, BronzeMapping Mapping, BronzeWriter Writer, IngestSession Session,
    DeadLetterWriter DeadLetters, MappingContext Constants, IFeedObserver Observer, CancellationToken Cancellation)
{
    public Source Source => Mapping.Source;

    /// <summary>Writes a SELECT as the batch's next Parquet file; no rows leave no file.</summary>
    public void Write(List<WrittenFile> files, string select)
    {
        string path = Writer.Layout.Parquet(Source.Table, Writer.Sequence, files.Count + 1);
        string temporary = Writer.Temporary(path);
        Writer.Announce(temporary);
        long rows = Session.Copy(select, temporary, Cancellation);
        if (rows > 0)
        {
            files.Add(new WrittenFile(path, rows));
        }
        else
        {
            Writer.Discard(temporary);
        }
    }

    /// <summary>Keeps the delivered bytes where the source asks for it.</summary>
    /// <param name="end">Behind the last byte that was taken.</param>
    public LakeFile? Archive(FileReading file, long end) => Source.Archive
        ? Bronze.Archive.Keep(Writer, file.Path, file.Start, end - file.Start, file.Start == 0 ? file.Sha256 : null)
        : null;
}
