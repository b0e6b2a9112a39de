using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using ShopLake.Configuration;
using ShopLake.Tests.Bronze;

namespace ShopLake.Tests.Ingest;

/// <summary>Any table of texts, written as a file, is given back by Bronze to the last character.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Columns =
        ["payment_id", "order_id", "payment_amount", "payment_ts", "extra", "Ünknown"];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char["ab,;|\"'\\\n\r\t {}éß漢¦“->"], 0, 12],
        Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 12],
        Gen.Const("😀\u2028"),
        Gen.Long.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        Gen.Decimal[-99_999, 99_999].Select(value => value.ToString(CultureInfo.InvariantCulture)),
        Gen.DateTime.Select(value => value.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Delimiter = OneOf(",", ";", "|", "\t", "¦", "||", "漢", "->");

    private static readonly Gen<string> Quote = OneOf("\"", "'", "“", "😀");

    private static readonly Gen<string> LineEnd = Gen.Bool.Select(isWindows => isWindows ? "\r\n" : "\n");

    private static readonly Gen<string?[][]> Tables = Text.Null(0.2).Array[Columns.Length].Array[1, 20];

    [Fact]
    public void Csv_in_any_dialect_comes_back() =>
        Gen.Select(Tables, Delimiter, Quote, LineEnd, Gen.Bool).Sample(
            (rows, delimiter, quote, lineEnd, endsWithNewLine) =>
        {
            IEnumerable<string> lines = rows.Prepend(Columns).Select(row => string.Join(delimiter, row.Select(text =>
                text is null ? "" : $"{quote}{text.Replace(quote, quote + quote, StringComparison.Ordinal)}{quote}")));
            string csv = string.Join(lineEnd, lines) + (endsWithNewLine ? lineEnd : "");
            Check(rows, Encoding.UTF8.GetBytes(csv), TestLake.Payments() with
            {
                Csv = new CsvDialect { Delimiter = delimiter, Quote = quote },
            });
        }, iter: 40, threads: 1);

    [Fact]
    public void Csv_in_utf16_comes_back() => Tables.Sample(rows =>
    {
        IEnumerable<string> lines = rows.Prepend(Columns).Select(row => string.Join(',', row.Select(text =>
            text is null ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        byte[] bytes = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(string.Join('\n', lines))];
        Check(rows, bytes, TestLake.Payments() with { Csv = new CsvDialect { Encoding = "utf-16" } });
    }, iter: 10, threads: 1);

    [Fact]
    public void Json_lines_come_back() => Tables.Sample(rows =>
    {
        IEnumerable<string> lines = rows.Select(row => JsonSerializer.Serialize(
            Columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second)));
        Check(rows, Encoding.UTF8.GetBytes(string.Join('\n', lines)),
            TestLake.Payments() with { Format = SourceFormat.Jsonl });
    }, iter: 20, threads: 1);

    [Fact]
    public void A_changed_character_is_seen()
    {
        string?[] row = ["p1", "o1", "1.5", "2024-01-01", "extra", "unknown"];
        byte[] file = Encoding.UTF8.GetBytes($"{string.Join(',', Columns)}\n{string.Join(',', row)}\n");
        for (int column = 0; column < row.Length; column++)
        {
            string?[] other = [.. row];
            other[column] = $"{row[column]![..^1]}3";

            Should.Throw<ShouldAssertException>(() => Check([other], file, TestLake.Payments()));
        }
    }

    private static Gen<string> OneOf(params string[] signs) => Gen.OneOf([.. signs.Select(sign => Gen.Const(sign))]);

    private static void Check(string?[][] rows, byte[] file, Source source)
    {
        using var lake = new TestLake();
        lake.Feed("payments", file);
        lake.Ingest(source);

        IReadOnlyList<string> back = lake.Rows("payments",
            "to_json({a: payment_id, b: order_id, c: CAST(payment_amount AS VARCHAR), "
            + "d: strftime(payment_ts, '%Y-%m-%d %H:%M:%S.%f'), r: CAST(_rescued AS JSON)})");
        back.Count.ShouldBe(rows.Length);
        foreach ((string?[] row, string json) in rows.Zip(back))
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            Given(root, "a", "payment_id").ShouldBe(row[0]);
            Given(root, "b", "order_id").ShouldBe(row[1]);
            SameValue(Given(root, "c", "payment_amount"), row[2], source).ShouldBeTrue($"{row[2]} → {json}");
            SameValue(Given(root, "d", "payment_ts"), row[3], source).ShouldBeTrue($"{row[3]} → {json}");
            Given(root, "-", "extra").ShouldBe(row[4]);
            Given(root, "-", "Ünknown").ShouldBe(row[5]);
        }
    }

    /// <summary>A field's text from its column, or from what was rescued.</summary>
    private static string? Given(JsonElement root, string column, string field)
    {
        JsonElement rescued = root.GetProperty("r");
        return rescued.ValueKind == JsonValueKind.Object && rescued.TryGetProperty(field, out JsonElement text)
            ? text.GetString()
            : root.TryGetProperty(column, out JsonElement value) ? value.GetString() : null;
    }

    private static bool SameValue(string? given, string? text, Source source)
    {
        bool isNull = text is null || (text.Length == 0 && source.Format == SourceFormat.Csv);
        return isNull ? given is null
            : given == text
            || (decimal.TryParse(given, CultureInfo.InvariantCulture, out decimal number)
                && decimal.TryParse(text, CultureInfo.InvariantCulture, out decimal writtenNumber)
                && number == writtenNumber)
            || (DateTime.TryParse(given, CultureInfo.InvariantCulture, out DateTime time)
                && DateTime.TryParse(text, CultureInfo.InvariantCulture, out DateTime writtenTime)
                && time == writtenTime);
    }
}
