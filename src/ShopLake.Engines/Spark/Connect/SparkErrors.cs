using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using ShopLake.Engines.Spark.Connect.Protocol;
using RpcStatus = ShopLake.Engines.Spark.Connect.Protocol.Status;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>An error of Spark itself: what it is called there, for those who act by it.</summary>
public sealed class SparkErrorException(string message, string? errorClass, string? sqlState, Exception inner)
    : Exception(message, inner)
{
    /// <summary>As <c>TABLE_OR_VIEW_NOT_FOUND</c>; null where Spark has no word for it.</summary>
    public string? ErrorClass { get; } = errorClass;

    public string? SqlState { get; } = sqlState;
}

/// <summary>Says in ShopLake's words what a call failed for.</summary>
internal static partial class SparkErrors
{
    public const string OperationNotFound = "INVALID_HANDLE.OPERATION_NOT_FOUND";
    public const string OperationAlreadyExists = "INVALID_HANDLE.OPERATION_ALREADY_EXISTS";
    public const string CursorDisconnected = "INVALID_CURSOR.DISCONNECTED";

    private const string StatusTrailer = "grpc-status-details-bin";
    private const string InfoType = "google.rpc.ErrorInfo";

    /// <summary>Whether the connection failed and not the statement, so that asking again can help.</summary>
    public static bool IsBroken(RpcException exception) => exception.StatusCode == StatusCode.Unavailable
        || Causes(exception.Status.DebugException)
            .Any(cause => cause is IOException or SocketException or HttpRequestException);

    /// <summary>Spark's name of the error.</summary>
    public static string? ClassOf(RpcException exception)
    {
        if (InfoOf(exception) is { } info && info.Metadata.TryGetValue("errorClass", out string? errorClass))
        {
            return errorClass;
        }

        // Servers also name the class in the sentence alone.
        return LeadingClass().Match(exception.Status.Detail) is { Success: true } match ? match.Groups[1].Value : null;
    }

    public static ShopLakeException OutOfReach(SparkAddress address, Exception exception) => new(FailureKind.OutOfReach,
        $"Spark at {address} cannot be reached: {Reason(exception)}\n"
        + "What was not published is as if it had never been begun. "
        + "Try: look at url, and whether Spark Connect runs there; then run again.",
        exception)
    { IsTransient = true };

    /// <summary>What the server refused or failed at.</summary>
    /// <param name="channel">Asked for the whole of the error.</param>
    /// <param name="sql">The statement, for the line that the error is about.</param>
    public static ShopLakeException Explained(RpcException exception, SparkChannel channel, string sql)
    {
        switch (exception.StatusCode)
        {
            case StatusCode.Unauthenticated or StatusCode.PermissionDenied:
                return new ShopLakeException(FailureKind.OutOfReach,
                    $"Spark at {channel.Address} refuses {channel.User.UserId}: {exception.Status.Detail}\n"
                    + $"Try: export {SparkAddress.TokenVariable}=…, and use_ssl=true in url.", exception);
            case StatusCode.Unimplemented:
                return new ShopLakeException(FailureKind.OutOfReach,
                    $"What answers at {channel.Address} is not Spark Connect: {exception.Status.Detail}\n"
                    + "Try: look at url.",
                    exception);
            default:
                return Explained(SparkErrorDetails.Of(exception, channel), exception, channel.Address, sql);
        }
    }

    public static ErrorInfo? InfoOf(RpcException exception)
    {
        byte[]? trailer = exception.Trailers.GetValueBytes(StatusTrailer);
        if (trailer is null)
        {
            return null;
        }

        return RpcStatus.Parser.ParseFrom(trailer).Details
            .Where(detail => detail.TypeUrl.EndsWith(InfoType, StringComparison.Ordinal))
            .Select(detail => ErrorInfo.Parser.ParseFrom(detail.Value))
            .FirstOrDefault();
    }

    private static ShopLakeException Explained(
        SparkErrorDetails details, RpcException exception, SparkAddress address, string sql)
    {
        var inner = new SparkErrorException(details.Message, details.ErrorClass, details.SqlState, exception);
        if (details.ErrorClass is "OPERATION_CANCELED")
        {
            return new ShopLakeException(FailureKind.OutOfReach,
                $"Somebody interrupted a statement at {address}; nothing was published. Try: run again.", inner)
            { IsTransient = true };
        }

        if (details.IsLost)
        {
            return new ShopLakeException(FailureKind.OutOfReach,
                $"The session at {address} is lost: {details.Message}\nThe server was started anew or ended it. "
                + "What was not published is as if it had never been begun. Try: run again.", inner)
            { IsTransient = true };
        }

        return new ShopLakeException(details.IsServer ? FailureKind.OutOfReach : FailureKind.Usage,
            $"Spark at {address}: {details.Message}{Line(details, sql)}", inner);
    }

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string Line(SparkErrorDetails details, string sql)
    {
        string[] lines = sql.Split('\n');
        return details.Line is { } line && line <= lines.Length
            ? string.Create(CultureInfo.InvariantCulture, $"\nLINE {line}: {lines[line - 1].TrimEnd()}")
            : "";
    }

    private static string Reason(Exception exception) => exception is not RpcException { Status: var status }
        ? exception.Message
        : status.DebugException?.GetBaseException().Message ?? status.Detail;

    [GeneratedRegex(@"^\s*\[([A-Z0-9_]+(?:\.[A-Z0-9_]+)*)\]")]
    private static partial Regex LeadingClass();
}
