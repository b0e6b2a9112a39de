using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using ShopLake.Engines.Spark.Connect.Protocol;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>The connection of one session: its ids and headers, and calls repeated while nobody answers.</summary>
internal sealed class SparkChannel : IDisposable
{
    /// <summary>How long what is a courtesy to the server, and not needed by us, may take.</summary>
    private static readonly TimeSpan CourtesyTime = TimeSpan.FromSeconds(10);

    /// <summary>Who asks, for the server's own records.</summary>
    public static readonly string ClientType =
        $"shoplake/{typeof(SparkChannel).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Together less than the five minutes that a server keeps a statement nobody asks for.</summary>
    private static readonly IReadOnlyList<TimeSpan> UsualPauses =
        [.. new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2 }.Select(TimeSpan.FromSeconds)];

    private readonly GrpcChannel _channel;
    private readonly Metadata _headers = [];
    private readonly IReadOnlyList<TimeSpan> _pauses;
    private string? _serverSideSessionId;

    /// <param name="pauses">Before each repetition, in a row of failures; null for the usual ones.</param>
    public SparkChannel(SparkAddress address, IReadOnlyList<TimeSpan>? pauses = null)
    {
        Address = address;
        _pauses = pauses ?? UsualPauses;
        SessionId = address.SessionId ?? Guid.NewGuid().ToString("D");
        User = new UserContext { UserId = address.UserId, UserName = address.UserId };
        if (address.Token is not null)
        {
            _headers.Add("authorization", $"Bearer {address.Token}");
        }

        string scheme = address.UsesTls ? "https" : "http";
        _channel = GrpcChannel.ForAddress($"{scheme}://{address.Host}:{address.Port}", new GrpcChannelOptions
        {
            HttpHandler = Handler(),
            DisposeHttpClient = true,
            // The server cuts results into batches of a few megabytes; only a single row can be larger.
            MaxReceiveMessageSize = null,
            // Repetitions are ours: only we know which statement may be sent twice.
            MaxRetryAttempts = null,
        });
        Client = new SparkConnectService.SparkConnectServiceClient(_channel);
    }

    public SparkAddress Address { get; }

    public SparkConnectService.SparkConnectServiceClient Client { get; }

    public string SessionId { get; }

    public UserContext User { get; }

    /// <summary>Which process of the server holds the session; once known, another one is refused.</summary>
    public string ServerSideSessionId
    {
        get => _serverSideSessionId ?? "";
        set => _serverSideSessionId = value.Length > 0 ? value : _serverSideSessionId;
    }

    public void Dispose() => _channel.Dispose();

    public CallOptions Options(CancellationToken cancellation) => new(_headers, cancellationToken: cancellation);

    public CallOptions Courtesy() => new(_headers, DateTime.UtcNow + CourtesyTime);

    /// <summary>Makes a call that may be repeated, and repeats it while it fails for want of a connection.</summary>
    /// <exception cref="ShopLakeException">The server cannot be reached, or refuses.</exception>
    public T Call<T>(Func<CallOptions, T> call, CancellationToken cancellation)
    {
        for (int failures = 0; ; failures++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return call(Options(cancellation));
            }
            catch (RpcException exception)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!SparkErrors.IsBroken(exception))
                {
                    throw SparkErrors.Explained(exception, this, "");
                }

                Pause(failures, exception, cancellation);
            }
        }
    }

    /// <summary>Waits before a repetition, the longer the more failed in a row.</summary>
    /// <exception cref="ShopLakeException">Too many failed.</exception>
    public void Pause(int failures, RpcException exception, CancellationToken cancellation)
    {
        if (failures >= _pauses.Count)
        {
            throw SparkErrors.OutOfReach(Address, exception);
        }

        cancellation.WaitHandle.WaitOne(_pauses[failures]);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Tells the server what it would find out by itself in time: a failure changes nothing.</summary>
    public void Tell(Action<CallOptions> call)
    {
        try
        {
            call(Courtesy());
        }
        catch (RpcException)
        {
            // It forgets statements and sessions that nobody asks for.
        }
    }

    /// <summary>
    /// TCP finds out that the machine at the other end is gone; gRPC's own pings would, more often than every five
    /// minutes, make a Java server hang up.
    /// </summary>
    private static SocketsHttpHandler Handler() => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
