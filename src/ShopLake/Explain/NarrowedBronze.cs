using System.Globalization;
using ShopLake.Catalog;
using ShopLake.Run;

namespace ShopLake.Explain;

/// <summary>Bronze as if only some of its rows had ever come.</summary>
internal static class NarrowedBronze
{
    /// <param name="engine">Holds the wanted rows.</param>
    /// <param name="bronze">Bronze in which they are.</param>
    /// <param name="tracer">Which rows; of raw tables that it does not know, none.</param>
    /// <param name="lastBatch">The last commit of which rows are kept.</param>
    /// <param name="cancellation">Stops inside.</param>
    public static BronzeState Of(
        IEngine engine, BronzeState bronze, Tracer tracer, long lastBatch, CancellationToken cancellation)
    {
        var conditions = tracer.BronzeTables.ToDictionary(
            table => table.FullName,
            table => Condition(engine, tracer[table.FullName], lastBatch, cancellation), StringComparer.Ordinal);
        return new BronzeState(lastBatch, Select, (table, _) => Select(table));

        string Select(TableDefinition table) =>
            $"SELECT * FROM ({bronze.Select(table)}) AS raw WHERE {conditions.GetValueOrDefault(table.FullName, "1 = 0")}";
    }

    /// <summary>Written out, as the SELECT of Bronze may run in another database than the one that holds the wanted rows.</summary>
    private static string Condition(IEngine engine, WantedRows wanted, long lastBatch, CancellationToken cancellation)
    {
        if (wanted.IsWhole)
        {
            return $"_batch_id <= {lastBatch}";
        }

        IEnumerable<string> files = engine.Query(
            $"SELECT piece_0, piece_1, piece_2 FROM {wanted.Name} WHERE piece_0 <= {lastBatch}", cancellation).Rows
            .GroupBy(row => ((long)row[0]!, (string)row[1]!), row => (long)row[2]!)
            .Select(file => $"(_batch_id = {file.Key.Item1} AND _source_file = '{file.Key.Item2.Replace("'", "''", StringComparison.Ordinal)}' "
                + $"AND _source_row IN ({string.Join(", ", file.Select(row => row.ToString(CultureInfo.InvariantCulture)))}))");
        return string.Join(" OR ", files.DefaultIfEmpty("1 = 0"));
    }
}
