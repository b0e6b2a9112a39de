namespace ShopLake.Configuration;

/// <summary>Everything wrong with a configuration, told at once and in the order of the file's lines.</summary>
internal sealed class Mistakes
{
    private readonly List<(int Line, string Text)> _found = [];

    public void Add(ConfigurationNode node, string message) => _found.Add((node.Line, $"{node.Where}: {message}"));

    public void ThrowIfAny()
    {
        if (_found.Count == 0)
            return;

        var lines = _found.OrderBy(mistake => mistake.Line).Select(mistake => mistake.Text).Distinct();
        throw new ShopLakeException(FailureKind.Usage, string.Join('\n', lines));
    }
}
