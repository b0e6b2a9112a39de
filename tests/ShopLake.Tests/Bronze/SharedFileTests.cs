using ShopLake.Bronze;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Bronze;

/// <summary>A file that two states have in common is kept once, where the file system has second names.</summary>
public sealed class SharedFileTests : IDisposable
{
    /// <summary>A file system in memory, which no file on disk can have a name in.</summary>
    private const string ElsewhereRoot = "/dev/shm";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_shared_file_is_the_same_file_and_outlives_its_first_name()
    {
        string file = _folder.Write("first", "orders");
        string shared = Path.Combine(_folder.Path, "second");

        new DurableStorage().Share(file, shared);
        File.AppendAllText(file, " of today");
        File.ReadAllText(shared).ShouldBe("orders of today");
        File.Delete(file);

        File.ReadAllText(shared).ShouldBe("orders of today");
    }

    [Fact]
    public void Where_a_file_cannot_have_a_second_name_it_is_copied()
    {
        Assert.SkipUnless(Directory.Exists(ElsewhereRoot), $"There is no second file system at {ElsewhereRoot}: mount a tmpfs there.");
        string file = _folder.Write("first", "orders");
        string elsewhere = Path.Combine(ElsewhereRoot, Path.GetFileName(_folder.Path));
        try
        {
            new DurableStorage().Share(file, elsewhere);
            File.AppendAllText(file, " of today");

            File.ReadAllText(elsewhere).ShouldBe("orders");
        }
        finally
        {
            File.Delete(elsewhere);
        }
    }
}
