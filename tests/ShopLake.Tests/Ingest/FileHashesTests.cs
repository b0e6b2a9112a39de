using ShopLake.Bronze;
using ShopLake.Ingest;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Ingest;

public sealed class FileHashesTests : IDisposable
{
    private static readonly DateTime Yesterday = DateTime.UtcNow.AddDays(-1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_nobody_touched_is_not_read_again()
    {
        FileInfo file = Write("first", Yesterday);
        string hash = Remembered(file);

        // Other bytes under the same size and time are what nobody but a test writes.
        Write("other", Yesterday);

        Remembered(file).ShouldBe(hash);
    }

    [Fact]
    public void A_touched_file_is_read_again_also_at_the_same_size()
    {
        FileInfo file = Write("first", Yesterday);
        string hash = Remembered(file);

        Write("other", Yesterday.AddMinutes(1));

        Remembered(file).ShouldNotBe(hash);
        Remembered(file).ShouldBe(Ledger.HashOf(file.FullName));
    }

    [Fact]
    public void A_file_that_was_written_just_now_is_not_trusted_yet()
    {
        FileInfo file = Write("first", DateTime.UtcNow);
        string hash = Remembered(file);

        DateTime written = file.LastWriteTimeUtc;
        Write("other", written);

        Remembered(file).ShouldNotBe(hash);
    }

    [Fact]
    public void Lost_or_cut_memory_costs_a_reading_and_no_more()
    {
        FileInfo file = Write("first", Yesterday);
        string hash = Remembered(file);
        string memory = Path.Combine(_folder.Path, ".hashes");

        foreach (string damaged in new[] { "", File.ReadAllText(memory)[..40], "no hash at all", new string('0', 64) + " x y z" })
        {
            File.WriteAllText(memory, damaged);
            Remembered(file).ShouldBe(hash);
        }
    }

    private string Remembered(FileInfo file)
    {
        var hashes = new FileHashes(_folder.Path);
        string hash = hashes.Of(FeedFile.Of(file.FullName, file.Name));
        hashes.Save();
        return hash;
    }

    private FileInfo Write(string text, DateTime changedAt)
    {
        string path = Path.Combine(_folder.Path, "payments.csv");
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, changedAt);
        return new FileInfo(path);
    }
}
