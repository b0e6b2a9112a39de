using System.Text.RegularExpressions;
using Spectre.Console;

namespace ShopLake.Cli.Output;

/// <summary>Where a verb writes: results to one side, progress and errors to the other.</summary>
internal sealed partial class Terminal(TextWriter output, TextWriter error, CancellationToken cancellation)
{
    /// <summary>Columns of a table that does not go to a terminal: wide enough never to fold.</summary>
    private const int UnfoldedWidth = 10_000;

    public TextWriter Output { get; } = output;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What a next command needs behind its verb to work on the same lake: see <see cref="LakeOptions.Given"/>.</summary>
    public string GivenOptions { get; set; } = "";

    public void Write(string line) => Output.WriteLine(line);

    /// <summary>A result that names a next command.</summary>
    public void WriteNext(string line) => Output.WriteLine(WithOptions(line));

    /// <summary>One line of progress.</summary>
    public void Log(string line) => error.WriteLine(WithOptions(line));

    /// <summary>Shows what is under way until disposed.</summary>
    public ProgressLine StartProgress(string work) =>
        new(error, work, ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected);

    public void Fail(string message) => error.WriteLine($"Error: {WithOptions(message)}");

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
        const int between = 3;
        int narrowest = between;
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        var cells = rows.ToList();
        for (int i = 0; i < columns.Count; i++)
        {
            int column = i;
            bool isNumber = cells.Exists(row => row[column] is not null)
                && cells.TrueForAll(row => row[column] is null or Figure or long or int or double or decimal);
            narrowest += between + cells.Select(row => CellText.Of(row[column])).Append(columns[column])
                .Max(text => isNumber ? text.Length : text.Split([' ', '\n']).Max(word => word.Length));
            table.AddColumn(new TableColumn(new Text(columns[i]))
            {
                Alignment = isNumber ? Justify.Right : Justify.Left,
                NoWrap = isNumber,
            });
        }

        foreach (var row in cells)
            table.AddRow(row.Select(cell => new Text(CellText.Of(cell))));

        using var text = new StringWriter { NewLine = "\n" };
        CreateConsole(text, Math.Max(width, narrowest)).Write(table);
        // The border's own first and last line are empty.
        return text.ToString().Split('\n')[1..^2].Select(line => line.TrimEnd());
    }

    private string WithOptions(string text) => NextCommand().Replace(text, command => command.Value + GivenOptions);

    /// <summary><c>init</c> makes a lake, and works on none; and a folder may have such a name.</summary>
    [GeneratedRegex(@"\bshoplake (?!init\b)[a-z]+\b(?!/)")]
    private static partial Regex NextCommand();

    private static IAnsiConsole CreateConsole(TextWriter text, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
