using System.Text.Json.Nodes;
using ShopLake.Configuration;

namespace ShopLake.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void The_committed_schema_is_the_generated_one() =>
        Repository.ShouldBeCommitted(ConfigurationReference.JsonSchema(), "docs", "shoplake.schema.json");

    [Fact]
    public void The_committed_reference_is_the_generated_one() =>
        Repository.ShouldBeCommitted(ConfigurationReference.Markdown(), "docs", "configuration.md");

    [Fact]
    public void The_schema_offers_keys_choices_and_Bronze_columns()
    {
        var schema = JsonNode.Parse(ConfigurationReference.JsonSchema())!;
        var source = schema["properties"]!["sources"]!["additionalProperties"]!;

        source["required"]!.AsArray().Select(name => (string)name!).ShouldBe(["table"]);
        source["properties"]!["table"]!["enum"]!.AsArray().Count.ShouldBe(6);
        source["properties"]!["columns"]!["propertyNames"]!["enum"]!.AsArray()
            .Select(name => (string)name!).ShouldContain("payment_amount");
        ((bool)schema["additionalProperties"]!).ShouldBeFalse();
    }

    [Fact]
    public void Every_default_is_a_value_of_its_key()
    {
        foreach (var key in KnownKeys.All.Where(key => key.Default is not null))
            key.Type!.Parse(key.Default!).ShouldNotBeNull(key.Path);
    }
}
