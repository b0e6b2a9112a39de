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
        // By a clock that is ahead, so that however long this test takes it stays just now.
        FileInfo file = Write("first", DateTime.UtcNow.AddHours(1));
        string hash = Remembered(file);

        DateTime written = file.LastWriteTimeUtc;
        Write("other", written);

        Remembered(file).ShouldNotBe(hash);
    }

    [Fact]
    public void A_file_that_changed_while_it_was_read_is_not_remembered()
    {
        FileInfo file = Write("first", Yesterday);
        FileStamp before = FileStamp.Of(file);
        Write("other", Yesterday.AddMinutes(1));
        var hashes = new FileHashes(_folder.Path);
        hashes.Remember(file.FullName, before, new string('0', 64));
        hashes.Save();

        Write("first", Yesterday);

        Remembered(file).ShouldBe(Ledger.HashOf(file.FullName));
    }

    [Fact]
    public void What_nobody_asks_for_any_more_is_forgotten()
    {
        Remembered(Write("first", Yesterday));
        Remembered(Write("second", Yesterday, "payments-2.csv"));

        File.ReadAllLines(Path.Combine(_folder.Path, ".hashes")).ShouldHaveSingleItem().ShouldEndWith("payments-2.csv");
    }

    [Fact]
    public void A_name_of_several_lines_is_not_taken_for_its_first()
    {
        Remembered(Write("first", Yesterday, "payments.csv\nof yesterday"));
        FileInfo file = Write("other", Yesterday);

        Remembered(file).ShouldBe(Ledger.HashOf(file.FullName));
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

    private FileInfo Write(string text, DateTime changedAt, string name = "payments.csv")
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, changedAt);
        return new FileInfo(path);
    }
}
