using ShopLake.Catalog;

namespace ShopLake.Engines.Spark;

/// <summary>
/// The tables of a warehouse as its run sees them. SELECTs come in Spark's words, with every table in its place.
/// </summary>
internal interface ISparkTables
{
    /// <summary>Bronze up to this commit belongs to the tables.</summary>
    long LedgerSequence { get; set; }

    bool Exists(string name);

    /// <summary>What stands in a FROM for a table; null where there is none of that name.</summary>
    string? PlaceOf(string name);

    /// <summary>Makes the table and fills it, in place of what stood there.</summary>
    /// <returns>Its rows.</returns>
    long Write(TableDefinition table, string comment, string select, CancellationToken cancellation);

    /// <inheritdoc cref="Run.IEngine.Fill"/>
    void Fill(TableDefinition table, string comment, IReadOnlyList<object?[]> rows);

    /// <inheritdoc cref="Run.IEngine.Append"/>
    void Append(TableDefinition table, string comment, IReadOnlyList<object?[]> rows);

    /// <inheritdoc cref="Run.IEngine.Replace"/>
    void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, CancellationToken cancellation);

    void Drop(string name);

    void Begin();

    void Commit();

    void Rollback();
}
