using ShopLake.Bronze;
using ShopLake.Catalog;

namespace ShopLake.Run;

/// <summary>Bronze as a run reads it: everything up to one commit of the ledger.</summary>
/// <param name="LedgerSequence">The last commit.</param>
/// <param name="Select">For a raw table, the DuckDB SELECT that gives its columns in order.</param>
/// <param name="SelectAfter">The same for the rows of later commits than a given one.</param>
/// <param name="Files">The files in which the rows stand; null where they stand in none.</param>
public sealed record BronzeState(
    long LedgerSequence, Func<TableDefinition, string> Select, Func<TableDefinition, long, string> SelectAfter,
    BronzeFiles? Files = null)
{
    /// <summary>DuckDB reads columns in groups of so many rows; opening a file for less of them costs more than reading it.</summary>
    private const int RowsOfLargeFile = 122_880;

    /// <summary>SHA-256 of the ledger's record of a commit up to the last; empty where no ledger stands behind the rows.</summary>
    public Func<long, string> RecordHash { get; init; } = _ => "";

    /// <summary>What the ledger names, up to one of its commits or to the last.</summary>
    public static BronzeState Of(Ledger ledger, long? upTo = null) => new(
        upTo ?? ledger.LastSequence,
        table => BronzeReader.SelectSql(table, ledger, upTo: upTo),
        (table, after) => BronzeReader.SelectSql(table, ledger, after, upTo),
        new BronzeFiles(
            (table, after) => BronzeReader.Files(table, ledger, after, upTo),
            (table, after) => BronzeReader.SelectSql(table, ledger, after, upTo, file => file.Rows < RowsOfLargeFile),
            table => BronzeReader.SelectSql(table, ledger, 0, upTo, file => file.Rows >= RowsOfLargeFile)))
    {
        RecordHash = ledger.RecordHash,
    };

    /// <summary>
    /// Rows of later commits than a given one, for engines that cannot read the files: DuckDB reads them here.
    /// </summary>
    /// <param name="table">The raw table.</param>
    /// <param name="after">Sees only commits behind this one; 0 sees all.</param>
    /// <param name="cancellation">Stops inside.</param>
    /// <returns>
    /// Values in the order of the columns: <c>string</c>, <c>long</c>, <c>decimal</c>, <c>DateTime</c> (UTC,
    /// microseconds) or null. The array is the same for every row: take what is to be kept.
    /// </returns>
    public IEnumerable<object?[]> Rows(TableDefinition table, long after, CancellationToken cancellation) =>
        BronzeReader.Rows(table, after == 0 ? Select(table) : SelectAfter(table, after), cancellation);
}

/// <summary>The files of Bronze, for engines that read them by themselves.</summary>
/// <param name="After">Absolute paths of those with the rows of later commits than a given one.</param>
/// <param name="SelectSmall">The DuckDB SELECT of the rows of later commits than a given one that stand in small files.</param>
/// <param name="SelectLarge">The DuckDB SELECT of the rows that stand in others.</param>
public sealed record BronzeFiles(
    Func<TableDefinition, long, IReadOnlyList<string>> After,
    Func<TableDefinition, long, string> SelectSmall, Func<TableDefinition, string> SelectLarge);
