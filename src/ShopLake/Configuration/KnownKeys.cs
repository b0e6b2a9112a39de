using ShopLake.Catalog;
using static ShopLake.Configuration.ValueType;

namespace ShopLake.Configuration;

/// <summary>
/// Every key of <c>shoplake.yaml</c>, once. The loader's checks and defaults, the JSON schema and the reference
/// in <c>docs/</c> are all made from this table.
/// </summary>
internal static class KnownKeys
{
    public static readonly IReadOnlyList<KnownKey> All =
    [
        new("lake", Text, "data", "Folder of the lake: Bronze, the warehouse, Gold as Parquet."),
        new("engine", Choice("duckdb", "sqlite", "postgres", "spark"), "duckdb",
            "The warehouse: where Silver and Gold are computed and kept."),
        new("url", Text, null, "Where the server of `postgres` or `spark` listens; without it, `SHOPLAKE_POSTGRES` or "
            + "`SHOPLAKE_SPARK` of the environment says so. A password comes as `${NAME}` from the environment."),
        new("models", Text, null, "Folder with your own models and checks, laid out like ShopLake's `models/`."),

        new("money", null, null, "How money is counted. One currency a lake."),
        new("money.currency", Currency, "EUR", "ISO 4217 code of all amounts."),
        new("money.decimals", Integer(0, 4), "2",
            "Digits behind the point of a minor unit; may exceed the currency's."),

        new("time", null, null, "How time is read."),
        new("time.reporting_zone", Zone, "UTC", "IANA name of the zone whose days are business days."),
        new("time.earliest_day", Day, "2000-01-01", "Rows dated before this day are quarantined."),
        new("time.late_after", Duration, "24h", "An event that arrives later than this counts as late."),
        new("time.skew_tolerance", Duration, "5m",
            "An event may be this far ahead of its arrival before its clock counts as wrong."),
        new("time.funnel_window", Duration, "24h", "A funnel step counts within this time after the entry."),

        new("sources", null, null, "The feeds of the shop, each under a name of your choice.", IsRequired: true),
        new("sources.*", null, null, "One feed."),
        new("sources.*.table", Choice([.. LakeCatalog.RawTables]), null,
            "The Bronze table that the feed fills.", IsRequired: true),
        new("sources.*.path", Text, null,
            "Files of the feed, `*` and `**` allowed (`**` goes into no links to folders); `.gz` and `.zst` are unpacked."),
        new("sources.*.format", Choice("csv", "jsonl", "parquet"), null,
            "How the files are written; by default what their ending says."),
        new("sources.*.source_system", Text, null,
            "Name of the system the rows come from; by default the feed's name."),
        new("sources.*.time_zone", Zone, "UTC", "IANA zone in which times without an offset are read."),
        new("sources.*.columns", null, null,
            "Bronze column ← column of the feed. Columns left out are NULL; without `columns`, fields are taken "
            + "by the Bronze names."),
        new("sources.*.columns.*", Text, null,
            "A column's name, or a template such as \"{order_id}-{line}\", which may use {_source_file} and "
            + "{_source_row}."),
        new("sources.*.columns.*.constant", Text, null, "The same value for each row."),
        new("sources.*.columns.*.column", Text, null,
            "A column's name, for names that look like templates and for `epoch`."),
        new("sources.*.columns.*.epoch", Choice("seconds", "milliseconds", "microseconds"), null,
            "The column counts this unit since 1970-01-01 UTC."),
        new("sources.*.deleted_when", null, null,
            "Columns of the feed and the values that mark a row as a deletion."),
        new("sources.*.deleted_when.*", TextList, null, "The value or values, as written in the feed."),
        new("sources.*.growing", TrueOrFalse, "false", "The files grow at their end: read only what is new."),
        new("sources.*.fresh_within", Duration, null,
            "Warn when the source has brought nothing new for longer than this; left out, it is not judged."),
        new("sources.*.archive", TrueOrFalse, "false",
            "Also keep the delivered bytes, packed and named by their hash."),
        new("sources.*.csv", null, null, "How the CSV files are written. Nothing is guessed."),
        new("sources.*.csv.delimiter", Delimiter, ",", "What stands between fields."),
        new("sources.*.csv.quote", Quote, "\"",
            "Character around fields that hold delimiters or line breaks; \"\" where fields are never quoted."),
        new("sources.*.csv.encoding", Choice("utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1"), "utf-8",
            "Encoding of the text; a byte order mark is skipped."),
        new("sources.*.csv.header", TextList, null, "Names of the columns of files that have no header line."),
        new("sources.*.query", Text, null,
            "DuckDB SQL over `files`, or a `.sql` file that holds it, for feeds that need shaping. "
            + "Bronze holds the rows of its result: `trace` and reconstruction end there, not at the files."),
        new("sources.*.files", null, null, "Name in `query` → files; each name is a view with all columns as text."),
        new("sources.*.files.*", Text, null, "Files of the view, `*` and `**` allowed."),

        new("vocabulary", null, null,
            "The source's words → ShopLake's words, or `ignore` to leave rows with a word out. Applied in Silver."),
        .. Vocabulary.Words.SelectMany(field => new KnownKey[]
        {
            new($"vocabulary.{field.Key}", null, null, $"Words found in {field.Key}."),
            new($"vocabulary.{field.Key}.*", Choice([.. field.Value, Vocabulary.Ignore]), null,
            "What the word means."),
        }),

        new("limits", null, null, "What passes a limit becomes a dead letter or a clear error."),
        new("limits.line_length", Size, "16MiB", "Size of one record."),
        new("limits.json_depth", Integer(1, 1_000), "64", "Nesting of a JSON record."),
        new("limits.columns", Integer(1, 100_000), "1000", "Columns of one file."),
        new("limits.decompression_ratio", Integer(1, 1_000_000), "1000", "Unpacked bytes for each packed byte."),
        new("limits.batch_rows", Integer(1, 1_000_000_000_000), "50000000", "Rows of one Bronze file of a batch."),
        new("limits.memory_limit", Memory, "4GB", "Memory that DuckDB may hold before it spills to disk."),
    ];

    /// <summary>The key above all others, its descendants linked.</summary>
    public static KnownKey Root { get; } = Link();

    private static KnownKey Link()
    {
        var root = new KnownKey("", null, null, "A lake.");
        var byPath = new Dictionary<string, KnownKey> { [""] = root };
        foreach (var key in All)
        {
            byPath[KnownKey.Parent(key.Path)].Children.Add(key);
            byPath.Add(key.Path, key);
        }

        return root;
    }
}
