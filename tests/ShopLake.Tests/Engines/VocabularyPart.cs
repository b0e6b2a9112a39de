using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Tests.Engines;

/// <summary>
/// One function called once: <c>type | expression | result</c>; no result is NULL, <c>error</c> an error.
/// </summary>
internal sealed record VocabularyCase(int Line, ColumnType Type, string Expression, string Result);

/// <summary>The lines of <c>tests/cases/engines/vocabulary.case</c> that speak of one reporting zone.</summary>
internal sealed record VocabularyPart(string Zone, List<VocabularyCase> Cases)
{
    private const string ErrorWord = "error";

    public static IReadOnlyList<VocabularyPart> Read()
    {
        var parts = new List<VocabularyPart>();
        string file = Repository.PathOf("tests/cases/engines/vocabulary.case");
        foreach ((int index, string line) in File.ReadLines(file).Index())
        {
            if (line.StartsWith("zone ", StringComparison.Ordinal))
            {
                parts.Add(new VocabularyPart(line["zone ".Length..], []));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                // An expression may hold ||, and never a bar between blanks.
                string[] cells = [.. $"{line} ".Split(" | ").Select(cell => cell.Trim())];
                parts[^1].Cases.Add(new VocabularyCase(
                    index + 1, Enum.Parse<ColumnType>(cells[0], ignoreCase: true), cells[1],
                    cells.ElementAtOrDefault(2) ?? ""));
            }
        }

        return parts;
    }

    /// <summary>What an engine that is open in this zone gives otherwise, one line each.</summary>
    public IEnumerable<string> Differences(IEngine engine)
    {
        VocabularyCase[] values = [.. Cases.Where(one => one.Result != ErrorWord)];
        foreach ((VocabularyCase one, string found) in values.Zip(Evaluate(engine, values)))
        {
            if (found != one.Result)
            {
                yield return $"vocabulary.case:{one.Line}: {one.Expression} is '{found}', not '{one.Result}'";
            }
        }

        foreach (VocabularyCase one in Cases.Where(one => one.Result == ErrorWord))
        {
            Should.Throw<ShopLakeException>(() => Evaluate(engine, [one]), $"vocabulary.case:{one.Line}")
                .Kind.ShouldBe(FailureKind.Usage);
        }
    }

    /// <summary>Each in a row and a column of its own, as models store what they compute.</summary>
    private static string[] Evaluate(IEngine engine, VocabularyCase[] cases)
    {
        TableDefinition table = new(
            "prep", "vocabulary", [.. cases.Select((one, index) => new ColumnDefinition($"c{index}", one.Type, ""))]);
        string values = string.Join(", ", cases.Select((one, index) => $"{one.Expression} AS c{index}"));
        engine.Materialize(table, "", $"SELECT {values}", default);
        return [.. engine.Query($"SELECT * FROM {table.FullName}", default).Rows[0].Select(Text)];
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        string text => text.Trim(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
