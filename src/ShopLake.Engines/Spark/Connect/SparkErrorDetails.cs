using System.Globalization;
using System.Text.RegularExpressions;
using Grpc.Core;
using ShopLake.Engines.Spark.Connect.Protocol;
using Error = ShopLake.Engines.Spark.Connect.Protocol.FetchErrorDetailsResponse.Types.Error;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>What Spark knows of an error, without the plan it was busy with and the stack of its machine.</summary>
internal sealed partial record SparkErrorDetails(string Message, string? ErrorClass, string? SqlState, int? Line)
{
    /// <summary>Whether the statement or its session is there no more.</summary>
    public bool IsLost => ErrorClass is not null && (ErrorClass.StartsWith("INVALID_HANDLE.", StringComparison.Ordinal)
        || ErrorClass.StartsWith("INVALID_CURSOR.", StringComparison.Ordinal));

    /// <summary>
    /// Whether it is a failure of the cluster and not of the statement: SQLSTATE's classes of connections, resources,
    /// operators, systems and internal errors, and whatever has none.
    /// </summary>
    public bool IsServer => SqlState is null || SqlState[..2] is "08" or "53" or "57" or "58" or "XX";

    /// <summary>Asks the server for the whole error; what came with the failed call is its beginning.</summary>
    public static SparkErrorDetails Of(RpcException exception, SparkChannel channel)
    {
        ErrorInfo? info = SparkErrors.InfoOf(exception);
        string? state = info?.Metadata.GetValueOrDefault("sqlState");
        List<Error> chain = info?.Metadata.GetValueOrDefault("errorId") is { } id ? Chain(channel, id) : [];
        if (chain.Count == 0)
        {
            string message = exception.Status.Detail;
            return new SparkErrorDetails(Headline(message), SparkErrors.ClassOf(exception), state, LineIn(message));
        }

        // What wraps an error says less than the error: both are shown, and the innermost that has a class names it.
        Error named = chain.LastOrDefault(error => error.SparkThrowable?.HasErrorClass == true) ?? chain[0];
        string[] headlines = [.. chain.Where(error => error == chain[0] || error.SparkThrowable?.HasErrorClass == true)
            .Select(error => Headline(error.Message)).Distinct()];
        return new SparkErrorDetails(
            string.Join("\ncaused by: ", headlines),
            named.SparkThrowable is { HasErrorClass: true } spark ? spark.ErrorClass : SparkErrors.ClassOf(exception),
            named.SparkThrowable is { HasSqlState: true } stated ? stated.SqlState : state,
            chain.Select(error => LineIn(error.Message)).FirstOrDefault(line => line is not null));
    }

    /// <summary>What Spark says before it shows the statement, the plan or the stack.</summary>
    public static string Headline(string message)
    {
        Match stated = Stated().Match(message);
        string text = stated.Success
            ? $"{stated.Groups[1].Value} ({stated.Groups[2].Value})"
            : Rest().Split(message.Trim(), 2)[0];
        return text.Trim();
    }

    private static List<Error> Chain(SparkChannel channel, string errorId)
    {
        var chain = new List<Error>();
        channel.Tell(options =>
        {
            FetchErrorDetailsResponse response = channel.Client.FetchErrorDetails(new FetchErrorDetailsRequest
            {
                SessionId = channel.SessionId,
                UserContext = channel.User,
                ClientType = SparkChannel.ClientType,
                ErrorId = errorId,
            }, options);
            int? index = response.HasRootErrorIdx ? response.RootErrorIdx : null;
            while (index is { } at && at >= 0 && at < response.Errors.Count && chain.Count < response.Errors.Count)
            {
                chain.Add(response.Errors[at]);
                index = response.Errors[at].HasCauseIdx ? response.Errors[at].CauseIdx : null;
            }
        });
        return chain;
    }

    private static int? LineIn(string message) => LineNumber().Match(message) is { Success: true } match
        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex(@"^(.*?)\s*SQLSTATE: ([0-9A-Z]{5})", RegexOptions.Singleline)]
    private static partial Regex Stated();

    [GeneratedRegex(@"\n\s*(?:== SQL|at \S+\(|Driver stacktrace|'?[A-Z]\w+ [\[(]|\+-)")]
    private static partial Regex Rest();

    [GeneratedRegex(@"\bline (\d+),? pos(?:ition)? \d+")]
    private static partial Regex LineNumber();
}
