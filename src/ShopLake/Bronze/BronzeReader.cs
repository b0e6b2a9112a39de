using System.Data.Common;
using DuckDB.NET.Data;
using ShopLake.Catalog;

namespace ShopLake.Bronze;

/// <summary>Reads Bronze the only way it may be read: through the ledger.</summary>
public static class BronzeReader
{
    private const string LakeVariable = "shoplake_lake";

    /// <summary>
    /// A DuckDB SELECT that gives a raw table's columns in order, from the files that the ledger names and no others. It
    /// reads them in the ledger's lake, or in the one that <see cref="SetLake"/> names: a lake may be moved, with views in it.
    /// </summary>
    /// <param name="table">A raw table of the catalogue, for example <c>bronze.payments_raw</c>.</param>
    /// <param name="after">Sees only commits behind this ledger sequence; 0 sees all.</param>
    /// <param name="upTo">The last ledger sequence to see; null sees all.</param>
    /// <param name="isWanted">Sees only such files; null sees all.</param>
    /// <exception cref="ShopLakeException">
    /// A named file is missing or has another size; all such files are listed.
    /// </exception>
    public static string SelectSql(
        TableDefinition table, Ledger ledger, long after = 0, long? upTo = null, Func<LakeFile, bool>? isWanted = null)
    {
        IReadOnlyList<string> files = Files(table, ledger, after, upTo, isWanted);
        if (files.Count == 0)
        {
            string nothing = string.Join(", ", table.Columns.Select(column =>
                $"CAST(NULL AS {Sql.Type(column.Type)}) AS {Sql.Name(column.Name)}"));
            return $"SELECT {nothing} WHERE false";
        }

        string columns = string.Join(", ", table.Columns.Select(column => Sql.Name(column.Name)));
        string names = Sql.List(files.Select(file => Path.GetRelativePath(ledger.Lake, file)));
        string lake = $"coalesce(getvariable('{LakeVariable}'), {Sql.Literal(ledger.Lake)})";
        return $"SELECT {columns} FROM read_parquet(list_transform({names}, lambda name: {lake} || '/' || name), "
            + "hive_partitioning = false)";
    }

    /// <summary>A statement after which a connection to DuckDB reads Bronze in this lake, wherever it was when a SELECT was made.</summary>
    public static string SetLake(string lakeFolder) =>
        $"SET VARIABLE {LakeVariable} = {Sql.Literal(Path.GetFullPath(lakeFolder))}";

    /// <summary>The Parquet files that <see cref="SelectSql"/> reads.</summary>
    /// <inheritdoc cref="SelectSql"/>
    /// <returns>Absolute paths.</returns>
    public static IReadOnlyList<string> Files(
        TableDefinition table, Ledger ledger, long after = 0, long? upTo = null, Func<LakeFile, bool>? isWanted = null) =>
    [
        .. ledger.CheckSizes(
            ledger.Records.Where(record => $"{record.Table}_raw" == table.Name
                && record.Sequence > after && record.Sequence <= (upTo ?? long.MaxValue)),
            isWanted),
    ];

    /// <summary>The rows of a SELECT over Bronze, as DuckDB reads them.</summary>
    /// <param name="table">What is selected from, to be named by errors.</param>
    /// <returns>
    /// <c>string</c>, <c>long</c>, <c>decimal</c>, <c>DateTime</c> (UTC) or null; the array is the same for every row.
    /// </returns>
    /// <exception cref="ShopLakeException">A file or a value cannot be read.</exception>
    public static IEnumerable<object?[]> Rows(TableDefinition table, string select, CancellationToken cancellation)
    {
        using DuckDBConnection connection = DuckDbMemory.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = select;
        command.UseStreamingMode = true;
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        using DbDataReader reader = DuckDbMemory.Reading(command.ExecuteReader, cancellation);
        var values = new object?[reader.FieldCount];
        while (DuckDbMemory.Reading(reader.Read, cancellation))
        {
            for (int column = 0; column < values.Length; column++)
            {
                values[column] = reader.IsDBNull(column) ? null : ValueOf(reader, column, table);
            }

            yield return values;
        }
    }

    private static object ValueOf(DbDataReader reader, int column, TableDefinition table)
    {
        try
        {
            object value = reader.GetValue(column);
            return value is DateTime instant ? DateTime.SpecifyKind(instant, DateTimeKind.Utc) : value;
        }
        catch (Exception exception) when (exception is not DuckDBException)
        {
            // Lakes of earlier versions hold instants that DuckDB can hold and .NET cannot.
            throw new ShopLakeException(FailureKind.OutOfReach, $"{table.FullName}.{reader.GetName(column)} holds an instant "
                + "outside the years 1 to 9999. Such values are quarantined now: name another folder as `lake` in shoplake.yaml "
                + "and ingest the feeds again.", exception);
        }
    }
}
