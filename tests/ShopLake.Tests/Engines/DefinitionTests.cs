using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What a build leaves beside the rows: indexes that serve the scopes, and sentences on tables and columns.</summary>
public sealed class DefinitionTests
{
    /// <summary>The schemas of a warehouse beside the live one have a prefix.</summary>
    private const string Table = "substring(n.nspname from '[a-z]+$') || '.' || c.relname";

    private const string PostgresIndexes = $"""
        SELECT {Table}, string_agg(a.attname, ',' ORDER BY k.position)
        FROM pg_index AS i
        INNER JOIN pg_class AS c ON c.oid = i.indrelid
        INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, position)
        INNER JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        GROUP BY i.indexrelid, n.nspname, c.relname
        """;

    private static readonly string[] Layers = ["bronze", "prep", "silver", "gold"];

    private static readonly string SqliteIndexes = string.Join(" UNION ALL ", Layers.Select(layer => $"""
        SELECT '{layer}.' || m.tbl_name, (
            SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(m.name, '{layer}') ORDER BY seqno))
        FROM {layer}.sqlite_schema AS m WHERE m.type = 'index'
        """));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public void Rows_are_found_by_the_keys_of_grains_and_scopes(string engine)
    {
        using var folder = new TemporaryFolder();
        using IEngine warehouse = Built(engine, folder);

        ILookup<string, string> indexes = warehouse
            .Query(engine == "postgres" ? PostgresIndexes : SqliteIndexes, Cancellation).Rows
            .ToLookup(row => (string)row[0]!, row => $"{row[1]},");

        Keys().Where(key => !indexes[key.Table].Any(columns => columns.StartsWith($"{key.Columns},"))).ShouldBeEmpty();
        indexes["gold.revenue_daily"].ShouldNotContain(columns => columns.StartsWith("gross_minor,"));
    }

    [Fact]
    public void Tables_and_columns_of_PostgreSQL_carry_the_sentences_of_their_headers()
    {
        using var folder = new TemporaryFolder();
        using IEngine warehouse = Built("postgres", folder);
        var said = warehouse.Query($"""
            SELECT {Table} || coalesce('.' || a.attname, ''), d.description
            FROM pg_description AS d
            INNER JOIN pg_class AS c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
            INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
            LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
            WHERE n.nspname LIKE 'scratch%'
            """, Cancellation).Rows.ToDictionary(row => (string)row[0]!, row => (string)row[1]!);

        foreach (Model model in SmallLake.Library.Models)
        {
            said[model.Name].ShouldBe(model.What);
            foreach (ColumnDefinition column in model.Table.Columns.Where(column => column.Description.Length > 0))
            {
                said[$"{model.Name}.{column.Name}"].ShouldBe(column.Description);
            }
        }
    }

    [Fact]
    public void The_schema_of_SQLite_tells_the_sentences_of_the_headers()
    {
        using var folder = new TemporaryFolder();
        using IEngine warehouse = Built("sqlite", folder);

        foreach (Model model in SmallLake.Library.Models)
        {
            string schema = (string)warehouse.Query(
                $"SELECT sql FROM {model.Table.Schema}.sqlite_schema WHERE name = '{model.Table.Name}'", Cancellation).Rows[0][0]!;
            foreach (string sentence in model.Table.Columns.Select(column => column.Description).Prepend(model.What))
            {
                schema.ShouldContain(sentence.ReplaceLineEndings(" "));
            }
        }
    }

    /// <summary>The columns that headers name: what tells rows and pieces apart, and what changed rows are followed by.</summary>
    private static IEnumerable<(string Table, string Columns)> Keys() => SmallLake.Library.Models.SelectMany(model =>
        new[] { (model.Name, string.Join(',', model.Grain)), (model.Name, string.Join(',', model.Scope?.Key ?? [])) }
            .Concat((model.Scope?.Reads.AsEnumerable() ?? []).SelectMany(read => read.Value
                .OfType<PieceMapping.Via>().Select(via => (via.Table, via.Column)))))
        .Where(key => key.Item2.Length > 0)
        .Distinct();

    /// <summary>All models over an empty Bronze.</summary>
    private static IEngine Built(string engine, TemporaryFolder folder)
    {
        LakeConfiguration configuration = TestEngine.Configuration(engine, folder.Path);
        ILookup<string, RawRow> none = Array.Empty<RawRow>().ToLookup(row => row.Table);
        var bronze = new BronzeState(
            1, table => SmallLake.RawSelect(table, none), (table, _) => SmallLake.RawSelect(table, none));
        IEngine warehouse = LakeEngine.OpenScratch(configuration);
        Rebuild.Into(warehouse, SmallLake.Library, configuration, bronze, null, Cancellation);
        return warehouse;
    }
}
