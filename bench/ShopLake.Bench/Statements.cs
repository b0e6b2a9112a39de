using System.Diagnostics;

namespace ShopLake.Bench;

/// <param name="Sql">As it was sent.</param>
/// <param name="Seconds">From sending it to its last row.</param>
internal sealed record Statement(string Sql, double Seconds);

/// <summary>The statements that this process sends to PostgreSQL and SQLite while it listens.</summary>
internal sealed class Statements : IDisposable
{
    private const string Text = "db.query.text";

    private readonly List<Statement> _sent = [];
    private readonly ActivityListener _listener;

    public Statements()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "ShopLake.Sqlite",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => _sent.Add(new Statement(
                (string?)activity.GetTagItem(Text) ?? activity.OperationName, activity.Duration.TotalSeconds)),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Statement> Sent => _sent;

    public void Dispose() => _listener.Dispose();
}
