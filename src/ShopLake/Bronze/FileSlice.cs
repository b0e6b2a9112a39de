using Microsoft.Win32.SafeHandles;

namespace ShopLake.Bronze;

/// <summary>A stretch of a file as a stream.</summary>
internal sealed class FileSlice(string path, long start, long length) : Stream
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path, share: FileShare.ReadWrite);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int count = RandomAccess.Read(
            _handle, buffer[..(int)Math.Min(buffer.Length, length - Position)], start + Position);
        Position += count;
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
            _handle.Dispose();
        }

        base.Dispose(disposing);
    }
}
