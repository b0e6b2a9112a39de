namespace ShopLake.Ingest;

/// <summary>A file that cannot be read as what it is declared to be; the others of its source go on.</summary>
public sealed class UnreadableFileException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The system refuses something of a file: to open it, to look at it, to read on.</summary>
    internal static bool IsOfSystem(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>What the system refuses, in its own words.</summary>
    internal static UnreadableFileException Of(string name, Exception exception) => new(
        $"{name} cannot be read: {exception.Message.TrimEnd('.')}. Mend this, or take the file out of the feed, and run again.",
        exception);
}
