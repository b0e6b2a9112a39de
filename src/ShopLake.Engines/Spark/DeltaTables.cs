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
    /// <summary>So many bytes are written in less time than Delta takes to find out which files to leave as they are.</summary>
    private const long FewBytes = 32 * 1024 * 1024;

    private readonly SparkSession _session;
    private readonly SparkStaging _staging;
    private readonly string _folder;
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);
    private SparkState _published;
    private Dictionary<string, SparkTable> _tables;

    public DeltaTables(SparkSession session, SparkStaging staging, string folder)
    {
        _session = session;
        _staging = staging;
        _folder = folder;
        _published = SparkState.Read(folder);
        _tables = new Dictionary<string, SparkTable>(_published.Tables, StringComparer.Ordinal);
        LedgerSequence = _published.LedgerSequence;
    }

    public long LedgerSequence { get; set; }

    public bool Exists(string name) => _tables.ContainsKey(name);

    /// <summary>
    /// A run reads files where it can: for a version Spark reads the log, in statements of its own, whenever a table is named.
    /// </summary>
    public string? PlaceOf(string name)
    {
        if (!_tables.TryGetValue(name, out SparkTable? table))
        {
            return null;
        }

        if (table.Files is null)
        {
            return SparkState.PlaceOf(_folder, name, table);
        }

        Show(name, columns: null, table.Files, CancellationToken.None);
        return SparkText.View(name);
    }

    public long Write(TableDefinition table, string comment, string select, CancellationToken cancellation) =>
        Write(table, comment, $"SELECT {SparkText.Typed(table)} FROM (\n{select}\n) AS model", content: null, cancellation);

    /// <summary>Rows that stand there already are not written again.</summary>
    public void Fill(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        string content = TableDigest.Of(rows).ToString();
        if (!_tables.TryGetValue(table.FullName, out SparkTable? known)
            || known.Content != content || known.Definition != DefinitionOf(table, comment))
        {
            Write(table, comment, _staging.Shown(table.Columns, rows, CancellationToken.None), content, CancellationToken.None);
        }
    }

    public void Append(TableDefinition table, string comment, IReadOnlyList<object?[]> rows)
    {
        if (!_tables.TryGetValue(table.FullName, out SparkTable? known))
        {
            Fill(table, comment, rows);
            return;
        }

        GoBack(table);
        IReadOnlyList<ParquetFile> files = _staging.Write(
            Path.Combine(FolderOf(table), NewName()), table.Columns,
            _staging.Shown(table.Columns, rows, CancellationToken.None), CancellationToken.None);
        _tables[table.FullName] = new SparkTable(
            Checkpointed(table, LogOf(table).Append(files)), known.Definition, Bytes: known.Bytes + files.Sum(file => file.Bytes));
    }

    /// <summary>
    /// A large table is changed by one MERGE: it reads the keys, and rewrites the files that hold a changed one.
    /// </summary>
    public void Replace(
        TableDefinition table, IReadOnlyList<string> key, string changes, string rows, CancellationToken cancellation)
    {
        SparkTable known = _tables[table.FullName];
        if (key.Count == 0 || known.Bytes <= FewBytes)
        {
            string select = SparkText.Replaced(table, PlaceOf(table.FullName)!, key, changes, rows);
            Write(table, known.Definition, newComment: null, select, content: null, cancellation);
            return;
        }

        string columns = SparkText.Columns(table);
        string keys = string.Join(", ", key.Select(SparkText.Name));
        string gone = string.Join(", ", table.Columns.Select(column => key.Contains(column.Name)
            ? SparkText.Name(column.Name)
            : $"cast(NULL AS {SparkText.Type(column.Type)}) AS {SparkText.Name(column.Name)}"));
        string matches = string.Join(" AND ",
            key.Select(column => $"t.{SparkText.Name(column)} = s.{SparkText.Name(column)}"));
        GoBack(table);
        _session.Execute($"""
            MERGE INTO delta.{SparkText.Path(FolderOf(table))} AS t USING (
                SELECT TRUE AS "_is_gone", {gone} FROM (SELECT DISTINCT {keys} FROM {changes}) AS c
                UNION ALL
                SELECT FALSE AS "_is_gone", {columns} FROM {rows} WHERE ({keys}) IN (SELECT {keys} FROM {changes})
            ) AS s ON s."_is_gone" AND {matches}
            WHEN MATCHED THEN DELETE
            WHEN NOT MATCHED AND NOT s."_is_gone" THEN INSERT ({columns})
                VALUES ({string.Join(", ", table.Columns.Select(column => $"s.{SparkText.Name(column.Name)}"))})
            """, cancellation);
        _tables[table.FullName] = new SparkTable(LogOf(table).LastVersion!.Value, known.Definition, Bytes: known.Bytes);
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

    private DeltaLog LogOf(TableDefinition table) => new(FolderOf(table));

    private long Write(TableDefinition table, string comment, string select, string? content, CancellationToken cancellation)
    {
        string definition = DefinitionOf(table, comment);
        bool isKnown = _tables.GetValueOrDefault(table.FullName)?.Definition == definition;
        return Write(table, definition, isKnown ? null : comment, select, content, cancellation);
    }

    private long Write(
        TableDefinition table, string definition, string? newComment, string select, string? content,
        CancellationToken cancellation)
    {
        string rows = NewName();
        IReadOnlyList<ParquetFile> files = _staging.Write(
            Path.Combine(FolderOf(table), rows), table.Columns, select, cancellation);
        GoBack(table);
        long version = LogOf(table).Replace(files, newComment is null ? null : (table, newComment));
        _tables[table.FullName] = new SparkTable(
            Checkpointed(table, version), definition, content, rows, files.Sum(file => file.Bytes));
        Show(table.FullName, table.Columns, rows, cancellation);
        return files.Sum(file => file.Rows);
    }

    /// <summary>
    /// Lets Delta sum up the log from time to time, so that its readers need not read it from the beginning. It does so
    /// where a commit of Spark's own has the right number.
    /// </summary>
    /// <returns>The version that holds the same rows.</returns>
    private long Checkpointed(TableDefinition table, long version)
    {
        if ((version + 1) % DeltaLog.CheckpointInterval != 0)
        {
            return version;
        }

        _session.Execute(FormattableString.Invariant(
            $"ALTER TABLE delta.{SparkText.Path(FolderOf(table))} SET TBLPROPERTIES ('shoplake.version' = '{version}')"),
            CancellationToken.None);
        return LogOf(table).LastVersion!.Value;
    }

    private void Show(string name, IReadOnlyList<ColumnDefinition>? columns, string rows, CancellationToken cancellation)
    {
        if (_shown.GetValueOrDefault(name) != rows)
        {
            _session.CreateParquetView(
                SparkText.View(name), columns, [Path.Combine(SparkState.FolderOf(_folder, name), rows)], cancellation);
            _shown[name] = rows;
        }
    }

    /// <summary>Versions follow upon the last; what an interrupted run left there is undone first.</summary>
    private void GoBack(TableDefinition table)
    {
        DeltaLog log = LogOf(table);
        if (_tables.GetValueOrDefault(table.FullName)?.Version is { } version && log.LastVersion != version)
        {
            log.GoBackTo(version);
        }
    }

    /// <summary>Folders of rows sort by their age.</summary>
    private static string NewName() => Guid.CreateVersion7().ToString("N");

    private static string DdlOf(TableDefinition table) => string.Join(", ", table.Columns.Select(column =>
        $"{SparkText.Name(column.Name)} {SparkText.Type(column.Type)}"
        + (column.Description.Length > 0 ? $" COMMENT {SparkText.Literal(column.Description)}" : "")));

    /// <summary>Tells whether a table would be made otherwise today.</summary>
    private static string DefinitionOf(TableDefinition table, string comment) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{comment}\0{DdlOf(table)}")))[..16];
}
