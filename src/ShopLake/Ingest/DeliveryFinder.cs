using System.Security.Cryptography;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Tells which files of a source are new. A delivery is its bytes, whatever its name.</summary>
internal sealed class DeliveryFinder(Source source, string projectFolder, FileHashes fileHashes)
{
    /// <summary>Files that were delivered before.</summary>
    public List<string> Known { get; } = [];

    /// <param name="paths">Absolute, in the order of their rows' position.</param>
    /// <exception cref="UnreadableFileException">
    /// One of the files; <paramref name="failed"/> is given its name.
    /// </exception>
    public IReadOnlyList<FileReading> FindNew(IEnumerable<string> paths, Ledger ledger, Action<string> failed)
    {
        Known.Clear();
        Delivery[] before =
        [
            .. ledger.Records.Where(record => record.Source == source.Name).SelectMany(record => record.Deliveries),
        ];
        var hashes = before.Select(delivery => delivery.Sha256).ToHashSet(StringComparer.Ordinal);
        var sizes = before.Select(delivery => delivery.Bytes).ToHashSet();
        var files = new List<FileReading>();
        string name = "";
        try
        {
            var found = new List<FeedFile>();
            foreach (string path in paths)
            {
                name = FeedFile.NameOf(path, projectFolder);
                found.Add(FeedFile.Of(path, name));
            }

            // Only a file that shares its size with another can be the same delivery; the rest is not read in advance.
            sizes.UnionWith(found.GroupBy(file => file.Stamp.Bytes).Where(group => group.Skip(1).Any())
                .Select(group => group.Key));
            foreach (FeedFile file in found)
            {
                name = file.Name;
                FileReading reading = Continue(file, before) ?? new FileReading(file.Path, name, file.Stamp.Bytes)
                {
                    IsGrowing = source.Growing,
                    Mends = MendsOf(Path.GetFileName(name)),
                    Stamp = file.Stamp,
                };
                if (reading.Mends?.IsAsExported(fileHashes.Of(file)) ?? false)
                {
                    continue;
                }

                bool isKnown = reading.Start > 0 ? reading.Start == reading.Length
                    : sizes.Contains(reading.Length) && !hashes.Add(fileHashes.Of(file));
                if (isKnown)
                {
                    Known.Add(name);
                }
                else
                {
                    files.Add(reading);
                }
            }
        }
        catch (UnreadableFileException)
        {
            failed(name);
            throw;
        }

        return files;
    }

    /// <summary>
    /// A growing file whose part read before still has the same bytes is read on; null for any other.
    /// </summary>
    private FileReading? Continue(FeedFile file, Delivery[] before)
    {
        long length = file.Stamp.Bytes;
        Delivery? last = source.Growing ? before.LastOrDefault(delivery => delivery.File == file.Name) : null;
        if (last is null || last.Bytes == 0 || last.Bytes > length)
        {
            return null;
        }

        if (last.Bytes == length)
        {
            return fileHashes.Of(file) == last.Sha256 ? Behind(last, null) : null;
        }

        using var stream = new HashingStream(file.Path, file.Name, last.Bytes);
        if (stream.Finish() != last.Sha256)
        {
            return null;
        }

        return Behind(last, stream.Release());

        FileReading Behind(Delivery read, IncrementalHash? hash) => new(file.Path, file.Name, length)
        {
            IsGrowing = true,
            Start = read.Bytes,
            StartHash = hash,
            RecordsBefore = read.RecordsBefore + read.Records,
        };
    }

    private MendedFile? MendsOf(string fileName) =>
        MendedFile.Parse(fileName) is { } mended && mended.Source == source.Name ? mended : null;
}
