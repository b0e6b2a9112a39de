using DuckDB.NET.Data;

namespace ShopLake.Bronze;

/// <summary>
/// A DuckDB in memory, as everything beside the warehouses uses it: one place for how it is opened, how a statement is
/// cancelled, and what is said where Bronze cannot be read.
/// </summary>
internal static class DuckDbMemory
{
    /// <summary>Connects with automatic extensions off, so that nothing is ever fetched.</summary>
    /// <param name="memoryLimit">As in <c>limits.memory_limit</c>; null for what is small.</param>
    /// <param name="spillFolder">Where it writes what does not fit.</param>
    public static DuckDBConnection Open(string? memoryLimit = null, string? spillFolder = null)
    {
        var connection = new DuckDBConnection(
            "DataSource=:memory:;autoinstall_known_extensions=false;autoload_known_extensions=false");
        connection.Open();
        if (memoryLimit is not null)
        {
            Execute(connection, $"SET memory_limit = {Sql.Literal(memoryLimit)}");
        }

        if (spillFolder is not null)
        {
            Execute(connection, $"SET temp_directory = {Sql.Literal(spillFolder)}");
        }

        return connection;
    }

    /// <returns>Rows that the statement wrote.</returns>
    public static long Execute(DuckDBConnection connection, string sql, CancellationToken cancellation = default)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        return Cancellable(command.ExecuteNonQuery, cancellation);
    }

    /// <summary>DuckDB fails where it was told to stop; then that it was stopped is what there is to say.</summary>
    public static T Cancellable<T>(Func<T> call, CancellationToken cancellation)
    {
        try
        {
            return call();
        }
        catch (DuckDBException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>The same for what reads Bronze.</summary>
    /// <exception cref="ShopLakeException">A file cannot be read, or the machine lacks what that needs.</exception>
    public static T Reading<T>(Func<T> call, CancellationToken cancellation)
    {
        try
        {
            return Cancellable(call, cancellation);
        }
        catch (DuckDBException exception)
        {
            string cure = IsOutOfMemory(exception) ? "\nTry: set a greater limits.memory_limit in shoplake.yaml." : "";
            throw new ShopLakeException(FailureKind.OutOfReach, $"Bronze cannot be read: {exception.Message.Trim()}{cure}", exception);
        }
    }

    /// <summary>The memory limit was not enough, also with what can be spilled.</summary>
    public static bool IsOutOfMemory(DuckDBException exception) =>
        exception.Message.Contains("Out of Memory Error", StringComparison.Ordinal);
}
