using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// The records of a feed as a table function of DuckDB, so that its threads split the work and its Parquet writer takes
/// the rows as they come.
/// </summary>
internal sealed unsafe class RecordTable : IDisposable
{
    public const string File = "_source_file";
    public const string Record = "_source_row";
    public const string Rest = "_rest";

    private readonly GCHandle _handle;
    private readonly SourceFields _fields;
    private readonly Limits _limits;
    private readonly int _threads;
    private readonly ConcurrentBag<RowWriter> _busy = [];
    private readonly ConcurrentBag<RowWriter> _idle = [];
    private RecordFeed? _feed;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">How many threads may ask for rows at once.</param>
    public RecordTable(DuckDBConnection connection, string name, SourceFields fields, Limits limits, int threads)
    {
        _fields = fields;
        _limits = limits;
        _threads = threads;
        Name = name;
        _handle = GCHandle.Alloc(this);
        nint function = NativeMethods.TableFunction.DuckDBCreateTableFunction();
        NativeMethods.TableFunction.DuckDBTableFunctionSetName(function, name);
        NativeMethods.TableFunction.DuckDBTableFunctionSetExtraInfo(function, GCHandle.ToIntPtr(_handle), null);
        NativeMethods.TableFunction.DuckDBTableFunctionSetBind(function, &Bind);
        NativeMethods.TableFunction.DuckDBTableFunctionSetInit(function, &Initialize);
        NativeMethods.TableFunction.DuckDBTableFunctionSetFunction(function, &Produce);
        DuckDBState state = NativeMethods.TableFunction.DuckDBRegisterTableFunction(
            connection.NativeConnection, function);
        NativeMethods.TableFunction.DuckDBDestroyTableFunction(ref function);
        if (state != DuckDBState.Success)
        {
            throw new InvalidOperationException($"DuckDB does not take the table function {name}.");
        }
    }

    /// <summary>The function's name in SQL.</summary>
    public string Name { get; }

    /// <summary>Name in SQL of the field at a position.</summary>
    public static string Field(int position) => $"field_{position}";

    /// <summary>Runs a statement that reads the table once, from this feed.</summary>
    public void Read(RecordFeed feed, Action execute)
    {
        _feed = feed;
        _failure = null;
        _busy.Clear();
        _idle.Clear();
        try
        {
            execute();
        }
        catch (DuckDBException)
        {
            // DuckDB only has the text of an error; the error itself is here.
            _failure?.Throw();
            throw;
        }
    }

    /// <summary>Call after the connection is closed.</summary>
    public void Dispose() => _handle.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        RecordTable table = Of(NativeMethods.TableFunction.DuckDBBindGetExtraInfo(info));
        AddColumn(info, File, DuckDBType.Varchar);
        AddColumn(info, Record, DuckDBType.BigInt);
        for (int field = 0; field < table._fields.Fields.Count; field++)
        {
            AddColumn(info, Field(field), DuckDBType.Varchar);
        }

        AddColumn(info, Rest, DuckDBType.Varchar);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Initialize(nint info) => DuckDbVectors.SetMaximumThreads(
        info, (ulong)Of(NativeMethods.TableFunction.DuckDBInitGetExtraInfo(info))._threads);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Produce(nint info, nint chunk)
    {
        RecordTable table = Of(NativeMethods.TableFunction.DuckDBFunctionGetExtraInfo(info));
        try
        {
            DuckDbVectors.SetSize(chunk, (ulong)table.Fill(chunk));
        }
#pragma warning disable CA1031 // No exception may cross into C; Read throws it again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref table._failure, ExceptionDispatchInfo.Capture(exception), null);
            NativeMethods.TableFunction.DuckDBFunctionSetError(info, exception.Message);
        }
    }

    private static RecordTable Of(nint handle) => (RecordTable)GCHandle.FromIntPtr(handle).Target!;

    private static void AddColumn(nint info, string name, DuckDBType type)
    {
        using DuckDBLogicalType logical = NativeMethods.LogicalType.DuckDBCreateLogicalType(type);
        NativeMethods.TableFunction.DuckDBBindAddResultColumn(info, name, logical);
    }

    private int Fill(nint chunk)
    {
        // Writers with records left come first: the last thread to ask must find every one of them.
        if (!_busy.TryTake(out RowWriter? writer) && !_idle.TryTake(out writer))
        {
            writer = _fields.Source.Format == SourceFormat.Jsonl
                ? new JsonRowWriter(_fields, _limits)
                : new CsvRowWriter(_fields);
        }

        int rows = writer.Fill(chunk, _feed!);
        (writer.HasRecords ? _busy : _idle).Add(writer);
        return rows;
    }
}
