using ShopLake.Catalog;
using ShopLake.Models;
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

/// <summary>
/// A wrong rule: what it says, the model it is written into, and who must notice: the books by a table, or a check.
/// </summary>
public sealed record Mutant
{
    public string Rule { get; init; } = "";

    public string Model { get; init; } = "";

    public string Table { get; init; } = "";

    public string Check { get; init; } = "";

    public IEnumerable<Edit> Edits { get; init; } = [];
}

/// <summary>
/// Wrong rules are noticed: each mutant of <c>tests/cases/gold/mutants.yaml</c> differs from the books of some shop, or
/// breaks an equation there.
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
    public void It_is_noticed(string rule)
    {
        Mutant mutant = Mutants[rule];
        shops.All.Any(shop => IsNoticed(shop.Value, mutant))
            .ShouldBeTrue($"{mutant.Table}{mutant.Check} is the same on every shop");
    }

    [Fact]
    public void Every_equation_has_a_mutant() => SmallLake.Library.Checks
        .Where(check => check.Severity == Severity.Fail && check.Rule.StartsWith("gold_", StringComparison.Ordinal))
        .Select(check => check.Rule)
        .Except(Mutants.Values.Select(mutant => mutant.Check))
        .ShouldBeEmpty();

    private static bool IsNoticed(Shop shop, Mutant mutant)
    {
        string sql = File.ReadAllText(Path.Combine(LakeCatalog.ShippedModels, mutant.Model));
        string name = SmallLake.Library.Models.Single(model => model.Sql == sql).Name;
        foreach (Edit edit in mutant.Edits)
        {
            sql.Split(edit.Find).Length.ShouldBe(2, $"{mutant.Model} should hold once: {edit.Find}");
            sql = sql.Replace(edit.Find, edit.Replace, StringComparison.Ordinal);
        }

        Differs(shop, mutant).ShouldBeFalse("the model itself is right");
        shop.Lake.Replace(name, sql);
        try
        {
            return Differs(shop, mutant);
        }
        finally
        {
            shop.Lake.Replace(name, null);
        }
    }

    private static bool Differs(Shop shop, Mutant mutant) => mutant.Check.Length > 0
        ? shop.Lake.Findings(mutant.Check, ["record_key"]).Count > 0
        : !GoldAgainstBooksTests.Differences(shop.Lake, shop.Books.Single(table => table.Name == mutant.Table)).AreNone;

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
