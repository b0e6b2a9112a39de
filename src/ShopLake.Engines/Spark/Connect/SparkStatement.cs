using System.Diagnostics;
using Grpc.Core;
using ShopLake.Engines.Spark.Connect.Protocol;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>
/// One statement and the stream of its responses, each given once, whatever happens to the connection. The statement
/// has an id of ours: after it was sent for the first time it is only asked for, and sent again solely where this very
/// session says that it has never heard of it. So it runs once.
/// </summary>
internal sealed class SparkStatement : IDisposable
{
    /// <summary>Bytes of responses after which the server is told that it may forget them.</summary>
    private const int ReleaseAfterBytes = 4 * 1024 * 1024;

    /// <summary>A stream that stood this long did not fail at once: the next failure is the first again.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenEmptyStreams = TimeSpan.FromMilliseconds(100);

    private static readonly ExecutePlanRequest.Types.RequestOption Reattachable =
        new() { ReattachOptions = new ReattachOptions { Reattachable = true } };

    private readonly SparkChannel _channel;
    private readonly Plan _plan;
    private readonly string _sql;
    private readonly CancellationToken _cancellation;
    private readonly string _operationId = Guid.NewGuid().ToString("D");

    private AsyncServerStreamingCall<ExecutePlanResponse>? _call;
    private string? _lastResponseId;
    private long _attachedAt;
    private int _unreleasedBytes;
    private int _failures;
    private bool _wasSent;
    private bool _wasHeardOf;
    private bool _isEmptyStream;
    private bool _isComplete;
    private bool _isLost;

    /// <param name="sql">Shown where an error names a place in it.</param>
    public SparkStatement(SparkChannel channel, Plan plan, string sql, CancellationToken cancellation)
    {
        _channel = channel;
        _plan = plan;
        _sql = sql;
        _cancellation = cancellation;
    }

    /// <summary>The next response; null at the end.</summary>
    /// <exception cref="ShopLakeException">Spark refuses the statement, or it and its session are lost.</exception>
    public ExecutePlanResponse? Next()
    {
        while (!_isComplete)
        {
            _cancellation.ThrowIfCancellationRequested();
            try
            {
                _call ??= Attach();
                if (!_call.ResponseStream.MoveNext(_cancellation).GetAwaiter().GetResult())
                {
                    // The server ends long streams from time to time; what follows is asked for.
                    EndStream();
                    continue;
                }
            }
            catch (RpcException exception)
            {
                Disconnect();
                _cancellation.ThrowIfCancellationRequested();
                Recover(exception);
                continue;
            }

            ExecutePlanResponse response = _call.ResponseStream.Current;
            Account(response);
            if (!_isComplete)
            {
                return response;
            }
        }

        return null;
    }

    /// <summary>Ends the statement where it still runs, and lets the server forget it.</summary>
    public void Dispose()
    {
        Disconnect();
        if (!_wasSent || _isLost)
        {
            return;
        }

        if (!_isComplete)
        {
            _channel.Tell(options => _channel.Client.Interrupt(new InterruptRequest
            {
                SessionId = _channel.SessionId,
                UserContext = _channel.User,
                ClientType = SparkChannel.ClientType,
                ClientObservedServerSideSessionId = _channel.ServerSideSessionId,
                InterruptType = InterruptRequest.Types.InterruptType.OperationId,
                OperationId = _operationId,
            }, options));
        }

        Release(request => request.ReleaseAll = new ReleaseExecuteRequest.Types.ReleaseAll());
    }

    private AsyncServerStreamingCall<ExecutePlanResponse> Attach()
    {
        _isEmptyStream = true;
        _attachedAt = Stopwatch.GetTimestamp();
        if (_wasSent)
        {
            var request = new ReattachExecuteRequest
            {
                SessionId = _channel.SessionId,
                UserContext = _channel.User,
                ClientType = SparkChannel.ClientType,
                ClientObservedServerSideSessionId = _channel.ServerSideSessionId,
                OperationId = _operationId,
            };
            if (_lastResponseId is not null)
            {
                request.LastResponseId = _lastResponseId;
            }

            return _channel.Client.ReattachExecute(request, _channel.Options(_cancellation));
        }

        _wasSent = true;
        return _channel.Client.ExecutePlan(new ExecutePlanRequest
        {
            SessionId = _channel.SessionId,
            UserContext = _channel.User,
            ClientType = SparkChannel.ClientType,
            ClientObservedServerSideSessionId = _channel.ServerSideSessionId,
            OperationId = _operationId,
            Plan = _plan,
            RequestOptions = { Reattachable },
        }, _channel.Options(_cancellation));
    }

    private void Account(ExecutePlanResponse response)
    {
        _wasHeardOf = true;
        _isEmptyStream = false;
        _isComplete = response.ResponseTypeCase == ExecutePlanResponse.ResponseTypeOneofCase.ResultComplete;
        // Reports of progress stand beside the stream: they have no id to go on from.
        if (response.ResponseId.Length > 0)
        {
            ReleaseConsumed();
            _failures = 0;
            _lastResponseId = response.ResponseId;
            _unreleasedBytes += response.ArrowBatch?.Data.Length ?? 0;
        }
    }

    private void EndStream()
    {
        Disconnect();
        _failures = 0;
        if (_isEmptyStream)
        {
            _cancellation.WaitHandle.WaitOne(BetweenEmptyStreams);
        }
    }

    private void Recover(RpcException exception)
    {
        _failures = Stopwatch.GetElapsedTime(_attachedAt) > Steady ? 0 : _failures;
        string? errorClass = SparkErrors.ClassOf(exception);
        if (errorClass == SparkErrors.OperationNotFound && !_wasHeardOf)
        {
            // Sessions are told apart by the server's process, so this one would know a statement that it had begun.
            _wasSent = false;
            PauseOrLose(exception);
        }
        else if (errorClass is SparkErrors.OperationAlreadyExists or SparkErrors.CursorDisconnected
            || SparkErrors.IsBroken(exception))
        {
            _wasHeardOf |= errorClass == SparkErrors.OperationAlreadyExists;
            PauseOrLose(exception);
        }
        else
        {
            _isComplete = true;
            throw SparkErrors.Explained(exception, _channel, _sql);
        }
    }

    private void PauseOrLose(RpcException exception)
    {
        try
        {
            _channel.Pause(_failures++, exception, _cancellation);
        }
        catch (ShopLakeException)
        {
            _isLost = true;
            throw;
        }
    }

    /// <summary>What came before the response that was just asked for has been used.</summary>
    private void ReleaseConsumed()
    {
        if (_unreleasedBytes >= ReleaseAfterBytes && _lastResponseId is not null)
        {
            _unreleasedBytes = 0;
            var until = new ReleaseExecuteRequest.Types.ReleaseUntil { ResponseId = _lastResponseId };
            Release(request => request.ReleaseUntil = until);
        }
    }

    private void Release(Action<ReleaseExecuteRequest> what)
    {
        var request = new ReleaseExecuteRequest
        {
            SessionId = _channel.SessionId,
            UserContext = _channel.User,
            ClientType = SparkChannel.ClientType,
            ClientObservedServerSideSessionId = _channel.ServerSideSessionId,
            OperationId = _operationId,
        };
        what(request);
        _channel.Tell(options => _channel.Client.ReleaseExecute(request, options));
    }

    private void Disconnect()
    {
        _call?.Dispose();
        _call = null;
    }
}
