using ShopLake.Catalog;
using ShopLake.Simulator.Books;
using ShopLake.Tests.Silver;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ShopLake.Tests.Gold;

/// <summary>One text of a model that stands for another.</summary>
public sealed record Edit
{
    public string Find { get; init; } = "";

    public string Replace { get; init; } = "";
}

/// <summary>A wrong rule: what it says, the model it is written into, the table that must differ then.</summary>
public sealed record Mutant
{
    public string Rule { get; init; } = "";

    public string Model { get; init; } = "";

    public string Table { get; init; } = "";

    public IEnumerable<Edit> Edits { get; init; } = [];
}

/// <summary>
/// The books notice wrong rules: each mutant of <c>tests/cases/gold/mutants.yaml</c> differs on some shop.
/// </summary>
public sealed class MutantTests(MutantTests.Shops shops) : IClassFixture<MutantTests.Shops>
{
    private static readonly Dictionary<string, Mutant> Mutants = new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .Build()
        .Deserialize<List<Mutant>>(File.ReadAllText(Repository.PathOf("tests/cases/gold/mutants.yaml")))
        .ToDictionary(mutant => mutant.Rule, StringComparer.Ordinal);

    public static TheoryData<string> Rules => [.. Mutants.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_books_notice(string rule)
    {
        Mutant mutant = Mutants[rule];
        shops.All.Any(shop => IsNoticed(shop.Value, mutant)).ShouldBeTrue($"{mutant.Table} is the same on every shop");
    }

    private static bool IsNoticed(Shop shop, Mutant mutant)
    {
        string sql = File.ReadAllText(Path.Combine(LakeCatalog.ShippedModels, mutant.Model));
        string name = SmallLake.Library.Models.Single(model => model.Sql == sql).Name;
        foreach (Edit edit in mutant.Edits)
        {
            sql.Split(edit.Find).Length.ShouldBe(2, $"{mutant.Model} should hold once: {edit.Find}");
            sql = sql.Replace(edit.Find, edit.Replace, StringComparison.Ordinal);
        }

        BookTable books = shop.Books.Single(table => table.Name == mutant.Table);
        GoldAgainstBooksTests.Differences(shop.Lake, books).AreNone.ShouldBeTrue("the model itself agrees with the books");
        shop.Lake.Replace(name, sql);
        try
        {
            return !GoldAgainstBooksTests.Differences(shop.Lake, books).AreNone;
        }
        finally
        {
            shop.Lake.Replace(name, null);
        }
    }

    /// <summary>A lake of a random shop, and its books.</summary>
    internal sealed record Shop(SmallLake Lake, IReadOnlyList<BookTable> Books);

    /// <summary>The shops that mutants meet, one after the other, each made when the first mutant comes to it.</summary>
    public sealed class Shops : IDisposable
    {
        internal IReadOnlyList<Lazy<Shop>> All { get; } =
            [.. Enumerable.Range(101, 40).Select(seed => new Lazy<Shop>(() => Make(new RandomShop(seed))))];

        public void Dispose()
        {
            foreach (Lazy<Shop> shop in All.Where(shop => shop.IsValueCreated))
            {
                shop.Value.Lake.Dispose();
            }
        }

        private static Shop Make(RandomShop shop) => new(shop.Lake(), shop.Books());
    }
}
