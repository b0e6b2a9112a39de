using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Run;

namespace ShopLake.Engines.Spark;

/// <summary>
/// The tables of a live warehouse: Delta tables under one folder. A run adds versions that nobody sees, and reads its
/// own; what it publishes is the list of them. Versions of a run that did not get there are never read: the next one
/// begins at the list.
/// </summary>
internal sealed class DeltaTables : ISparkTables
{
    private readonly SparkSession _session;
    private readonly string _folder;
    private SparkState _published;
    private Dictionary<string, SparkTable> _tables;

    public DeltaTables(SparkSession session, string folder)
    {
        _session = session;
        _folder = folder;
        _published = SparkState.Read(folder);
        _tables = new Dictionary<string, SparkTable>(_published.Tables, StringComparer.Ordinal);
        LedgerSequence = _published.LedgerSequence;
    }

    public long LedgerSequence { get; set; }

    public string? PlaceOf(string name) => _tables.TryGetValue(name, out SparkTable? table)
        ? SparkState.PlaceOf(_folder, name, table)
        : null;

    public long Write(TableDefinition table, string comment, string select, CancellationToken cancellation)
    {
        string definition = DefinitionOf(table, comment);
        if (!IsWhereItWas(table) || _tables[table.FullName].Definition != definition)
        {
            Create(table, comment, cancellation);
        }

        _session.Execute(
            $"INSERT OVERWRITE {AtPath(table)} SELECT {SparkText.Typed(table)} FROM (\n{select}\n) AS model",
            cancellation);
        return RowsSince(Advance(table, definition), table, cancellation);
    }

    /// <summary>Rows that stand there already are not written again.</summary>
    public void Fill(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        string content = TableDigest.Of(rows).ToString();
        if (_tables.TryGetValue(table.FullName, out SparkTable? known)
            && known.Content == content && known.Definition == DefinitionOf(table, comment))
        {
            return;
        }

        Write(table, comment, Shown(table, rows), CancellationToken.None);
        _tables[table.FullName] = _tables[table.FullName] with { Content = content };
    }

    public void Append(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        if (!_tables.TryGetValue(table.FullName, out SparkTable? known))
        {
            Fill(table, comment, rows);
            return;
        }

        GoBack(table, CancellationToken.None);
        _session.Execute($"INSERT INTO {AtPath(table)} {Shown(table, rows)}", CancellationToken.None);
        Advance(table, known.Definition);
    }

