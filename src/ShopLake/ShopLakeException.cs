namespace ShopLake;

/// <summary>What went wrong, as one of the exit codes that the command line promises.</summary>
public enum FailureKind
{
    CheckFailed = 1,
    Usage = 2,
    UnreadableInput = 3,
    OutOfReach = 4,
}

/// <summary>
/// An error that is the user's to mend. The message names the file, line, table or model, lists every offender,
/// and says what to do next; it is shown as it is, without a stack.
/// </summary>
public sealed class ShopLakeException(FailureKind kind, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;

    /// <summary>Whether the same may succeed when it is tried again, as after a connection that was lost.</summary>
    public bool IsTransient { get; init; }
}
