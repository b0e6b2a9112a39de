using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Which pieces of each table are looked at.</summary>
/// <param name="Share">Of the pieces, above 0 and at most 1.</param>
/// <param name="Seed">The same seed picks the same pieces, on every engine.</param>
public sealed record SampleChoice(double Share, int Seed);

/// <summary>A table of which a share was computed again.</summary>
/// <param name="Table">Schema and table.</param>
/// <param name="Rows">Rows of the live table.</param>
/// <param name="Sampled">Those of them that were compared.</param>
/// <param name="Digest">Of the live rows that were compared.</param>
/// <param name="Differing">Rows that stand on one side only.</param>
/// <param name="OnlyLive">The first few that only the live table has.</param>
/// <param name="OnlyComputed">The first few that only computing them again gives.</param>
/// <param name="Fault">Why its rows cannot be compared at all; null where they were.</param>
public sealed record SampledTable(
    string Table, long Rows, long Sampled, TableDigest Digest, long Differing,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyLive,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> OnlyComputed,
    string? Fault = null)
{
    public bool IsEqual => Fault is null && Differing == 0;
}

/// <summary>
/// Computes a share of each table again, from the live tables that it reads and from Bronze, and compares it with its live
/// rows. Where every table follows from what it reads, and the first ones from Bronze, all of them are what a rebuild gives;
/// so a difference is found in the table where it began. Pieces are narrowed as runs narrow them: what a scope leaves out is
/// seen where the live rows were computed whole, and only there.
/// </summary>
public sealed class SampledVerification
{
    private const int RowsShown = 5;
    private const string Pieces = "sampled_pieces";
    private const string LiveRows = "sampled_rows";
    private const string ComputedRows = "computed_rows";
    private const string Differences = "sampled_differences";

    private readonly IEngine _live;
    private readonly SampleChoice _sample;
    private readonly CancellationToken _cancellation;

    private SampledVerification(IEngine live, SampleChoice sample, CancellationToken cancellation) =>
        (_live, _sample, _cancellation) = (live, sample, cancellation);

    /// <summary>Compares a share of every table.</summary>
    /// <param name="live">The live tables, which today's models have computed.</param>
    /// <param name="library">The models.</param>
    /// <param name="bronze">Bronze up to the published commit.</param>
    /// <param name="sample">Which share.</param>
    /// <param name="progress">Told the name of each table.</param>
    /// <param name="cancellation">Stops between and inside tables.</param>
    /// <returns>
    /// Rows of Bronze that the engine keeps, then the tables of all models, inputs first. Where some of them are missing
    /// or lack columns, these alone: nothing that reads them can be computed again.
    /// </returns>
    public static IReadOnlyList<SampledTable> Compare(
        IEngine live, ModelLibrary library, BronzeState bronze, SampleChoice sample, IProgress<string>? progress, CancellationToken cancellation)
    {
        SampledTable[] faulty =
        [
            .. from table in Verification.TablesOf(live, library)
               let fault = Verification.FaultOf(live, table, cancellation)
               where fault is not null
               select new SampledTable(table.FullName, 0, 0, TableDigest.Of([]), 0, [], [], fault),
        ];
        if (faulty.Length > 0)
        {
            return faulty;
        }

        var verification = new SampledVerification(live, sample, cancellation);
        return
        [
            .. verification.KeptRows(library.Catalog, bronze, progress),
            .. library.Models.Select(model =>
            {
                progress?.Report(model.Name);
                return verification.OfModel(model, library.Catalog);
            }),
        ];
    }

    private SampledTable OfModel(Model model, LakeCatalog catalog)
    {
        string columns = Columns(model.Table);
        if (model.Scope is null)
        {
            _live.Stage(LiveRows, $"SELECT {columns} FROM {model.Name}", _cancellation);
            _live.StageModel(ComputedRows, model.Table, [], $"SELECT {columns} FROM (\n{model.Sql}\n) AS model", _cancellation);
        }
        else
        {
            var sql = new ScopeSql(model.Scope, _live.Staged(Pieces));
            StagePieces(sql, model);
            _live.Stage(LiveRows, $"SELECT {columns} FROM {model.Name} WHERE {sql.OfPieces(model.Scope.Key)}", _cancellation);
            _live.StageModel(ComputedRows, model.Table, sql.NarrowedInputs(model, catalog), sql.Recompute(model, columns), _cancellation);
        }

        long differing = _live.Stage(Differences, TableChanges.Between(columns, LiveRows, ComputedRows), _cancellation);
        return new SampledTable(
            model.Name, Count(model.Name), Count(LiveRows), TableDigest.Of(Query($"SELECT {columns} FROM {LiveRows}")),
            differing, Shown(model.Table, "< 0"), Shown(model.Table, "> 0"));
    }

