namespace ShopLake.Run;

/// <summary>What readers see: the one row of <c>ops.published</c>.</summary>
/// <param name="Generation">Number of the published state; its Gold folder has the same number.</param>
/// <param name="LedgerSequence">Last commit that it has seen.</param>
/// <param name="Fingerprint">Of models, checks and settings that computed it.</param>
/// <param name="PublishedAt">UTC.</param>
public sealed record Publication(long Generation, long LedgerSequence, string Fingerprint, DateTime PublishedAt)
{
    /// <summary>The published state, or null before the first one.</summary>
    public static Publication? Read(IEngine engine) => engine.Exists(OpsTables.Published)
        && engine.Query($"SELECT * FROM {OpsTables.Published.FullName}", CancellationToken.None).Rows is [{ } row]
            ? new Publication((long)row[0]!, (long)row[1]!, (string)row[2]!, (DateTime)row[3]!)
            : null;

    internal void Write(IEngine engine) => engine.Fill(OpsTables.Published, "What readers see now.",
        [[Generation, LedgerSequence, Fingerprint, PublishedAt]]);
}
