using System.Diagnostics;

namespace ShopLake.Ingest;

/// <summary>
/// Turns what the reading of files says into progress of the source, not more often than a person can read.
/// </summary>
internal sealed class ProgressMeter(
    string source, BronzeMapping mapping, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    : IFeedObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private TimeSpan _last;
    private long _finishedBytes;
    private long _finishedRecords;
    private long _bytesTotal;

    /// <param name="bytes">Delivered bytes that are to be read.</param>
    public void Restart(long bytes)
    {
        _bytesTotal = bytes;
        _finishedBytes = 0;
        _finishedRecords = 0;
    }

    public void Header(FileReading file, IReadOnlyList<string> names)
    {
        if (mapping.Source.Query is null)
        {
            mapping.CheckRequired(file.Name, names);
        }
    }

    public void Tick(long bytes, FileReading file)
    {
        cancellation.ThrowIfCancellationRequested();
        if (progress is not null && _elapsed.Elapsed - _last > Interval)
        {
            _last = _elapsed.Elapsed;
            progress.Report(new IngestProgress(source, file.Name, _finishedBytes + bytes - file.Start, _bytesTotal,
                _finishedRecords + file.Records, _elapsed.Elapsed));
        }
    }

    public void Finished(FileReading file)
    {
        _finishedBytes += file.Length - file.Start;
        _finishedRecords += file.Records;
    }
}
