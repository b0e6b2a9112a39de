using System.Globalization;

namespace ShopLake.Tests.Silver;

/// <summary>Rows of one table as a case writes them. An empty cell is NULL, "" an empty text.</summary>
internal sealed record CaseTable(
    string Name, int Line, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows,
    bool IsRule = false);

/// <summary>
/// One situation for an analyst to read: a title, what is configured, the rows that came, the rows that follow.
/// </summary>
/// <remarks>
/// <code>
/// A refund arrives before its capture                      the first line
/// set money.decimals=0                                     any number of settings, as on the command line
/// sources orders payments                                  configured sources; without the line: the tables given
///
/// given payments                                           a raw table without bronze. and _raw
/// payment_id | payment_amount                              the columns that matter
/// p1         | 15
///
/// expect silver.payments                                   a table; a row for each of its rows, in any order
/// payment_id | amount_minor                                … at the end of a cell: begins with
/// p1         | 1500
///
/// expect rule refunds_within_captures                      what a rule finds: record_key, reason
/// record_key
/// o1
/// </code>
/// Lines that begin with # are comments.
/// </remarks>
internal sealed record CaseFile(
    string Title, IReadOnlyList<string> Settings, IReadOnlyList<string> Sources,
    IReadOnlyList<CaseTable> Given, IReadOnlyList<CaseTable> Expected)
{
    public static CaseFile Read(string file) => Parse(File.ReadAllText(file), Path.GetFileName(file));

    /// <exception cref="FormatException">A line belongs to nothing; file and line are named.</exception>
    public static CaseFile Parse(string text, string name)
    {
        List<string> settings = [], sources = [];
        List<CaseTable> given = [], expected = [];
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd())];
        for (int index = 1; index < lines.Length; index++)
        {
            string[] words = lines[index].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case null:
                case ['#', ..]:
                    break;
                case "set":
                    settings.Add(lines[index]["set ".Length..].Trim());
                    break;
                case "sources":
                    sources.AddRange(words.Skip(1));
                    break;
                case "given" when words.Length == 2:
                    given.Add(ReadTable(words[1], lines, ref index, name));
                    break;
                case "expect" when words.Length == 2:
                    expected.Add(ReadTable(words[1], lines, ref index, name));
                    break;
                case "expect" when words is [_, "rule", var rule]:
                    expected.Add(ReadTable(rule, lines, ref index, name) with { IsRule = true });
                    break;
                default:
                    throw new FormatException(
                        $"{name}:{index + 1}: expected set, sources, given or expect: {lines[index]}");
            }
        }

        if (sources.Count == 0)
        {
            sources.AddRange(given.Select(table => table.Name));
        }

        return expected.Count > 0
            ? new CaseFile(lines[0], settings, [.. sources.Distinct()], given, expected)
            : throw new FormatException($"{name}: expects nothing, so it proves nothing.");
    }

    private static CaseTable ReadTable(string table, string[] lines, ref int index, string name)
    {
        int start = index + 1;
        IReadOnlyList<string> columns = [.. Cells(lines.ElementAtOrDefault(++index) ?? "").Select(cell => cell ?? "")];
        var rows = new List<IReadOnlyList<string?>>();
        while (index + 1 < lines.Length && lines[index + 1].Length > 0)
        {
            IReadOnlyList<string?> row = Cells(lines[++index]);
            rows.Add(row.Count == columns.Count
                ? row
                : throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                    $"{name}:{index + 1}: {row.Count} cells for {columns.Count} columns: {lines[index]}")));
        }

        return new CaseTable(table, start, columns, rows);
    }

    private static IReadOnlyList<string?> Cells(string line) =>
        [.. line.Split('|').Select(cell => cell.Trim()).Select(cell => cell switch { "" => null, "\"\"" => "", _ => cell })];
}
