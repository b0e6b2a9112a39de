using System.Security.Cryptography;
using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>Tells which files of a source are new. A delivery is its bytes, whatever its name.</summary>
internal sealed class DeliveryFinder(Source source, string projectFolder, FileHashes fileHashes)
{
    /// <summary>Files that were delivered before.</summary>
    public List<string> Known { get; } = [];

    /// <summary>Path of a file as Bronze names it.</summary>
    public static string NameOf(string path, string projectFolder) =>
        Path.GetRelativePath(projectFolder, path).Replace('\\', '/');

    /// <param name="paths">Absolute, in the order of their rows' position.</param>
    public IReadOnlyList<FileReading> FindNew(IEnumerable<string> paths, Ledger ledger)
    {
        Known.Clear();
        Delivery[] before =
        [
            .. ledger.Records.Where(record => record.Source == source.Name).SelectMany(record => record.Deliveries),
        ];
        var hashes = before.Select(delivery => delivery.Sha256).ToHashSet(StringComparer.Ordinal);
        var sizes = before.Select(delivery => delivery.Bytes).ToHashSet();
        var files = new List<FileReading>();
        FileInfo[] infos = [.. paths.Select(path => new FileInfo(path)).Where(info => info.Exists)];
        // Only a file that shares its size with another can be the same delivery; the rest is not read in advance.
        sizes.UnionWith(infos.GroupBy(info => info.Length).Where(group => group.Skip(1).Any())
            .Select(group => group.Key));
        foreach (FileInfo info in infos)
        {
            string name = NameOf(info.FullName, projectFolder);
            FileReading file = Continue(info, name, before) ?? new FileReading(info.FullName, name, info.Length)
            {
                IsGrowing = source.Growing,
                Mends = MendsOf(info.Name),
                Stamp = FileStamp.Of(info),
            };
            if (file.Mends?.IsAsExported(fileHashes.Of(info)) ?? false)
            {
                continue;
            }

            bool isKnown = file.Start > 0 ? file.Start == file.Length
                : sizes.Contains(info.Length) && !hashes.Add(fileHashes.Of(info));
            if (isKnown)
            {
                Known.Add(name);
            }
            else
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <summary>
    /// A growing file whose part read before still has the same bytes is read on; null for any other.
    /// </summary>
    private FileReading? Continue(FileInfo info, string name, Delivery[] before)
    {
        Delivery? last = source.Growing ? before.LastOrDefault(delivery => delivery.File == name) : null;
        if (last is null || last.Bytes == 0 || last.Bytes > info.Length)
        {
            return null;
        }

        if (last.Bytes == info.Length)
        {
            return fileHashes.Of(info) == last.Sha256 ? Behind(last, null) : null;
        }

        using var stream = new HashingStream(info.FullName, last.Bytes);
        if (stream.Finish() != last.Sha256)
        {
            return null;
        }

        return Behind(last, stream.Release());

        FileReading Behind(Delivery read, IncrementalHash? hash) => new(info.FullName, name, info.Length)
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
