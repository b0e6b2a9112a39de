namespace ShopLake.Run;

/// <summary>The rows of some pieces of a model as this run has computed them.</summary>
/// <param name="Key">The columns of the model that tell its pieces apart.</param>
/// <param name="Pieces">Name of the staged pieces: columns piece_0, piece_1, … in the order of the key.</param>
/// <param name="Rows">Name of the staged rows.</param>
internal sealed record RowsAtHand(IReadOnlyList<string> Key, string Pieces, string Rows);
