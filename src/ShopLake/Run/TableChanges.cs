using ShopLake.Catalog;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>The rows in which a table differs from its published state, staged in the engine: those gone and those new.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsAppended">Whether rows were only added, as in Bronze.</param>
internal sealed record TableChanges(TableDefinition Table, bool IsAppended)
{
    /// <summary>The column that says how many more of a row stand now than before; negative for those that are gone.</summary>
    public const string Copies = "_copies";

    /// <summary>Name of the staged rows.</summary>
    public string Name => $"changes_{Table.Schema}_{Table.Name}";

    /// <summary>A SELECT of the rows of which two tables have not the same number of copies, each once.</summary>
    /// <param name="columns">The columns that both are compared by, as a list of SQL.</param>
    /// <param name="before">Name of the one, a table or staged rows.</param>
    /// <param name="after">Name of the other.</param>
    public static string Between(string columns, string before, string after) => $"""
        SELECT {columns}, sum({Copies}) AS {Copies} FROM (
            SELECT {columns}, -1 AS {Copies} FROM {before} UNION ALL SELECT {columns}, 1 AS {Copies} FROM {after}) AS sides
        GROUP BY {columns} HAVING sum({Copies}) <> 0
        """;

    /// <summary>
    /// The changes that a reader can see, as a table of a FROM: rows that are otherwise only in columns it does not read
    /// are none for it.
    /// </summary>
    public string RowsFor(Model reader, IEngine engine)
    {
        string rows = engine.Staged(Name);
        if (IsAppended)
        {
            return rows;
        }

        IReadOnlyList<string> read = reader.ColumnsOf(Table);
        if (read.Count == Table.Columns.Count)
        {
            return rows;
        }

        string columns = string.Join(", ", read.Select(column => $"\"{column}\""));
        // Spark confuses the columns of a HAVING where a statement names the same rows often enough; of a WHERE it does not.
        string summed = read.Count == 0
            ? $"SELECT sum({Copies}) AS {Copies} FROM {rows}"
            : $"SELECT {columns}, sum({Copies}) AS {Copies} FROM {rows} GROUP BY {columns}";
        return $"(SELECT {(read.Count == 0 ? Copies : columns)} FROM ({summed}) AS summed WHERE {Copies} <> 0) AS changes";
    }
}
