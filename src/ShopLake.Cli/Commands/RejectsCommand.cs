using System.CommandLine;
using System.Text.RegularExpressions;
using ShopLake.Bronze;
using ShopLake.Cli.Output;
using ShopLake.Configuration;

namespace ShopLake.Cli.Commands;

/// <summary><c>rejects</c>: what was kept out, of Bronze and of Silver, and why.</summary>
internal static partial class RejectsCommand
{
    private const int ExamplesShown = 20;

    private static readonly string[] DeadLetterColumns =
        ["ledger_sequence", "source", "file", "record", "offset", "reason", "bytes", "preview", "is_released"];

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "rejects",
            "Lists the dead letters (records that could not be split into fields) and the rows that rules keep out of "
            + "Silver. With --export, writes the dead letters to files that can be mended: the next run ingests "
            + "them, and they count as released.",
            "shoplake rejects", "shoplake rejects --json", "shoplake rejects --export");
        var export = new Option<string?>("--export")
        {
            Description = "Write the dead letters into this folder; without a name into rejects/ of the lake.",
            HelpName = "dir",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = CommonOptions.Json();
        verb.Add(export);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var configuration = lake.Load(parsed);
            if (parsed.GetResult(export) is not null)
                Export(terminal, configuration, parsed.GetValue(export), parsed.GetValue(json));
            else if (parsed.GetValue(json))
                WriteJson(terminal, configuration);
            else
                Write(terminal, configuration);

            return 0;
        });
        return verb;
    }

    private static void Write(Terminal terminal, LakeConfiguration configuration)
    {
        var open = new List<DeadLetter>();
        var counts = new Dictionary<(string Source, string Reason), (long Open, long Released)>();
        foreach (var letter in DeadLetters.List(Ledger.Open(configuration.Lake)))
        {
            // One line for each kind of reason, wherever in the record it lies.
            var kind = (letter.Source, Digits().Replace(letter.Reason, "…"));
            var count = counts.GetValueOrDefault(kind);
            counts[kind] = letter.IsReleased
                ? (count.Open, count.Released + 1)
                : (count.Open + 1, count.Released);
            if (!letter.IsReleased && open.Count < ExamplesShown)
                open.Add(letter);
        }

        terminal.Write("Dead letters: records that could not be split into fields");
        terminal.WriteTable(
            ["source", "reason", "records", "released"],
            counts.OrderBy(count => count.Key).Select(count => new object?[]
            {
                count.Key.Source, count.Key.Reason, CellText.Figure(count.Value.Open),
                CellText.Figure(count.Value.Released),
            }));
        foreach (var letter in open)
        {
            terminal.Write(
                $"  {letter.File}, record {letter.Record}, byte {letter.Offset}: {letter.Reason}: {letter.Preview}");
        }

        using var reader = LakeFlow.TryOpenReader(terminal, configuration);
        if (reader is not null)
        {
            Report.Write(
                terminal, "Quarantine: rows that rules keep out of Silver",
                reader.Query(Report.Sql("quarantine_by_rule"), terminal.Cancellation), configuration.Money.Decimals);
        }
    }

    /// <summary>Every dead letter and every quarantined row, however many.</summary>
    private static void WriteJson(Terminal terminal, LakeConfiguration configuration)
    {
        var deadLetters = new JsonRows(terminal.Output);
        terminal.Output.Write("{\"dead_letters\": ");
        deadLetters.Begin(DeadLetterColumns);
        foreach (var letter in DeadLetters.List(Ledger.Open(configuration.Lake)))
        {
            deadLetters.Write(
            [
                letter.Sequence, letter.Source, letter.File, letter.Record, letter.Offset, letter.Reason, letter.Bytes,
                letter.Preview, letter.IsReleased,
            ]);
        }

        deadLetters.End();
        terminal.Output.Write(", \"quarantine\": ");
        var quarantine = new JsonRows(terminal.Output);
        using var reader = LakeFlow.TryOpenReader(terminal, configuration);
        reader?.Read(Report.Sql("quarantine"), quarantine.Begin, quarantine.Write, terminal.Cancellation);
        quarantine.End();
        terminal.Write("}");
    }

    private static void Export(Terminal terminal, LakeConfiguration configuration, string? folder, bool asJson)
    {
        var ledger = Ledger.Open(configuration.Lake);
        var fromFiles = configuration.Sources.Where(source => source.Query is null);
        string[] files = [.. fromFiles.SelectMany(source => DeadLetters.Export(ledger, source, folder))];
        if (asJson)
        {
            terminal.Write(JsonText.Of(new { Files = files }));
            return;
        }

        foreach (string file in files)
            terminal.Write($"wrote {file}");

        terminal.WriteNext(files.Length == 0
            ? "Nothing is left to mend."
            : folder is null
                ? "Next: mend these files where they are, names kept; shoplake run ingests them."
                : "Next: mend these files and move them, names kept, to where their source finds its files.");
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
