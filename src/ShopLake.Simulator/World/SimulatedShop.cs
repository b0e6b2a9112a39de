using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>The whole shop, played day by day.</summary>
internal sealed class SimulatedShop
{
    private readonly Stage _stage;
    private readonly Accounts _accounts;
    private readonly Catalogue _catalogue;
    private readonly Browsing _browsing;

    public SimulatedShop(SimulationOptions options, IFactSink facts)
    {
        _stage = new Stage(options, facts, new ShopFeeds(options, facts));
        _accounts = new Accounts(_stage);
        _catalogue = new Catalogue(_stage);
        var desk = new OrderDesk(_stage, _catalogue);
        desk.Placed = new Cashier(_stage, _catalogue, desk).Expect;
        _browsing = new Browsing(_stage, _accounts, desk);
    }

    public SimulationReport Play(CancellationToken cancellation)
    {
        _accounts.Begin();
        _catalogue.Begin();
        for (var day = 0; day < _stage.Options.Days; day++)
        {
            cancellation.ThrowIfCancellationRequested();
            _catalogue.CorrectCategories(day);
            _accounts.PlanDay(day);
            _catalogue.PlanDay(day);
            _browsing.PlanDay(day);
            _stage.Agenda.PlayUntil(_stage.DayStart(day + 1));
            _catalogue.EndDay(day);
            _stage.Feeds.Close(day);
        }

        return _stage.Feeds.CloseAll(_stage.Options.Days, cancellation);
    }
}