    /// <summary>One commit: it reads the keys of the table, and rewrites the files that hold a changed one.</summary>
    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, CancellationToken cancellation)
    {
        string columns = SparkText.Columns(table);
        string definition = _tables[table.FullName].Definition;
        if (key.Count == 0)
        {
            _session.Execute($"INSERT OVERWRITE {AtPath(table)} SELECT {columns} FROM {rows}", cancellation);
            Advance(table, definition);
            return;
        }

        string keys = string.Join(", ", key.Select(SparkText.Name));
        string gone = string.Join(", ", table.Columns.Select(column => key.Contains(column.Name)
            ? SparkText.Name(column.Name)
            : $"cast(NULL AS {SparkText.Type(column.Type)}) AS {SparkText.Name(column.Name)}"));
        string matches = string.Join(" AND ",
            key.Select(column => $"t.{SparkText.Name(column)} = s.{SparkText.Name(column)}"));
        GoBack(table, cancellation);
        _session.Execute($"""
            MERGE INTO {AtPath(table)} AS t USING (
                SELECT TRUE AS "_is_gone", {gone} FROM (SELECT DISTINCT {keys} FROM {changes}) AS c
                UNION ALL
                SELECT FALSE AS "_is_gone", {columns} FROM {rows} WHERE ({keys}) IN (SELECT {keys} FROM {changes})
            ) AS s ON s."_is_gone" AND {matches}
            WHEN MATCHED THEN DELETE
            WHEN NOT MATCHED AND NOT s."_is_gone" THEN INSERT ({columns})
                VALUES ({string.Join(", ", table.Columns.Select(column => $"s.{SparkText.Name(column.Name)}"))})
            """, cancellation);
        Advance(table, definition);
    }

    /// <summary>Its versions stay for readers of the state before; the next state does not name it.</summary>
    public void Drop(string name) => _tables.Remove(name);

    public void Begin()
    {
    }

    /// <exception cref="ShopLakeException">Somebody else has published since the warehouse was opened.</exception>
    public void Commit()
    {
        if (SparkState.Read(_folder).Generation != _published.Generation)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"Another run has published to {_folder} meanwhile; nothing of this one is seen. Try: run again, "
                + "and let one machine run this lake.");
        }

        var next = new SparkState(_published.Generation + 1, LedgerSequence, _tables);
        next.Publish(_folder);
        _published = next;
        _tables = new Dictionary<string, SparkTable>(_tables, StringComparer.Ordinal);
    }

    public void Rollback()
    {
        _tables = new Dictionary<string, SparkTable>(_published.Tables, StringComparer.Ordinal);
        LedgerSequence = _published.LedgerSequence;
    }

    private string FolderOf(TableDefinition table) => SparkState.FolderOf(_folder, table.FullName);

    private string AtPath(TableDefinition table) => $"delta.{SparkText.Path(FolderOf(table))}";

    /// <summary>Whether the last version is the one that this run reads, and none of an interrupted run.</summary>
    private bool IsWhereItWas(TableDefinition table) =>
        _tables.TryGetValue(table.FullName, out SparkTable? known)
        && DeltaLog.LastVersion(FolderOf(table)) == known.Version;

    private void Create(TableDefinition table, string comment, CancellationToken cancellation) => _session.Execute(
        $"CREATE OR REPLACE TABLE {AtPath(table)} ({DdlOf(table)}) USING delta COMMENT {SparkText.Literal(comment)}",
        cancellation);

    /// <summary>Delta changes the last version only; what an interrupted run left there is undone.</summary>
    private void GoBack(TableDefinition table, CancellationToken cancellation)
    {
        if (!IsWhereItWas(table))
        {
            _session.Execute(string.Create(CultureInfo.InvariantCulture,
                $"RESTORE TABLE {AtPath(table)} TO VERSION AS OF {_tables[table.FullName].Version}"), cancellation);
        }
    }

    /// <summary>Sends rows that the program has to the session.</summary>
    /// <returns>SELECT of them.</returns>
    private string Shown(TableDefinition table, IReadOnlyList<object?[]> rows)
    {
        const string view = "rows_of_the_program";
        _session.CreateView(view, table.Columns, rows, CancellationToken.None);
        return $"SELECT {SparkText.Columns(table)} FROM {view}";
    }

    /// <summary>What was just written is from here on the table of this run.</summary>
    /// <returns>The version before.</returns>
    private long? Advance(TableDefinition table, string definition)
    {
        long? before = _tables.GetValueOrDefault(table.FullName)?.Version;
        _tables[table.FullName] = new SparkTable(DeltaLog.LastVersion(FolderOf(table))
            ?? throw new ShopLakeException(FailureKind.OutOfReach,
                $"Spark has written {FolderOf(table)}, and this machine sees nothing there. "
                + "Both must see the lake under the same path."),
            definition);
        return before;
    }

    /// <summary>Told by the commit itself, or counted where it wrote nothing or does not say.</summary>
    private long RowsSince(long? before, TableDefinition table, CancellationToken cancellation)
    {
        long version = _tables[table.FullName].Version;
        return (version == before ? null : DeltaLog.RowsWritten(FolderOf(table), version))
            ?? (long)_session.Query($"SELECT count(*) FROM {PlaceOf(table.FullName)}", cancellation).Rows[0][0]!;
    }

    private static string DdlOf(TableDefinition table) => string.Join(", ", table.Columns.Select(column =>
        $"{SparkText.Name(column.Name)} {SparkText.Type(column.Type)}"
        + (column.Description.Length > 0 ? $" COMMENT {SparkText.Literal(column.Description)}" : "")));

    /// <summary>Tells whether a table would be made otherwise today.</summary>
    private static string DefinitionOf(TableDefinition table, string comment) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{comment}\0{DdlOf(table)}")))[..16];
}
