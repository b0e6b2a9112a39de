using ShopLake.Configuration;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    private const string Marker = "# mistake: ";

    public static TheoryData<string> Cases() =>
    [
        .. new DirectoryInfo(Repository.PathOf("tests", "cases", "configuration"))
            .GetFiles("*.yaml").Select(file => file.Name),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_file_reports_exactly_its_mistakes(string name)
    {
        string text = File.ReadAllText(Repository.PathOf("tests", "cases", "configuration", name));
        string[] expected =
        [
            .. text.Split('\n').SelectMany((line, index) => line.Split(Marker).Skip(1)
                .Select(message => $"shoplake.yaml:{index + 1}: {message.TrimEnd()}")),
        ];

        MistakesOf(text).Order().ShouldBe(expected.Order());
    }

    [Fact]
    public void Every_key_reaches_the_configuration()
    {
        var lake = Parse(File.ReadAllText(Repository.PathOf("tests", "cases", "configuration", "everything.yaml")));

        lake.Lake.ShouldBe("/shop/data");
        lake.Money.ShouldBe(new MoneyRules("BRL", 2));
        lake.Time.FunnelWindow.ShouldBe(TimeSpan.FromDays(7));
        lake.Vocabulary["order_status"]["delivered"].ShouldBe("SHIPPED");
        lake.Vocabulary["event_type"]["fav"].ShouldBe("ignore");
        lake.Limits.LineLength.ShouldBe(1024 * 1024);
        lake.Limits.MemoryLimit.ShouldBe("512MB");

        var payments = lake.Sources[0];
        payments.Path.ShouldBe("/shop/feeds/olist/payments*.csv.gz");
        payments.Csv.Delimiter.ShouldBe(";");
        payments.Csv.Header.ShouldBe(["order_id", "line", "value", "paid_at"]);
        payments.Growing.ShouldBeTrue();
        payments.Archive.ShouldBeTrue();
        payments.Line.ShouldBe(11);
        payments.Columns.ShouldNotBeNull();
        payments.Columns["payment_id"].ShouldBe(new ColumnMapping.Template("{order_id}-{line}-{_source_row}"));
        payments.Columns["order_id"].ShouldBe(new ColumnMapping.FromColumn("order_id"));
        payments.Columns["payment_status"].ShouldBe(new ColumnMapping.Constant("SUCCESS"));
        payments.Columns["payment_amount"].ShouldBe(new ColumnMapping.FromColumn("value"));
        payments.Columns["payment_ts"].ShouldBe(new ColumnMapping.FromColumn("paid_at", EpochUnit.Milliseconds));

        var users = lake.Sources[1];
        users.Format.ShouldBe(SourceFormat.Jsonl);
        users.SourceSystem.ShouldBe("users");
        users.DeletedWhen!["state"].ShouldBe(["gone", "deleted"]);

        var states = lake.Sources[2];
        states.Path.ShouldBeNull();
        states.Query.ShouldStartWith("SELECT order_id");
        states.Files["orders"].ShouldBe("/shop/feeds/orders.csv");
    }

    [Fact]
    public void What_is_left_out_has_the_defaults_of_the_records()
    {
        var lake = Parse("sources: { payments: { table: payments, path: a.csv } }");

        lake.Money.ShouldBe(new MoneyRules());
        lake.Time.ShouldBe(new TimeRules());
        lake.Limits.ShouldBe(new Limits());
        lake.Engine.ShouldBe(new LakeConfiguration { ProjectFolder = "", Lake = "" }.Engine);
        lake.Models.ShouldBeNull();
        var source = lake.Sources.ShouldHaveSingleItem();
        source.Csv.ShouldBe(new CsvDialect());
        source.Columns.ShouldBeNull();
        source.TimeZone.ShouldBe("UTC");
    }

    [Fact]
    public void An_override_stands_in_for_the_file()
    {
        var lake = Parse(
            "lake: ${NOT_SET}\nsources: { payments: { table: payments, path: a.csv } }",
            "lake=elsewhere", "money.decimals=3", "sources.payments.path=/feeds/{p}*.csv");

        lake.Lake.ShouldBe("/shop/elsewhere");
        lake.Money.Decimals.ShouldBe(3);
        lake.Sources[0].Path.ShouldBe("/feeds/{p}*.csv");
    }

    [Fact]
    public void A_mistake_in_an_override_names_the_override()
    {
        string text = "sources: { payments: { table: payments, path: a.csv } }";

        MistakesOf(text, "money.decimal=3", "time.late_after=soon", "lake").ShouldBe(
        [
            "--set lake: 'lake' is not of the form key.path=value.",
            "--set money.decimal: money.decimal is not a known key. Did you mean 'decimals'?",
            "--set time.late_after: time.late_after: 'soon' is not a duration such as 30s, 5m, 24h or 7d.",
        ]);
    }

    [Fact]
    public void Mistakes_come_in_the_order_of_lines()
    {
        string text = "sources:\n  payments: { path: a.csv }\nlakes: x\nengine: y\n";

        MistakesOf(text).Select(mistake => mistake.Split(':')[1]).ShouldBe(["2", "3", "4"]);
    }

    [Theory]
    [InlineData("lake: data\nsources:\n\tpayments:\n\t\ttable: payments\n", 3)]
    [InlineData("lake: data\nsources:\n  payments:\n    table: payments\n\tpath: a.csv\n", 5)]
    [InlineData("lake: data\nsources:\n  payments:\n    table: payments\n  \tpath: a.csv\n", 5)]
    [InlineData("lake: data\nsources:\n  payments:\n    columns:\n    \tpayment_id: x\n", 5)]
    [InlineData("lake: data\n\t\nsources:\n  payments:\n", 2)]
    [InlineData("lake: data\nsources:\n  payments:\n    query: |\n\t\tSELECT 1\n", 5)]
    [InlineData("lake: data\nvocabulary:\n  payment_status: {\n\tok: SUCCESS }\n", 4)]
    public void A_tab_before_the_text_is_told_by_its_line(string text, int line) => MistakesOf(text)
        .ShouldBe([$"shoplake.yaml:{line}: this is not YAML: a tab stands before the text. Indent with spaces."]);

    [Fact]
    public void What_a_variable_holds_is_not_expanded_again_where_a_value_has_an_alias()
    {
        var lake = ConfigurationLoader.Parse(
            "sources: { a: { table: payments, path: &path \"${P}.csv\" }, b: { table: payments, path: *path } }",
            "shoplake.yaml", "/shop", [], name => name == "P" ? "${P}" : null);

        lake.Sources.Select(source => source.Path).ShouldBe(["/shop/${P}.csv", "/shop/${P}.csv"]);
    }

    [Fact]
    public void Aliases_of_aliases_that_stand_for_too_much_are_a_mistake()
    {
        string ten = string.Join(", ", Enumerable.Repeat("*a0", 10));
        IEnumerable<string> levels = Enumerable.Range(1, 10).Select(level =>
            $"a{level}: &a{level} [{ten.Replace("a0", $"a{level - 1}", StringComparison.Ordinal)}]");

        MistakesOf($"a0: &a0 x\n{string.Join('\n', levels)}\n").ShouldBe(
            ["shoplake.yaml:6: the aliases up to *a4 repeat more than 100000 values. Write out what is meant."]);
    }

    [Fact]
    public void Too_many_levels_are_a_mistake() =>
        MistakesOf($"lake:\n  {new string('[', 100_000)}").ShouldBe(
            ["shoplake.yaml:2: this is nested deeper than 100 levels."]);

    [Fact]
    public void A_file_in_place_of_the_lake_is_a_mistake()
    {
        using var folder = new TemporaryFolder();
        folder.Write("u.csv", "");
        string path = folder.Write("shoplake.yaml", "lake: u.csv\nsources: { a: { table: payments, path: a.csv } }\n");

        Should.Throw<ShopLakeException>(() => ConfigurationLoader.Load(path)).Message.ShouldBe(
            $"{path}:1: lake: u.csv is a file, and a lake is a folder. Name a folder.");
    }

    [Fact]
    public void A_question_mark_in_the_name_of_the_lake_is_a_mistake_with_DuckDB_only()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("what?/shoplake.yaml", "sources: { a: { table: payments, path: a.csv } }\n");

        Should.Throw<ShopLakeException>(() => ConfigurationLoader.Load(path)).Message.ShouldEndWith(
            $"lake: {Path.Combine(folder.Path, "what?", "data")} has a '?', with which DuckDB cannot name its log. Name another folder.");
        ConfigurationLoader.Load(path, ["engine=sqlite"]).Engine.ShouldBe("sqlite");
    }

    [Fact]
    public void A_query_may_stand_in_a_file()
    {
        using var folder = new TemporaryFolder();
        folder.Write("states.sql", "SELECT 1");
        string path = folder.Write("shoplake.yaml", "sources: { s: { table: orders, query: states.sql, files: { a: a.csv } } }");

        ConfigurationLoader.Load(path).Sources[0].Query.ShouldBe("SELECT 1");
    }

    [Fact]
    public void A_folder_where_files_belong_says_how_they_are_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("feeds/2026.csv/payments.jsonl", "");
        string path = folder.Write("shoplake.yaml", """
            sources:
              a: { table: payments, path: feeds }
              b: { table: payments, path: feeds/2026.csv/ }
              c: { table: payments, path: ./feeds, format: jsonl }
              d: { table: payments, query: SELECT 1, files: { v: feeds } }
            """);

        Should.Throw<ShopLakeException>(() => ConfigurationLoader.Load(path)).Message.Split('\n').ShouldBe(
        [
            $"{path}:2: sources.a.path: feeds is a folder; name the files in it, for example feeds/*.csv.",
            $"{path}:3: sources.b.path: feeds/2026.csv/ is a folder; name the files in it, for example feeds/2026.csv/*.csv.",
            $"{path}:4: sources.c.path: ./feeds is a folder; name the files in it, for example ./feeds/*.jsonl.",
            $"{path}:5: sources.d.files.v: feeds is a folder; name the files in it, for example feeds/*.csv.",
        ]);
    }

    [Fact]
    public void A_missing_file_says_what_to_do()
    {
        var error = Should.Throw<ShopLakeException>(() => ConfigurationLoader.Load("no/such/shoplake.yaml"));

        error.Kind.ShouldBe(FailureKind.Usage);
        error.Message.ShouldBe(
            "no/such/shoplake.yaml does not exist.\nTry: shoplake init, which writes one, or --config with its place.");
    }

    [Fact]
    public void A_folder_is_no_file_but_may_hold_it() =>
        Should.Throw<ShopLakeException>(() => ConfigurationLoader.Load("/")).Message
            .ShouldBe("/ is a folder.\nTry: --config /shoplake.yaml");

    private static string[] MistakesOf(string text, params string[] overrides)
    {
        try
        {
            Parse(text, overrides);
            return [];
        }
        catch (ShopLakeException error)
        {
            error.Kind.ShouldBe(FailureKind.Usage);
            return error.Message.Split('\n');
        }
    }

    private static LakeConfiguration Parse(string text, params string[] overrides) => ConfigurationLoader.Parse(
        text, "shoplake.yaml", "/shop", overrides, name => name == "SHOP" ? "olist" : null);
}
