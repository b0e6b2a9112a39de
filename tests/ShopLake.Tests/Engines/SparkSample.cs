namespace ShopLake.Tests.Engines;

/// <summary>A part of <see cref="SparkEquality"/> that is short enough for every build.</summary>
public sealed class SparkSample
{
    private const int OneOf = 10;

    private readonly SparkEquality _all = new();

    public static TheoryData<string> SilverCases => [.. Some(EngineEquality.SilverCases)];

    public static TheoryData<string> GoldCases => [.. Some(EngineEquality.GoldCases)];

    [Theory]
    [MemberData(nameof(SilverCases))]
    public void The_rows_of_Silver_follow(string file) => _all.The_rows_of_Silver_follow(file);

    [Theory]
    [MemberData(nameof(GoldCases))]
    public void The_numbers_of_Gold_follow(string file) => _all.The_numbers_of_Gold_follow(file);

    [Fact]
    public void A_simulated_shop_gives_its_books_and_the_tables_of_DuckDB_after_two_runs() =>
        _all.A_simulated_shop_gives_its_books_and_the_tables_of_DuckDB(2, "America/Sao_Paulo", isInTwoRuns: true);

    private static IEnumerable<string> Some(TheoryData<string> files) =>
        files.Select(file => file.Data).Where((_, index) => index % OneOf == 0);
}
