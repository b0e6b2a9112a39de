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
        WriteModel("first", "SELECT id FROM bronze.users_raw");
        WriteModel("second", "SELECT id FROM bronze.users_raw");
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

    [Theory]
    [InlineData("SELECT id\nFROM users_raw", "write the table with its schema: bronze.users_raw.")]
    [InlineData("SELECT id\nFROM 'users.csv'", "users.csv is no table of the lake")]
    [InlineData("SELECT id\nFROM read_csv('users.csv')", "read_csv does not follow from the data")]
    [InlineData("SELECT id FROM bronze.users_raw\nWHERE id > current_date", "current_date does not follow from the data")]
    [InlineData("SELECT id FROM bronze.users_raw\nWHERE Random() > 0.5", "random does not follow from the data")]
    [InlineData("SELECT id FROM bronze.users_raw\nWHERE bronze.users_raw.id = 'a'", "write the column as users_raw.id")]
    [InlineData("\nDELETE FROM bronze.users_raw", "expected a SELECT, and nothing else.")]
    public void What_no_run_could_see_change_is_refused_with_its_place(string sql, string mistake)
    {
        WriteModel("first", sql);

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:");
        message.ShouldContain(mistake);
    }

    [Fact]
    public void A_column_may_have_the_name_of_a_function()
    {
        WriteModel("first", "WITH named AS (SELECT id AS uuid FROM bronze.users_raw) SELECT uuid AS id FROM named");

        ModelLibrary.Load(_folder.Path).Models.ShouldContain(model => model.Name == "gold.first");
    }

    [Fact]
    public void A_column_may_have_the_name_of_a_table()
    {
        WriteModel("first", "WITH named AS (SELECT id AS users_raw FROM bronze.users_raw) SELECT users_raw AS id FROM named");

        ModelLibrary.Load(_folder.Path).Models.Single(model => model.Name == "gold.first").Mentions["bronze.users_raw"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("SELECT a AS id FROM bronze.users_raw AS x(a)")]
    [InlineData("SELECT as_text(u) AS id FROM bronze.users_raw AS u")]
    [InlineData("SELECT as_text(users_raw) AS id FROM bronze.users_raw")]
    [InlineData("SELECT id FROM bronze.users_raw ORDER BY #1")]
    public void Columns_that_are_read_by_another_name_count_as_read(string sql)
    {
        WriteModel("first", sql);

        ModelLibrary.Load(_folder.Path).Models.Single(model => model.Name == "gold.first").Mentions["bronze.users_raw"].ShouldBeNull();
    }

    [Fact]
    public void A_header_names_its_mistakes()
    {
        _folder.Write("3_gold/first.sql", "/*\nname: gold.first\ngrian: [id]\n*/\nSELECT id FROM bronze.users_raw");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:3: unknown key `grian`");
        message.ShouldContain("the header lacks `what`");
    }

    [Theory]
    [InlineData("day", "day of gold.first is none.")]
    [InlineData("id", "id of gold.first is none.")]
    public void A_file_per_month_is_by_a_date(string column, string mistake)
    {
        _folder.Write("3_gold/first.sql",
            $"/*\nname: gold.first\ngrain: [id]\nwhat: ids\nfile_per_month: {column}\n*/\nSELECT id FROM bronze.users_raw");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldContain($"first.sql:1: `file_per_month` names a date of a table of Gold; {mistake}");
    }

    [Fact]
    public void A_grain_of_columns_that_the_table_lacks_is_a_mistake()
    {
        _folder.Write("3_gold/first.sql", "/*\nname: gold.first\ngrain: [day]\nwhat: ids\n*/\nSELECT id FROM bronze.users_raw");
        _folder.Write("3_gold/third.sql", "/*\nname: gold.third\ngrain: [id]\nwhat: ids\n*/\nSELECT id FROM bronze.users_raw");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:1: the grain names columns that gold.first does not have: day.");
        message.ShouldContain("third.sql:1: no tables.yaml describes gold.third");
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

    [Theory]
    [InlineData("scope: [day]\nreads: {bronze.users_raw: id}", "the scope names the column day, which the model does not have.")]
    [InlineData("scope: [id]", "`reads` lacks bronze.users_raw: say how its rows point to id, or `all`.")]
    [InlineData("scope: [id]\nreads: {bronze.users_raw: id, bronze.orders_raw: id}",
        "`reads` names bronze.orders_raw, which the SELECT does not read.")]
    [InlineData("scope: [id]\nreads: {bronze.users_raw: 'id, lower(id)'}", "bronze.users_raw gives 2 expressions for 1 key columns.")]
    [InlineData("scope: [id]\nreads: {bronze.users_raw: all where id = 'a'}",
        "bronze.users_raw is read whole, which takes no condition: leave out `where id = 'a'`.")]
    [InlineData("scope: [id]\nreads: {bronze.users_raw: id = bronze.users_raw.id}",
        "bronze.users_raw points to pieces by bronze.users_raw, which does not lead to a piece itself.")]
    [InlineData("scope: [id]\nreads: {bronze.users_raw: id = bronze.orders_raw.idd, bronze.orders_raw: id}",
        "bronze.users_raw points to pieces by bronze.orders_raw.idd, which is not a column. Did you mean id?")]
    public void A_scope_names_its_mistakes(string scope, string mistake)
    {
        string from = mistake.Contains("idd", StringComparison.Ordinal) ? " CROSS JOIN bronze.orders_raw" : "";
        _folder.Write("3_gold/first.sql",
            $"/*\nname: gold.first\ngrain: [id]\nwhat: ids\n{scope}\n*/\nSELECT users_raw.id FROM bronze.users_raw{from}");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldBe($"{Path.GetFileName(_folder.Path)}/3_gold/first.sql:1: {mistake}");
    }

    [Theory]
    [InlineData("warn", "row", "the scope of a rule that warns or fails is `[record_key]`; `reads` says how rows point to it.")]
    [InlineData("fail", "row", "the scope of a rule that warns or fails is `[record_key]`; `reads` says how rows point to it.")]
    [InlineData("quarantine", "[record_key]", "the scope of a rule that quarantines is `row`; `reads` says how rows point to it.")]
    public void A_rule_whose_severity_became_another_one_says_what_its_scope_is_now(string severity, string scope, string mistake)
    {
        _folder.Write("checks/odd.sql",
            $"/*\ncheck: odd\non: bronze.users_raw\nseverity: {severity}\nwhat: odd ids\nscope: {scope}\n"
            + $"reads: {{bronze.users_raw: {(scope == "row" ? "row" : "id")}}}\n*/\nSELECT id AS record_key FROM bronze.users_raw");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldBe($"{Path.GetFileName(_folder.Path)}/checks/odd.sql:1: {mistake}");
    }

    [Fact]
    public void What_is_defined_twice_is_a_mistake()
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw");
        _folder.Write("3_gold/again.sql", "/*\nname: gold.first\ngrain: [id]\nwhat: ids\n*/\nSELECT id FROM bronze.users_raw");
        foreach (string file in new[] { "odd", "odd-too" })
        {
            _folder.Write($"checks/{file}.sql",
                "/*\ncheck: odd\non: gold.first\nseverity: warn\nwhat: odd ids\n*/\nSELECT id AS record_key, 'odd' AS reason FROM gold.first");
        }

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        string folder = Path.GetFileName(_folder.Path);
        message.ShouldContain($"gold.first is defined by {folder}/3_gold/again.sql and {folder}/3_gold/first.sql; rename one.");
        message.ShouldContain($"odd on gold.first is defined by {folder}/checks/odd-too.sql and {folder}/checks/odd.sql; rename one.");
    }

    [Fact]
    public void A_described_table_that_no_model_makes_is_a_mistake_with_its_line()
    {
        File.Delete(Path.Combine(_folder.Path, "3_gold", "second.sql"));
        _folder.Write("3_gold/tables.yaml", "first:\n  id: text — id\nfirsd:\n  id: text — id\n");
        _folder.Write("more/1_bronze/tables.yaml", "returns:\n  id: text — id\n");

        string[] mistakes = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message.Split('\n');

        mistakes.ShouldBe(
        [
            $"{_folder.Path}/3_gold/tables.yaml:3: no model makes gold.firsd. Did you mean gold.first? "
                + "Write firsd.sql beside it with `name: gold.firsd` in its header, or remove what describes it here.",
            $"{_folder.Path}/more/1_bronze/tables.yaml:1: no source can fill bronze.returns_raw: "
                + "Bronze has the tables users, products, orders, order_items, payments, events. Remove it.",
        ]);
        _folder.Write("3_gold/first.sql", "SELECT id FROM bronze.users_raw");
        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldNotContain("no model makes", Case.Sensitive, "the header that cannot be read may be the one");
    }

    [Fact]
    public void A_folder_that_is_no_schema_and_a_table_described_twice_are_mistakes()
    {
        _folder.Write("platinum/tables.yaml", "first:\n  id: text — id\n");
        _folder.Write("own/3_gold/tables.yaml", "first:\n  id: text — id\n");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message.Split('\n').ShouldBe(
        [
            $"{_folder.Path}/own/3_gold/tables.yaml:1: table gold.first is described twice, also by {_folder.Path}/3_gold/tables.yaml:1; give this one another name.",
            $"{_folder.Path}/platinum/tables.yaml:1: the folder of a tables.yaml names the schema of its tables, and there is no schema platinum; "
                + "put it and its models into a folder silver, gold or prep.",
        ]);
    }

    [Fact]
    public void A_model_may_end_with_a_semicolon()
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw ; ");

        ModelLibrary.Load(_folder.Path).Models.Single(model => model.Name == "gold.first").Sql.ShouldEndWith("bronze.users_raw ");
    }

    [Fact]
    public void A_model_is_one_select()
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw; SELECT id FROM bronze.orders_raw");

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldEndWith("first.sql:1: expected one SELECT, found 2.");
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

    [Fact]
    public void A_header_of_another_form_is_a_mistake_with_its_line()
    {
        Header("first", "grain: [{id: x}]\nscope: [id]\nreads: {bronze.users_raw: {id: x}}");
        Header("second", "grain: [id]\nscope: [id]\nreads: [bronze.users_raw]\ntimeline: {at: id, neighbours: [x], during: {bronze.users_raw: [x]}}");
        Header("third", "grain: [id]\ngrain: [id]");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain("first.sql:4: expected a text");
        message.ShouldContain("first.sql:6: expected a text");
        message.ShouldContain("second.sql:6: expected names with values");
        message.ShouldContain("second.sql:7: expected a text");
        message.ShouldContain("third.sql:5: this is not YAML");
        message.ShouldNotContain("the header lacks");

        void Header(string name, string text) => _folder.Write($"3_gold/{name}.sql",
            $"/*\nname: gold.{name}\nwhat: ids\n{text}\n*/\nSELECT id FROM bronze.users_raw");
    }

    [Fact]
    public void A_description_of_tables_of_another_form_is_a_mistake_with_its_line()
    {
        _folder.Write("2_silver/tables.yaml", "first:\n  id: [text]\nsecond: ids\nfirst:\n  id: text — id\n");
        _folder.Write("prep/tables.yaml", "first:\n  ? [a]\n  : text — id\nsecond: ids\n");

        string message = Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message;

        message.ShouldContain(Path.Combine("2_silver", "tables.yaml") + ":4: this is not YAML");
        message.ShouldContain(Path.Combine("prep", "tables.yaml") + ":2: expected a text");
        message.ShouldContain(Path.Combine("prep", "tables.yaml") + ":4: table second needs a mapping of columns");
    }

    [Theory]
    [InlineData("first: {sums: {id: [{a: b}]}}", ":1: expected a text")]
    [InlineData("first:\n  row_of: [gold.second", ":3: this is not YAML")]
    [InlineData("- first", ":1: expected names with values")]
    [InlineData("first:\n  sums: {}\n  sum: {}", ":3: unknown key `sum`")]
    [InlineData("first:\n  sums: {id: id from bronze.users_raw}", ":2: expected `<value> of <schema.table>")]
    public void A_hint_for_traces_of_another_form_is_a_mistake_with_its_line(string hints, string mistake)
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw");
        _folder.Write("3_gold/trace.yaml", hints);

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message
            .ShouldContain(Path.Combine("3_gold", "trace.yaml") + mistake);
    }

    [Theory]
    [InlineData("furst: {relative: [id]}", "no model makes gold.furst. Did you mean gold.first?")]
    [InlineData("first: {relative: [di]}", "gold.first has no column di. Did you mean id?")]
    [InlineData("first: {rests_on: {bronze.user_raw: i.id = t.id}}", "gold.first does not read bronze.user_raw. Did you mean bronze.users_raw?")]
    [InlineData("first: {completes: [bronze.user_raw]}", "gold.first does not read bronze.user_raw. Did you mean bronze.users_raw?")]
    [InlineData("first: {completes: [bronze.users_raw]}", "gold.first completes no piece by bronze.users_raw: give the model a `scope` that says which one its rows are in.")]
    [InlineData("first: {row_of: bronze.user_raw}", "gold.first names bronze.user_raw, which is no table. Did you mean bronze.users_raw?")]
    public void A_hint_for_traces_that_names_what_is_not_there_is_a_mistake(string hints, string mistake)
    {
        WriteModel("first", "SELECT id FROM bronze.users_raw");
        _folder.Write("3_gold/trace.yaml", hints);

        Should.Throw<ShopLakeException>(() => ModelLibrary.Load(_folder.Path)).Message.ShouldBe($"trace.yaml: {mistake}");
    }

    /// <summary>The examples of CONTRIBUTING.md, so that what is written there is what is tested.</summary>
    [Fact]
    public void The_documented_model_and_check_are_accepted()
    {
        using var own = new TemporaryFolder();
        own.Write("3_gold/tables.yaml", "refunds_daily:\n  day: date — the day\n  refunds_minor: bigint — money that went back\n");
        own.Write("3_gold/refunds_daily.sql", Documented("/*\n   name: ").Replace("\n   ", "\n", StringComparison.Ordinal));
        own.Write("checks/quantity_above_stock_limit.sql", Documented("/*\ncheck: "));

        ModelLibrary library = ModelLibrary.Load(Catalog.LakeCatalog.ShippedModels, own.Path);

        library.Models.ShouldContain(model => model.Name == "gold.refunds_daily");
        library.Checks.ShouldContain(check => check.Rule == "quantity_above_stock_limit");

        static string Documented(string start)
        {
            string text = File.ReadAllText(Repository.PathOf("CONTRIBUTING.md"));
            int at = text.IndexOf(start, StringComparison.Ordinal);
            return text[at..text.IndexOf("```", at, StringComparison.Ordinal)];
        }
    }

    private void WriteModel(string name, string sql) =>
        _folder.Write($"3_gold/{name}.sql", $"/*\nname: gold.{name}\ngrain: [id]\nwhat: ids\n*/\n{sql}\n");
}
