namespace ShopLake.Tests;

/// <summary>Files of the repository that tests read in place.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>ShopLake.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>
    /// Compares a text with a committed file. After a change on purpose, run the tests with SHOPLAKE_ACCEPT=1,
    /// which writes the file, and look at the difference before committing it.
    /// </summary>
    public static void ShouldBeCommitted(string text, params string[] parts)
    {
        string path = PathOf(parts);
        if (Environment.GetEnvironmentVariable("SHOPLAKE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        File.Exists(path).ShouldBeTrue($"{path} is missing; run the test with SHOPLAKE_ACCEPT=1 to write it.");
        text.ShouldBe(File.ReadAllText(path), $"{path} differs; SHOPLAKE_ACCEPT=1 writes it anew.");
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ShopLake.slnx")))
            folder = Path.GetDirectoryName(folder);

        return folder ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
