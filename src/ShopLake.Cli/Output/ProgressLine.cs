namespace ShopLake.Cli.Output;

/// <summary>
/// What is under way: on a terminal one line that changes and vanishes at the end, elsewhere one line at the start.
/// </summary>
internal sealed class ProgressLine : IProgress<string>, IDisposable
{
    private const string EraseLine = "\r\u001b[K";

    private readonly TextWriter _error;
    private readonly string _work;
    private readonly bool _isTerminal;
    private bool _isEnded;

    public ProgressLine(TextWriter error, string work, bool isTerminal)
    {
        (_error, _work, _isTerminal) = (error, work, isTerminal);
        if (!isTerminal)
            error.WriteLine($"{work} …");
    }

    public void Report(string value)
    {
        if (_isTerminal && !_isEnded)
            _error.Write($"{EraseLine}{_work}: {value}");
    }

    /// <summary>Says what must be seen everywhere, in a line of its own.</summary>
    public void Tell(string value) => _error.WriteLine(_isTerminal ? $"{EraseLine}{_work}: {value}" : $"{_work}: {value}");

    public void Dispose()
    {
        if (_isTerminal && !_isEnded)
            _error.Write(EraseLine);

        _isEnded = true;
    }
}
