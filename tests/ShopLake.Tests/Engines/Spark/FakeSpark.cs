using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShopLake.Catalog;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Engines.Spark.Connect.Protocol;
using RpcStatus = ShopLake.Engines.Spark.Connect.Protocol.Status;

namespace ShopLake.Tests.Engines.Spark;

/// <summary>What goes wrong with one call that streams.</summary>
/// <param name="After">Responses that still arrive.</param>
internal sealed record Fault(FaultKind Kind, int After = 0);

internal enum FaultKind
{
    None,

    /// <summary>The request does not arrive.</summary>
    NeverArrives,

    /// <summary>The connection breaks; after no response, without a sign that the statement ever arrived.</summary>
    Breaks,

    /// <summary>The server answers that it is not available.</summary>
    Unavailable,

    /// <summary>The server ends the stream, with more to come.</summary>
    Ends,
}

/// <summary>
/// Spark Connect as far as it matters whether a statement runs once and each response arrives once: it keeps statements
/// and their responses by id, as the real one does, and does to each stream what it is told to.
/// </summary>
internal sealed class FakeSpark : SparkConnectService.SparkConnectServiceBase, IDisposable
{
    private readonly ConcurrentDictionary<string, List<ExecutePlanResponse>> _statements = new();
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly WebApplication _application;
    private string _process = Guid.NewGuid().ToString();

