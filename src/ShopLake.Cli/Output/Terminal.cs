using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ShopLake.Cli.Output;

/// <summary>
/// Where a verb writes: results to one side, progress and errors to the other. What is for people commands no terminal,
/// whatever the shop's texts hold.
/// </summary>
internal sealed partial class Terminal(TextWriter output, TextWriter error, CancellationToken cancellation)
{
    /// <summary>Columns of a table that does not go to a terminal: wide enough never to fold.</summary>
    private const int UnfoldedWidth = 10_000;

    /// <summary>What the border takes beside each column.</summary>
    private const int Between = 3;

    public TextWriter Output { get; } = output;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What a next command needs behind its verb to work on the same lake: see <see cref="LakeOptions.Given"/>.</summary>
    public string GivenOptions { get; set; } = "";

    public void Write(string line) => Output.WriteLine(VisibleText.OfLines(line));

    /// <summary>A result that names a next command.</summary>
    public void WriteNext(string line) => Write(WithOptions(line));

    /// <summary>One line of progress.</summary>
    public void Log(string line) => error.WriteLine(VisibleText.OfLines(WithOptions(line)));

    /// <summary>Shows what is under way until disposed.</summary>
    public ProgressLine StartProgress(string work) =>
        new(error, work, ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected);

    public void Fail(string message) => Log($"Error: {message}");

    /// <summary>A table for people; numbers stand right.</summary>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows)
    {
        int width = ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected ? Console.WindowWidth : UnfoldedWidth;
        foreach (string line in TableLines(columns, rows, width))
            Output.WriteLine(line);
    }

    /// <summary>Folds what is wider than the width between words; where words alone are wider, it is for the terminal to fold.</summary>
    internal static IEnumerable<string> TableLines(
        IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows, int width)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = CreateConsole(text);
        var options = RenderOptions.Create(console, console.Profile.Capabilities);
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        var cells = rows.ToList();
        Text[][] texts = [.. cells.Select(row => row.Select(cell => new Text(VisibleText.OfLines(CellText.Of(cell)))).ToArray())];
        var columnWidths = new List<Measurement>();
        for (int i = 0; i < columns.Count; i++)
        {
            int column = i;
            bool isNumber = cells.Exists(row => row[column] is not null)
                && cells.TrueForAll(row => row[column] is null or Figure or long or int or double or decimal);
            var heading = new Text(VisibleText.OfLines(columns[i]));
            table.AddColumn(new TableColumn(heading) { Alignment = isNumber ? Justify.Right : Justify.Left });
            Measurement[] widths =
            [
                .. texts.Select(row => row[column]).Append(heading).Select(cell => ((IRenderable)cell).Measure(options, int.MaxValue)),
            ];
            int longest = widths.Max(cell => cell.Max);
            columnWidths.Add(new Measurement(isNumber ? longest : widths.Max(cell => cell.Min), longest));
        }

        foreach (var row in texts)
            table.AddRow(row);

        int between = Between * (columns.Count + 1);
        int[] fitted = Fitted(columnWidths, width - between);
        for (int i = 0; i < fitted.Length; i++)
            table.Columns[i].Width = fitted[i];

        console.Profile.Width = fitted.Sum() + between;
        console.Write(table);
        // The border's own first and last line are empty.
        return text.ToString().Split('\n')[1..^2].Select(line => line.TrimEnd());
    }

    /// <summary>Gives each column its longest word, and shares the room that is left among those which would use more.</summary>
    private static int[] Fitted(List<Measurement> columns, int room)
    {
        int[] widths = [.. columns.Select(column => column.Min)];
        int left = Math.Max(0, room - widths.Sum());
        int waiting = widths.Length;
        foreach (int i in Enumerable.Range(0, widths.Length).OrderBy(i => columns[i].Max - columns[i].Min))
        {
            int more = Math.Min(columns[i].Max - columns[i].Min, left / waiting--);
            widths[i] += more;
            left -= more;
        }

        return widths;
    }

    private string WithOptions(string text) => NextCommand().Replace(text, command => command.Value + GivenOptions);

    /// <summary><c>init</c> makes a lake, and works on none; and a folder may have such a name.</summary>
    [GeneratedRegex(@"\bshoplake (?!init\b)[a-z]+\b(?!/)")]
    private static partial Regex NextCommand();

    private static IAnsiConsole CreateConsole(TextWriter text)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
