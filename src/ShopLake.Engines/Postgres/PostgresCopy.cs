using Npgsql;
using NpgsqlTypes;
using ShopLake.Catalog;

namespace ShopLake.Engines.Postgres;

/// <summary>Rows into a table by binary COPY: nothing is written as text, parsed or rounded.</summary>
internal static class PostgresCopy
{
    /// <param name="copy">The COPY command.</param>
    /// <param name="types">Types of the columns, in the order of the values.</param>
    public static void In(
        NpgsqlConnection connection, string copy, ColumnType[] types, IEnumerable<object?[]> rows, CancellationToken cancellation)
    {
        NpgsqlDbType[] stored = [.. types.Select(PostgresText.CopyType)];
        PostgresSession.Explained(copy, () =>
        {
            using NpgsqlBinaryImporter importer = connection.BeginBinaryImport(copy);
            foreach (object?[] row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                importer.StartRow();
                for (int column = 0; column < stored.Length; column++)
                {
                    Write(importer, row[column], stored[column]);
                }
            }

            return importer.Complete();
        }, cancellation);
    }

    private static void Write(NpgsqlBinaryImporter importer, object? value, NpgsqlDbType type)
    {
        switch (value)
        {
            case null:
                importer.WriteNull();
                break;
            case string text:
                importer.Write(text, type);
                break;
            case long number:
                importer.Write(number, type);
                break;
            case DateTime instant:
                importer.Write(DateTime.SpecifyKind(instant, DateTimeKind.Unspecified), type);
                break;
            case decimal amount:
                importer.Write(amount, type);
                break;
            case bool flag:
                importer.Write(flag, type);
                break;
            case DateOnly day:
                importer.Write(day, type);
                break;
            case double rate:
                importer.Write(rate, type);
                break;
            default:
                throw new ArgumentException($"No column holds a {value.GetType()}.", nameof(value));
        }
    }
}
