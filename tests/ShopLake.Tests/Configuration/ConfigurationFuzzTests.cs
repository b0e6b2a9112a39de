using ShopLake.Configuration;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Configuration;

/// <summary>
/// Mutated configurations are read, or refused as wrong usage with the file's name; nothing else happens.
/// </summary>
public sealed class ConfigurationFuzzTests
{
    [Fact]
    public void Any_bytes_are_a_configuration_or_a_mistake_of_it()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "shoplake.yaml");
        string cases = Repository.PathOf("tests/cases/configuration");
        byte[][] seeds = [.. Directory.GetFiles(cases, "*.yaml").Select(File.ReadAllBytes)];
        int read = 0;
        int refused = 0;
        Fuzzing.Run(seeds, (mutated, _) =>
        {
            File.WriteAllBytes(file, mutated);
            try
            {
                ConfigurationLoader.Load(file, environment: name => name == "SHOP" ? "olist" : null).ShouldNotBeNull();
                read++;
            }
            catch (ShopLakeException refusal)
            {
                refusal.Kind.ShouldBe(FailureKind.Usage);
                refusal.Message.ShouldContain("shoplake.yaml");
                refused++;
            }
        });

        read.ShouldBePositive();
        refused.ShouldBePositive();
    }
}
