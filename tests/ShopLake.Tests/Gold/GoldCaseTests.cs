using ShopLake.Tests.Silver;

namespace ShopLake.Tests.Gold;

/// <summary>Given rows, expected numbers: the situations of <c>tests/cases/gold</c>, computed by hand, one file each.</summary>
public sealed class GoldCaseTests
{
    private static readonly string Folder = Repository.PathOf("tests/cases/gold");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.case", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_numbers_follow(string file) =>
        SilverCaseTests.Differences(CaseFile.Read(Path.Combine(Folder, file))).ShouldBeEmpty();
}
