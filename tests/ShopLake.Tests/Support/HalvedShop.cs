using ShopLake.Simulator;

namespace ShopLake.Tests.Support;

/// <summary>A small simulated shop, of whose feeds the second half of the days is held back.</summary>
internal sealed class HalvedShop
{
    private readonly string _held;

    /// <param name="folder">Gets <c>shop</c>, with its <c>shoplake.yaml</c>, and what is held back.</param>
    public HalvedShop(TemporaryFolder folder)
    {
        Path = System.IO.Path.Combine(folder.Path, "shop");
        Simulation.Run(SimulationOptions.Tiny(Path));
        _held = Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "held")).FullName;
        string[] days = [.. Directory.EnumerateDirectories(Feeds).Order()];
        Move(days[(days.Length / 2)..], _held);
    }

    public string Path { get; }

    private string Feeds => System.IO.Path.Combine(Path, "feeds");

    public void DeliverTheRest() => Move(Directory.GetDirectories(_held), Feeds);

    private static void Move(IEnumerable<string> days, string target)
    {
        foreach (string day in days)
        {
            Directory.Move(day, System.IO.Path.Combine(target, System.IO.Path.GetFileName(day)));
        }
    }
}