    /// <param name="certificate">Of a server that speaks TLS.</param>
    public FakeSpark(X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
            server.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            }));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _application = builder.Build();
        _application.MapGrpcService<FakeSpark>();
        _application.Start();
        Port = new Uri(_application.Urls.Single()).Port;
    }

    public int Port { get; }

    public string Version { get; init; } = "4.1.4";

    /// <summary>Batches of a query's result; row <c>n</c> holds the number <c>n</c>.</summary>
    public int Batches { get; init; } = 1;

    public int RowsInBatch { get; init; } = 2;

    /// <summary>Whether each batch says how many rows come before it, as Spark's do.</summary>
    public bool TellsOffsets { get; init; } = true;

    /// <summary>A server that breaks its promise: what ran is not known by its id afterwards.</summary>
    public bool ForgetsStatements { get; init; }

    /// <summary>A server that breaks its promise: a stream is told again from its beginning.</summary>
    public bool RepeatsResponses { get; init; }

    /// <summary>What a statement fails with.</summary>
    public ErrorInfo? Refusal { get; init; }

    /// <summary>A statement that does not end by itself.</summary>
    public bool Hangs { get; init; }

    /// <summary>Ids of statements, once for each time that one ran.</summary>
    public ConcurrentQueue<string> Executions { get; } = new();

    public ConcurrentQueue<ReleaseExecuteRequest> Releases { get; } = new();

    public ConcurrentQueue<InterruptRequest> Interrupts { get; } = new();

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    public void Dispose() => _application.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Faults of the streams to come, one each; those behind them work.</summary>
    public void Plan(IEnumerable<Fault> faults)
    {
        foreach (Fault fault in faults)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <summary>As if the process was ended and started anew: what it held is gone.</summary>
    public void Restart()
    {
        _process = Guid.NewGuid().ToString();
        _statements.Clear();
    }

    public override Task<AnalyzePlanResponse> AnalyzePlan(AnalyzePlanRequest request, ServerCallContext context)
    {
        Authorizations.Enqueue(context.RequestHeaders.GetValue("authorization"));
        return Task.FromResult(new AnalyzePlanResponse
        {
            SessionId = request.SessionId,
            ServerSideSessionId = _process,
            SparkVersion = new AnalyzePlanResponse.Types.SparkVersion { Version = Version },
        });
    }

    public override Task ExecutePlan(
        ExecutePlanRequest request, IServerStreamWriter<ExecutePlanResponse> stream, ServerCallContext context)
    {
        Fault fault = NextFault();
        RequireArrival(fault);
        RequireProcess(request.ClientObservedServerSideSessionId);
        var responses = new List<ExecutePlanResponse>();
        if (!_statements.TryAdd(request.OperationId, responses))
        {
            throw Error("INVALID_HANDLE.OPERATION_ALREADY_EXISTS");
        }

        Executions.Enqueue(request.OperationId);
        responses.AddRange(Responses(request.Plan));
        if (ForgetsStatements)
        {
            _statements.TryRemove(request.OperationId, out _);
        }

        return Send(responses, 0, fault, stream, context);
    }

    public override Task ReattachExecute(
        ReattachExecuteRequest request, IServerStreamWriter<ExecutePlanResponse> stream, ServerCallContext context)
    {
        Fault fault = NextFault();
        RequireArrival(fault);
        RequireProcess(request.ClientObservedServerSideSessionId);
        if (!_statements.TryGetValue(request.OperationId, out List<ExecutePlanResponse>? responses))
        {
            throw Error("INVALID_HANDLE.OPERATION_NOT_FOUND");
        }

        int next = request.HasLastResponseId && !RepeatsResponses
            ? responses.FindIndex(response => response.ResponseId == request.LastResponseId) + 1
            : 0;
        return Send(responses, next, fault, stream, context);
    }

    public override Task<ReleaseExecuteResponse> ReleaseExecute(
        ReleaseExecuteRequest request, ServerCallContext context)
    {
        Releases.Enqueue(request);
        return Task.FromResult(new ReleaseExecuteResponse());
    }

    public override Task<InterruptResponse> Interrupt(InterruptRequest request, ServerCallContext context)
    {
        Interrupts.Enqueue(request);
        return Task.FromResult(new InterruptResponse { InterruptedIds = { request.OperationId } });
    }

    public override Task<ReleaseSessionResponse> ReleaseSession(
        ReleaseSessionRequest request, ServerCallContext context) =>
        Task.FromResult(new ReleaseSessionResponse());

    private Fault NextFault() => _faults.TryDequeue(out Fault? fault) ? fault : new Fault(FaultKind.None);

    private void RequireProcess(string observed)
    {
        if (observed != _process)
        {
            throw Error("INVALID_HANDLE.SESSION_CHANGED");
        }
    }

    private static void RequireArrival(Fault fault)
    {
        if (fault.Kind == FaultKind.NeverArrives)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "no healthy upstream"));
        }
    }

    private List<ExecutePlanResponse> Responses(Plan plan)
    {
        var responses = new List<ExecutePlanResponse>();
        for (int batch = 0; batch < (plan.Root is null ? 0 : Batches); batch++)
        {
            long first = (long)batch * RowsInBatch;
            var rows = new ExecutePlanResponse.Types.ArrowBatch
            {
                RowCount = RowsInBatch,
                Data = UnsafeByteOperations.UnsafeWrap(ArrowTable.Write(
                    "result", [new ColumnDefinition("id", ColumnType.Bigint, "")],
                    Enumerable.Range(0, RowsInBatch).Select(row => new object?[] { first + row }))),
            };
            if (TellsOffsets)
            {
                rows.StartOffset = first;
            }

            responses.Add(new ExecutePlanResponse { ArrowBatch = rows });
        }

        responses.Add(new ExecutePlanResponse { ResultComplete = new ExecutePlanResponse.Types.ResultComplete() });
        for (int index = 0; index < responses.Count; index++)
        {
            responses[index].ResponseId = Guid.NewGuid().ToString();
        }

        return responses;
    }

    private async Task Send(
        List<ExecutePlanResponse> responses, int next, Fault fault, IServerStreamWriter<ExecutePlanResponse> stream,
        ServerCallContext context)
    {
        if (fault != new Fault(FaultKind.Breaks))
        {
            // A report of progress, which has no id.
            var progress = new ExecutePlanResponse { ServerSideSessionId = _process };
            await stream.WriteAsync(progress, context.CancellationToken);
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        if (Refusal is not null)
        {
            throw Error(Refusal);
        }

        int end = fault.Kind == FaultKind.None ? responses.Count : Math.Min(responses.Count, next + fault.After);
        for (int index = next; index < end; index++)
        {
            await stream.WriteAsync(responses[index], context.CancellationToken);
        }

        switch (fault.Kind)
        {
            case FaultKind.Breaks:
                context.GetHttpContext().Abort();
                throw new IOException("broken on purpose");
            case FaultKind.Unavailable:
                throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "shutting down"));
            default:
                return;
        }
    }

    private static RpcException Error(string errorClass) => Error(new ErrorInfo
    {
        Reason = "org.apache.spark.SparkSQLException",
        Metadata = { ["errorClass"] = errorClass, ["sqlState"] = "HY000" },
    });

    private static RpcException Error(ErrorInfo info)
    {
        string message = $"[{info.Metadata["errorClass"]}] told by the fake. SQLSTATE: {info.Metadata["sqlState"]}"
            + "\n\tat Fake.run(Fake.java:1)";
        var status = new RpcStatus { Code = (int)StatusCode.Internal, Message = message, Details = { Any.Pack(info) } };
        var trailers = new Metadata { { "grpc-status-details-bin", status.ToByteArray() } };
        return new RpcException(new Grpc.Core.Status(StatusCode.Internal, message), trailers);
    }
}
