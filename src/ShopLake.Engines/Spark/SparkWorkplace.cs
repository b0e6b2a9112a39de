using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Engines.Spark;

/// <summary>What a run on Spark works with: a session, room for rows that nobody publishes, and its turn.</summary>
internal sealed class SparkWorkplace : IDisposable
{
    private readonly SparkSession? _session;
    private readonly ScratchFolder? _scratch;
    private readonly IDisposable? _turn;
    private readonly ParquetFiles _files = new();

    /// <param name="open">Opens the session, which knows the vocabulary.</param>
    /// <param name="scratchParent">The folder for rows that nobody publishes.</param>
    /// <param name="stateAt">Bronze up to a commit, with the catalogue.</param>
    /// <param name="turn">Disposed with it: what keeps other runs out.</param>
    public SparkWorkplace(Func<SparkSession> open, string scratchParent, SparkBronze.At stateAt, IDisposable? turn)
    {
        _turn = turn;
        try
        {
            _session = open();
            _scratch = ScratchFolder.In(scratchParent);
            Session = _session;
            Staging = new SparkStaging(_session, _files, _scratch.Folder);
            Bronze = new SparkBronze(_session, stateAt, Staging);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SparkSession Session { get; }

    public SparkStaging Staging { get; }

    public SparkBronze Bronze { get; }

    public void Dispose()
    {
        _session?.Dispose();
        _files.Dispose();
        _scratch?.Dispose();
        _turn?.Dispose();
    }
}
