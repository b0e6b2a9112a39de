using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;

namespace ShopLake.Engines.Spark;

/// <summary>Raw tables as temporary views over the files of Bronze, where they stand.</summary>
/// <param name="session">Has the views.</param>
/// <param name="stateAt">Bronze up to a commit, and the raw tables by their full names.</param>
/// <param name="staging">Keeps rows that stand in no files; null where all do.</param>
internal sealed class SparkBronze(SparkSession session, SparkBronze.At stateAt, SparkStaging? staging)
{
    public delegate (BronzeState State, LakeCatalog Catalog) At(long ledgerSequence);

    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    /// <summary>The view of a raw table, of the state that was shown last, or else of a given commit.</summary>
    /// <returns>Null where no raw table has the name.</returns>
    public string? PlaceOf(string name, long ledgerSequence)
    {
        string view = SparkText.View(name);
        if (!_shown.Contains(view))
        {
            (BronzeState state, LakeCatalog catalog) = stateAt(ledgerSequence);
            if (catalog.Find(name) is not { } table)
            {
                return null;
            }

            Show(view, table, state, after: 0, CancellationToken.None);
        }

        return view;
    }

    /// <summary>Shows a raw table as a state has it.</summary>
    /// <returns>SELECT of the rows of later commits; null where there are none.</returns>
    public string? Show(TableDefinition table, BronzeState state, long after, CancellationToken cancellation)
    {
        string view = SparkText.View(table.FullName);
        Show(view, table, state, after: 0, cancellation);
        if (after == 0)
        {
            return $"SELECT * FROM {view}";
        }

        if (state.Files?.After(table, after).Count == 0)
        {
            return null;
        }

        Show(view + "__new", table, state, after, cancellation);
        return $"SELECT * FROM {view}__new";
    }

    private void Show(string view, TableDefinition table, BronzeState state, long after, CancellationToken cancellation)
    {
        if (state.Files?.After(table, after) is { Count: > 0 } files)
        {
            session.CreateParquetView(view, table.Columns, files, cancellation);
        }
        else if (state.Files is null && staging is not null)
        {
            staging.Keep(view, table.Columns, state.Rows(table, after, cancellation).Select(row => (object?[])[.. row]), cancellation);
        }
        else
        {
            session.CreateView(view, table.Columns, [], cancellation);
        }

        _shown.Add(view);
    }
}
