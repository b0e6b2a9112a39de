namespace ShopLake.Cli.Output;

/// <summary>A number that is already written as people read it.</summary>
internal sealed record Figure(string Text)
{
    public override string ToString() => Text;
}
