namespace ShopLake.Ingest;

/// <summary>A file that cannot be read as what it is declared to be; the others of its source go on.</summary>
public sealed class UnreadableFileException(string message, Exception? inner = null) : Exception(message, inner);
