using System.Security.Cryptography;

namespace ShopLake.Bronze;

/// <summary>Keeps delivered bytes as they came: packed with zstd, named by their hash.</summary>
internal static class Archive
{
    /// <param name="path">The delivered file.</param>
    /// <param name="start">First byte of the delivery: behind what earlier deliveries of a growing file gave.</param>
    /// <param name="sha256">What the bytes were when they were read; null where that is not known.</param>
    /// <exception cref="IOException">The file has changed since.</exception>
    /// <returns>The archived file; the same bytes are kept once, whoever delivers them.</returns>
    public static LakeFile Keep(BronzeWriter writer, string path, long start, long length, string? sha256)
    {
        string hash;
        using (Stream delivered = new FileSlice(path, start, length))
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(delivered));
        }

        if (sha256 is not null && hash != sha256)
        {
            throw new IOException($"{path} was changed while it was read.");
        }

        string archive = writer.Layout.Archive(hash);
        if (File.Exists(archive))
        {
            writer.KeepName(archive);
            return new LakeFile(
                writer.Layout.Relative(archive), 0, new FileInfo(archive).Length, Ledger.HashOf(archive));
        }

        string temporary = writer.Temporary(archive);
        writer.Announce(temporary);
        using (Stream delivered = new FileSlice(path, start, length))
        using (FileStream target = new(temporary, FileMode.Create, FileAccess.Write))
        using (var packed = new ZstdSharp.CompressionStream(target))
        {
            delivered.CopyTo(packed);
        }

        return writer.Keep(archive, 0);
    }
}
