using ShopLake.Catalog;

namespace ShopLake.Bronze;

/// <summary>Reads Bronze the only way it may be read: through the ledger.</summary>
public static class BronzeReader
{
    /// <summary>
    /// A DuckDB SELECT that gives a raw table's columns in order, from the files that the ledger names and no others.
    /// </summary>
    /// <param name="table">A raw table of the catalogue, for example <c>bronze.payments_raw</c>.</param>
    /// <param name="after">Sees only commits behind this ledger sequence; 0 sees all.</param>
    /// <param name="upTo">The last ledger sequence to see; null sees all.</param>
    /// <exception cref="ShopLakeException">
    /// A named file is missing or has another size; all such files are listed.
    /// </exception>
    public static string SelectSql(TableDefinition table, Ledger ledger, long after = 0, long? upTo = null)
    {
        string[] files =
        [
            .. ledger.CheckSizes(ledger.Records.Where(record => $"{record.Table}_raw" == table.Name
                && record.Sequence > after && record.Sequence <= (upTo ?? long.MaxValue))),
        ];
        if (files.Length == 0)
        {
            string nothing = string.Join(", ", table.Columns.Select(column =>
                $"CAST(NULL AS {Sql.Type(column.Type)}) AS {Sql.Name(column.Name)}"));
            return $"SELECT {nothing} WHERE false";
        }

        string columns = string.Join(", ", table.Columns.Select(column => Sql.Name(column.Name)));
        return $"SELECT {columns} FROM read_parquet({Sql.List(files)}, hive_partitioning = false)";
    }
}
