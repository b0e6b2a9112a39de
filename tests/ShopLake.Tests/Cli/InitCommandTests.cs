using ShopLake.Configuration;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Cli;

public sealed class InitCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_init_writes_is_a_configuration_whose_feeds_exist()
    {
        string shop = Path.Combine(_folder.Path, "shop");

        CommandRun.Of("init", shop).ExitCode.ShouldBe(0);

        var lake = ConfigurationLoader.Load(Path.Combine(shop, "shoplake.yaml"));
        lake.Sources.Count.ShouldBe(6);
        foreach (var source in lake.Sources)
            Directory.GetFiles(Path.GetDirectoryName(source.Path)!, Path.GetFileName(source.Path)!).ShouldNotBeEmpty();
    }

    [Fact]
    public void What_init_says_comes_next_can_be_pasted_into_a_shell()
    {
        string shop = Path.Combine(_folder.Path, "my shop");

        CommandRun.Of("init", shop).Output.ShouldEndWith($"Next: cd '{shop}' && shoplake run\n");
    }

    [Fact]
    public void Init_overwrites_nothing()
    {
        string file = Path.Combine(_folder.Path, "shoplake.yaml");
        File.WriteAllText(file, "mine");

        var run = CommandRun.Of("init", _folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe($"Error: init overwrites nothing, and these files exist: {file}.\n"
            + "Try: shoplake init with another folder.\n");
        Directory.GetFileSystemEntries(_folder.Path).ShouldHaveSingleItem();
        File.ReadAllText(file).ShouldBe("mine");
    }

    [Theory]
    [InlineData("init", "")]
    [InlineData("simulate", "--users 10 --days 1 --out")]
    public void A_file_where_a_folder_must_be_is_one_error_and_exits_with_4(string verb, string options)
    {
        string file = _folder.Write("af", "mine");

        var run = CommandRun.Of([verb, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), file]);

        run.ExitCode.ShouldBe(4);
        run.Error.ShouldStartWith("Error: ");
        run.Error.TrimEnd('\n').ShouldNotContain('\n');
        run.Error.ShouldContain(file);
        File.ReadAllText(file).ShouldBe("mine");
    }
}
