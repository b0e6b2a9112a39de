using ShopLake.Models;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Models;

public sealed class ModelLibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelLibraryTests()
    {
        _folder.Write("1_bronze/tables.yaml", string.Join('\n', Catalog.LakeCatalog.RawTables.Select(table =>
            $"{table}:\n  id: text — id")));
        _folder.Write("3_gold/tables.yaml", """
            first:
              id: text — id
            second:
              id: text — id
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Models_come_after_what_they_read()
    {
        WriteModel("first", "SELECT id FROM gold.second");
        WriteModel("second", "WITH raw AS (SELECT id FROM bronze.users_raw) SELECT id FROM raw");

        string[] names = [.. ModelLibrary.Load(_folder.Path).Models.Select(model => model.Name)];

        Array.IndexOf(names, "gold.second").ShouldBeLessThan(Array.IndexOf(names, "gold.first"));
    }

    [Fact]
    public void A_circle_is_printed_step_by_step()
    {
        WriteModel("first", "SELECT id FROM gold.second");
        WriteModel("second", "SELECT id FROM gold.first");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("gold.first (");
        message.ShouldContain("reads\n  gold.second");
    }

    [Fact]
    public void All_unknown_tables_are_listed_with_file_line_and_nearest_name()
    {
        WriteModel("first", "SELECT id\nFROM gold.secund");
        WriteModel("second", "SELECT id FROM bronze.user_raw");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:7: unknown table gold.secund. Did you mean gold.second?");
        message.ShouldContain("unknown table bronze.user_raw. Did you mean bronze.users_raw?");
    }

    [Fact]
    public void A_syntax_error_shows_file_line_and_caret()
    {
        WriteModel("first", "SELECT id\nFROM WHERE");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:7: ");
        message.ShouldContain("FROM WHERE");
        message.ShouldContain("^");
    }

    [Fact]
    public void A_header_names_its_mistakes()
    {
        _folder.Write("3_gold/first.sql", "/*\nname: gold.first\ngrian: [id]\n*/\nSELECT id FROM bronze.users_raw");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:3: unknown key `grian`");
        message.ShouldContain("the header lacks `what`");
    }

    [Fact]
    public void A_timeline_names_its_mistakes()
    {
        Timeline("at: dya, during: {bronze.users_raw: updated_at, bronze.orders_raw: updated_at}", "first");
        Timeline("during: {bronze.users_raw: updated_at}", "second");
        _folder.Write("3_gold/third.sql", "/*\nname: gold.third\ngrain: [id]\nwhat: ids\ntimeline: {at: id}\n*/\nSELECT id FROM bronze.users_raw");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:1: `timeline` is told by dya, which is not a column");
        message.ShouldContain("first.sql:1: `timeline` tells the time of rows of bronze.orders_raw; it takes an input whose rows name their own piece");
        message.ShouldContain("second.sql:7: `timeline` takes at (a column)");
        message.ShouldContain("third.sql:1: `timeline` stands without `scope`.");

        void Timeline(string text, string name) => _folder.Write($"3_gold/{name}.sql",
            $"/*\nname: gold.{name}\ngrain: [id]\nwhat: ids\nscope: [id]\nreads: {{bronze.users_raw: user_id}}\ntimeline: {{{text}}}\n*/\n"
            + "SELECT user_id AS id FROM bronze.users_raw");
    }

    [Fact]
    public void What_reads_the_state_of_the_lake_has_no_pieces()
    {
        _folder.Write("3_gold/first.sql", """
            /*
            name: gold.first
            what: first
            scope: [id]
            reads:
              bronze.users_raw: id
            */
            SELECT id FROM bronze.users_raw CROSS JOIN config.lake
            """);

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:1: config.lake is otherwise after each commit");
    }

    [Fact]
    public void A_rule_on_silver_cannot_quarantine()
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw");
        _folder.Write("checks/odd.sql",
            "/*\ncheck: odd\non: gold.first\nseverity: quarantine\nwhat: odd ids\n*/\nSELECT id FROM gold.first");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldContain("only rows of Bronze can be quarantined");
    }

    private void WriteModel(string name, string sql) =>
        _folder.Write($"3_gold/{name}.sql", $"/*\nname: gold.{name}\ngrain: [id]\nwhat: ids\n*/\n{sql}\n");
}
