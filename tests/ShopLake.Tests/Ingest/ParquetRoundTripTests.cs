using System.Globalization;
using System.Text.Json;
using CsCheck;
using ShopLake.Configuration;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

/// <summary>
/// Any values of any types in any columns of a Parquet file are given back by Bronze: text byte for byte, numbers as
/// exact decimals, times as the instant, everything else as the text that DuckDB gives the file's value.
/// </summary>
public sealed class ParquetRoundTripTests
{
    private static readonly string[] Columns =
        ["payment_id", "order_id", "payment_amount", "payment_ts", "extra", "Ünknown"];

    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab\"'\\\n\r\t {}éß漢\u2028:,[]"], 0, 8]
        .Select(text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'");

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Int[-1_000_000, 1_000_000].Select(value => $"{value}"),
        Gen.Select(Gen.Int[-99_999, 99_999], Gen.Int[0, 99_999]).Select((whole, rest) => $"{whole}.{rest:D5}"),
        Gen.Const("0"));

    private static readonly Gen<string> Instant = Gen
        .Select(Gen.Long[-2_000_000_000, 4_000_000_000], Gen.Int[0, 999_999])
        .Select((seconds, micros) => $"'{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-dd HH:mm:ss}.{micros:D6}'");

    /// <summary>SQL types and their literals.</summary>
    private static readonly (string Type, Gen<string> Literal)[] Kinds =
    [
        ("VARCHAR", Text),
        ("BLOB", Gen.OneOf(Gen.Const("'\\x00\\xFF'"), Gen.Const("'a\\x5Cb'"))),
        ("DECIMAL(9,2)", Number), ("DECIMAL(18,4)", Number), ("DECIMAL(18,0)", Number), ("DECIMAL(38,10)", Number),
        ("TINYINT", Gen.Int[-128, 127].Select(value => $"{value}")),
        ("INTEGER", Gen.Int.Select(value => $"{value}")), ("BIGINT", Gen.Long.Select(value => $"{value}")),
        ("UBIGINT", Gen.ULong.Select(value => $"{value}")),
        ("DOUBLE", Gen.OneOf(
            Gen.Double.Select(value => $"'{value.ToString("R", CultureInfo.InvariantCulture)}'"), Number,
            Gen.Const("'nan'"), Gen.Const("'-inf'"))),
        ("FLOAT", Number),
        ("BOOLEAN", Gen.Bool.Select(value => value ? "true" : "false")),
        ("UUID", Gen.Guid.Select(value => $"'{value}'")),
        ("DATE", Instant), ("TIMESTAMP", Instant), ("TIMESTAMPTZ", Instant), ("TIMESTAMP_NS", Instant),
        ("TIMESTAMP_MS", Instant),
        ("DECIMAL(20,3)[]", Number.Select(value => $"[{value}, NULL]")),
        ("DOUBLE[]", Gen.OneOf(Gen.Const("['nan'::DOUBLE, 1.5]"), Number.Select(value => $"[{value}]"))),
        ("STRUCT(a VARCHAR, b BIGINT)", Gen.Select(Text, Gen.Long).Select((text, number) =>
            $"{{'a': {text}, 'b': {number}}}")),
    ];

    /// <summary>For each column of a file a kind, and the rows' literals.</summary>
    private static readonly Gen<(string Type, string[] Literals)[]> Files = Gen.Int[1, 8].SelectMany(rows =>
        Gen.Int[0, Kinds.Length - 1].SelectMany(kind => Gen.Frequency((4, Kinds[kind].Literal), (1, Gen.Const("NULL")))
            .Array[rows].Select(literals => (Kinds[kind].Type, literals))).Array[Columns.Length]);

    [Fact]
    public void Every_value_comes_back() => Gen.Select(Files, Gen.Bool).Sample((columns, isUtc) =>
    {
        using var lake = new TestLake();
        string file = Write(lake, columns);
        lake.Ingest(TestLake.Payments() with
        {
            Format = SourceFormat.Parquet,
            TimeZone = isUtc ? "UTC" : "America/Sao_Paulo",
        });

        Differences(lake, file, columns, isUtc).ShouldBeEmpty();
        foreach (string rescued in lake.Rows("payments", "_rescued").Where(text => text != "NULL"))
        {
            Should.NotThrow(() => JsonDocument.Parse(rescued).Dispose(), rescued);
        }
    }, iter: 60, threads: 1);

    [Fact]
    public void A_changed_value_is_seen()
    {
        using var lake = new TestLake();
        (string, string[])[] columns = [.. Columns.Select(name => ("VARCHAR", new[] { $"'{name}'" }))];
        Write(lake, columns);
        lake.Ingest(TestLake.Payments() with { Format = SourceFormat.Parquet });
        (string, string[])[] others = [.. columns[..^1], ("VARCHAR", ["'another'"])];
        string other = lake.Feed("other.parquet", "");
        WriteTo(other, others);

        Differences(lake, other, others, isUtc: true).ShouldHaveSingleItem().ShouldContain("Ünknown");
    }

    private static string Write(TestLake lake, (string Type, string[] Literals)[] columns)
    {
        string file = lake.Feed("payments.parquet", "");
        WriteTo(file, columns);
        return file;
    }

    private static void WriteTo(string file, (string Type, string[] Literals)[] columns)
    {
        IEnumerable<string> rows = Enumerable.Range(0, columns[0].Literals.Length).Select(row =>
            $"SELECT {row} AS position, " + string.Join(", ", columns.Select((column, position) =>
                $"CAST({column.Literals[row]} AS {column.Type}) AS \"{Columns[position]}\"")));
        TestLake.Query("SET TimeZone = 'UTC'; COPY (SELECT * EXCLUDE (position) FROM "
            + $"({string.Join(" UNION ALL ", rows)}) ORDER BY position) TO '{file}' (FORMAT parquet)");
    }

    /// <summary>One sentence for each value of the file that Bronze gives back otherwise.</summary>
    private static IReadOnlyList<string> Differences(
        TestLake lake, string file, (string Type, string[] Literals)[] columns, bool isUtc)
    {
        string parquet = Directory.GetFiles(Path.Combine(lake.LakeFolder, "bronze", "payments")).Single();
        return
        [
            .. columns.SelectMany((column, position) =>
            {
                string given = $"given.\"{Columns[position]}\"";
                string text = IsNested(column.Type)
                    ? $"CAST(to_json({given}) AS VARCHAR)"
                    : $"CAST({given} AS VARCHAR)";
                string rescued = $"(CAST(bronze._rescued AS JSON) ->> '$.\"{Columns[position]}\"')";
                string back = Columns[position] switch
                {
                    "payment_id" or "order_id" => $"bronze.\"{Columns[position]}\" IS NOT DISTINCT FROM {text}",
                    "payment_amount" =>
                        Held(column.Type, "payment_amount", given, rescued, text, IsNumber(column.Type)),
                    "payment_ts" =>
                        Held(column.Type, "payment_ts", given, rescued, text, IsInstant(column.Type, isUtc)),
                    _ when IsNested(column.Type) => IsRescuedAsJson(Columns[position], given, text),
                    _ => $"{rescued} IS NOT DISTINCT FROM {text}",
                };
                return TestLake.Query($"""
                    SET TimeZone = 'UTC';
                    SELECT '{Columns[position]} {column.Type} ' || coalesce({text}, 'NULL')
                        || ' → ' || coalesce(CAST(bronze AS VARCHAR), 'NULL')
                    FROM read_parquet('{file}', file_row_number = true) AS given
                    LEFT JOIN read_parquet('{parquet}') AS bronze ON bronze._source_row = given.file_row_number + 1
                    WHERE NOT coalesce({back}, false)
                    """);
            }),
        ];
    }

    /// <summary>As JSON, to the last digit; as text where it is no JSON (NaN).</summary>
    private static string IsRescuedAsJson(string column, string given, string json) =>
        $"CASE WHEN {given} IS NULL THEN NOT contains(coalesce(bronze._rescued, ''), '\"{column}\":') "
        + $"ELSE contains(bronze._rescued, '\"{column}\":' || CASE WHEN NOT contains({json}, 'NaN') THEN {json} "
        + $"ELSE CAST(to_json(CAST({given} AS VARCHAR)) AS VARCHAR) END) END";

    private static bool IsNested(string type) =>
        type.EndsWith(']') || type.StartsWith("STRUCT", StringComparison.Ordinal);

    /// <summary>The column holds the value, or is NULL and its text is rescued.</summary>
    private static string Held(string type, string column, string given, string rescued, string text, bool isComparable)
    {
        string value = isComparable
            ? type.StartsWith("TIMESTAMP WITH", StringComparison.Ordinal) || type == "TIMESTAMPTZ"
                ? $"epoch_us(bronze.{column}) = epoch_us({given})"
                : $"TRY_CAST(bronze.{column} AS {type}) = {given}"
            : "true";
        return $"CASE WHEN bronze.{column} IS NULL THEN {rescued} IS NOT DISTINCT FROM {text} ELSE {value} END";
    }

    private static bool IsNumber(string type) =>
        (type.StartsWith("DECIMAL(", StringComparison.Ordinal) && !type.EndsWith(']'))
        || type is "TINYINT" or "INTEGER" or "BIGINT" or "UBIGINT" or "DOUBLE" or "FLOAT";

    private static bool IsInstant(string type, bool isUtc) =>
        type == "TIMESTAMPTZ" || (isUtc && (type.StartsWith("TIMESTAMP", StringComparison.Ordinal) || type == "DATE"));
}