    /// <summary>A share of the pieces that the inputs or the live rows name; at least one, where there is any.</summary>
    private void StagePieces(ScopeSql sql, Model model)
    {
        string hash = sql.HashOfPiece(_sample.Seed);
        string limit = ((long)(_sample.Share * (1L << 32))).ToString(CultureInfo.InvariantCulture);
        if (_live.StageKeys(Pieces, sql.KeyColumns, sql.AllPieces(model, $"{hash} < {limit}"), _cancellation) == 0)
        {
            // Spark sorts by columns, and by no function of the vocabulary.
            string placed = $"SELECT pieces.*, {hash} AS piece_place FROM ({sql.AllPieces(model, "1 = 1")}) AS pieces";
            _live.StageKeys(Pieces, sql.KeyColumns, $"SELECT * FROM ({placed}) AS placed ORDER BY piece_place LIMIT 1", _cancellation);
        }
    }

    /// <summary>Engines that keep Bronze in tables of their own may have lost rows of it: some commits are read again.</summary>
    private IEnumerable<SampledTable> KeptRows(LakeCatalog catalog, BronzeState bronze, IProgress<string>? progress)
    {
        // No row is of commit 0, and before the first commit there is no other: an empty list is no SQL.
        string chosen = string.Join(", ", Commits(bronze.LedgerSequence).Prepend(0));
        foreach (TableDefinition raw in LakeCatalog.RawTables.Select(catalog.Raw))
        {
            if (_live.KeptOf(raw) is not { } table || (table == raw ? bronze.Select(raw) : bronze.Files?.SelectSmall(raw, 0)) is not { } all)
            {
                continue;
            }

            progress?.Report(table.FullName);
            IReadOnlyList<object?[]> live = Query($"SELECT {Columns(table)} FROM {table.FullName} WHERE _batch_id IN ({chosen})");
            object?[][] read =
            [
                .. BronzeReader.Rows(raw, $"SELECT * FROM ({all}) AS raw WHERE _batch_id IN ({chosen})", _cancellation).Select(row => row.ToArray()),
            ];
            TableDigest digest = TableDigest.Of(live);
            string[] columns = [.. table.Columns.Select(column => column.Name)];
            bool isEqual = digest == TableDigest.Of(read);
            var onlyLive = isEqual ? [] : Verification.Missing(columns, live, read).ToList();
            var onlyRead = isEqual ? [] : Verification.Missing(columns, read, live).ToList();
            yield return new SampledTable(
                table.FullName, Count(table.FullName), live.Count, digest, onlyLive.Count + onlyRead.Count,
                [.. onlyLive.Take(RowsShown)], [.. onlyRead.Take(RowsShown)]);
        }
    }

    private IEnumerable<long> Commits(long last)
    {
        var random = new Random(_sample.Seed);
        long least = random.NextInt64(last) + 1;
        for (long commit = 1; commit <= last; commit++)
        {
            if (random.NextDouble() < _sample.Share || commit == least)
            {
                yield return commit;
            }
        }
    }

    private IReadOnlyList<IReadOnlyDictionary<string, object?>> Shown(TableDefinition table, string copies)
    {
        string[] columns = [.. table.Columns.Select(column => column.Name)];
        string order = Columns(table);
        return
        [
            .. Query($"SELECT {order} FROM {Differences} WHERE {TableChanges.Copies} {copies} ORDER BY {order} LIMIT {RowsShown}")
                .Select(row => columns.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal)),
        ];
    }

    private long Count(string table) => (long)Query($"SELECT count(*) FROM {table}")[0][0]!;

    private IReadOnlyList<object?[]> Query(string sql) => _live.Query(sql, _cancellation).Rows;

    private static string Columns(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""));
}
