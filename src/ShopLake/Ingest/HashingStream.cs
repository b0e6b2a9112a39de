using System.Security.Cryptography;

namespace ShopLake.Ingest;

/// <summary>
/// Reads a delivered file's first bytes, up to a length, and hashes what passes. What the system refuses makes the file an
/// unreadable one: see <see cref="UnreadableFileException"/>.
/// </summary>
/// <param name="name">As Bronze names the file.</param>
internal sealed class HashingStream(string path, string name, long length) : Stream
{
    private readonly FileStream _inner = Open(path, name);
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    public long BytesRead { get; private set; }

    /// <summary>Its reader asked for more than there is.</summary>
    public bool WasReadToEnd { get; private set; }

    /// <summary>The first bytes, without reading past them.</summary>
    public byte[] Peek(int most)
    {
        byte[] bytes = new byte[(int)Math.Min(most, length)];
        int read = 0;
        while (read < bytes.Length && ReadDelivered(bytes.AsSpan(read)) is > 0 and var count)
        {
            read += count;
        }

        _inner.Position = 0;
        return bytes[..read];
    }

    /// <summary>Goes on behind bytes that were hashed before.</summary>
    public void ContinueAt(long start, IncrementalHash hash)
    {
        _inner.Position = start;
        BytesRead = start;
        _hash.Dispose();
        _hash = hash;
    }

    /// <summary>Gives the hash away, to be continued by another stream.</summary>
    public IncrementalHash Release()
    {
        IncrementalHash hash = _hash;
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return hash;
    }

    /// <summary>Reads to the end and gives the SHA-256 of everything, in hexadecimal.</summary>
    public string Finish()
    {
        byte[] rest = new byte[(int)Math.Min(1 << 16, length - BytesRead)];
        while (rest.Length > 0 && Read(rest) > 0)
        {
            // Read hashes; nobody needs these bytes.
        }

        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - BytesRead);
        int count = wanted == 0 ? 0 : ReadDelivered(buffer[..wanted]);
        _hash.AppendData(buffer[..count]);
        BytesRead += count;
        WasReadToEnd |= count == 0;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private static FileStream Open(string path, string name)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (UnreadableFileException.IsOfSystem(exception))
        {
            throw UnreadableFileException.Of(name, exception);
        }
    }

    private int ReadDelivered(Span<byte> buffer)
    {
        try
        {
            return _inner.Read(buffer);
        }
        catch (Exception exception) when (UnreadableFileException.IsOfSystem(exception))
        {
            throw UnreadableFileException.Of(name, exception);
        }
    }
}
