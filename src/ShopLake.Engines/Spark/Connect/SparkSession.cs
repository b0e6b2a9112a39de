using System.Globalization;
using Google.Protobuf;
using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect.Protocol;
using ShopLake.Run;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>
/// A session of Spark Connect: its temporary views, functions and settings live as long as it does. Failures are
/// <see cref="ShopLakeException"/>: <see cref="FailureKind.Usage"/> where Spark refuses a statement, with a
/// <see cref="SparkErrorException"/> inside, <see cref="FailureKind.OutOfReach"/> where it cannot be reached or was
/// lost.
/// </summary>
internal sealed class SparkSession : IDisposable
{
    private const int OldestMajorVersion = 4;

    private readonly SparkChannel _channel;
    private bool _isDisposed;

    private SparkSession(SparkChannel channel) => _channel = channel;

    public SparkAddress Address => _channel.Address;

    /// <summary>Of the server, as <c>4.1.4</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Connects, and asks for the version.</summary>
    public static SparkSession Open(SparkAddress address, CancellationToken cancellation) =>
        Open(address, pauses: null, cancellation);

    /// <param name="pauses">Before each repetition of a call that found nobody; null for the usual ones.</param>
    public static SparkSession Open(
        SparkAddress address, IReadOnlyList<TimeSpan>? pauses, CancellationToken cancellation)
    {
        var session = new SparkSession(new SparkChannel(address, pauses));
        try
        {
            session.RequireUsable(cancellation);
            return session;
        }
        catch
        {
            session._channel.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs a command and returns the rows it has of its own, without columns of lists, maps or structs. The text of a
    /// query is read, and not run.
    /// </summary>
    public QueryResult Execute(string sql, CancellationToken cancellation) => Command(
        new Command { SqlCommand = new SqlCommand { Input = Sql(sql) } }, sql, cancellation);

    /// <summary>Runs a query, with all rows in memory.</summary>
    public QueryResult Query(string sql, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = [];
        var rows = new List<object?[]>();
        Read(sql, columns => names = columns, row => rows.Add(row), cancellation);
        return new QueryResult(names, rows);
    }

    /// <summary>Runs a query and hands its rows on one by one, in the types of <see cref="QueryResult"/>.</summary>
    /// <param name="columns">Told the names, once, before the rows; also when there are no rows.</param>
    public void Read(
        string sql, Action<IReadOnlyList<string>> columns, Action<object?[]> row, CancellationToken cancellation)
    {
        using var statement = new SparkStatement(_channel, new Plan { Root = Sql(sql) }, sql, cancellation);
        bool hasColumns = false;
        long rowCount = 0;
        while (statement.Next() is { } response)
        {
            if (response.ArrowBatch is not { } batch)
            {
                continue;
            }

            if (batch.HasStartOffset && batch.StartOffset != rowCount)
            {
                throw new ShopLakeException(FailureKind.OutOfReach, string.Create(CultureInfo.InvariantCulture,
                    $"Spark at {Address} sent rows from {batch.StartOffset} on "
                    + $"where row {rowCount} was next. Try: run again."));
            }

            ArrowRows.Read(
                batch.Data.Memory,
                isComplete: true,
                names =>
                {
                    if (!hasColumns)
                    {
                        columns(names);
                    }

                    hasColumns = true;
                },
                values =>
                {
                    rowCount++;
                    row(values);
                });
        }
    }

    /// <summary>
    /// Makes a temporary view of rows that the program has. They travel in the statement, so they are to be few.
    /// </summary>
    /// <param name="name">Of this session; what had it is replaced.</param>
    public void CreateView(
        string name, IReadOnlyList<ColumnDefinition> columns, IEnumerable<object?[]> rows,
        CancellationToken cancellation)
    {
        var relation = new LocalRelation
        {
            Data = UnsafeByteOperations.UnsafeWrap(ArrowTable.Write(name, columns, rows)),
            Schema = ArrowTable.Schema(columns),
        };
        View(name, new Relation { LocalRelation = relation }, cancellation);
    }

    /// <summary>Makes a temporary view of Parquet files, which Spark's SQL can do for one path only.</summary>
    /// <param name="name">Of this session; what had it is replaced.</param>
    /// <param name="columns">By name; null where the files are to be asked for theirs.</param>
    /// <param name="paths">Files, or folders with all that is below them. At least one.</param>
    public void CreateParquetView(
        string name, IReadOnlyList<ColumnDefinition>? columns, IReadOnlyList<string> paths,
        CancellationToken cancellation)
    {
        var files = new Protocol.Read.Types.DataSource
        {
            Format = "parquet",
            Options = { ["recursiveFileLookup"] = "true" },
            Paths = { paths },
        };
        if (columns is not null)
        {
            files.Schema = ArrowTable.Schema(columns);
        }

        View(name, new Relation { Read = new Protocol.Read { DataSource = files } }, cancellation);
    }

    /// <summary>Ends whatever runs in this session.</summary>
    public void Interrupt() => _channel.Tell(options => _channel.Client.Interrupt(new InterruptRequest
    {
        SessionId = _channel.SessionId,
        UserContext = _channel.User,
        ClientType = SparkChannel.ClientType,
        ClientObservedServerSideSessionId = _channel.ServerSideSessionId,
        InterruptType = InterruptRequest.Types.InterruptType.All,
    }, options));

    /// <summary>Ends the session at the server, with its views and with what still runs in it.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _channel.Tell(options => _channel.Client.ReleaseSession(new ReleaseSessionRequest
        {
            SessionId = _channel.SessionId,
            UserContext = _channel.User,
            ClientType = SparkChannel.ClientType,
        }, options));
        _channel.Dispose();
    }

    private static Relation Sql(string text) => new() { Sql = new SQL { Query = text } };

    private void View(string name, Relation relation, CancellationToken cancellation)
    {
        var view = new CreateDataFrameViewCommand { Input = relation, Name = name, Replace = true };
        Command(new Command { CreateDataframeView = view }, sql: "", cancellation);
    }

    private QueryResult Command(Command command, string sql, CancellationToken cancellation)
    {
        using var statement = new SparkStatement(_channel, new Plan { Command = command }, sql, cancellation);
        IReadOnlyList<string> names = [];
        var rows = new List<object?[]>();
        while (statement.Next() is { } response)
        {
            if (response.SqlCommandResult?.Relation?.LocalRelation is { HasData: true } local)
            {
                ArrowRows.Read(local.Data.Memory, isComplete: false, columns => names = columns, rows.Add);
            }
        }

        return new QueryResult(names, rows);
    }

    /// <summary>From here on the server's process is known: another one under this address refuses.</summary>
    private void RequireUsable(CancellationToken cancellation)
    {
        AnalyzePlanResponse response = _channel.Call(options => _channel.Client.AnalyzePlan(new AnalyzePlanRequest
        {
            SessionId = _channel.SessionId,
            UserContext = _channel.User,
            ClientType = SparkChannel.ClientType,
            SparkVersion = new AnalyzePlanRequest.Types.SparkVersion(),
        }, options), cancellation);
        _channel.ServerSideSessionId = response.ServerSideSessionId;
        Version = response.SparkVersion?.Version ?? "";
        if (!int.TryParse(Version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || major < OldestMajorVersion)
        {
            throw new ShopLakeException(FailureKind.OutOfReach,
                $"Spark at {Address} is version {Version}; the models need {OldestMajorVersion}.0 or later.");
        }
    }
}
