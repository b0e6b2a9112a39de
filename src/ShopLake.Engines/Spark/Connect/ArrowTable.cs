using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ShopLake.Catalog;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>Rows of the program as an Arrow IPC stream, the form in which Spark takes them.</summary>
internal static class ArrowTable
{
    /// <summary>What a server takes in one message, by its default, is twice as much.</summary>
    private const int MaximumBytes = 64 * 1024 * 1024;

    private static readonly TimestampType Utc = new(TimeUnit.Microsecond, timezone: (string?)null);
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>
    /// The columns as Spark's SQL writes them in a CREATE TABLE. Instants are in UTC and say no zone, so that no
    /// setting of a session can move them.
    /// </summary>
    public static string Schema(IReadOnlyList<ColumnDefinition> columns) => string.Join(", ", columns.Select(column =>
        $"`{column.Name.Replace("`", "``", StringComparison.Ordinal)}` {SparkType(column.Type)}"));

    /// <param name="name">For messages.</param>
    /// <exception cref="ShopLakeException">A value does not fit its column, or all is too large.</exception>
    public static ReadOnlyMemory<byte> Write(
        string name, IReadOnlyList<ColumnDefinition> columns, IEnumerable<object?[]> rows)
    {
        object?[][] all = [.. rows];
        var fields = new Field[columns.Count];
        var arrays = new IArrowArray[columns.Count];
        for (int column = 0; column < columns.Count; column++)
        {
            int at = column;
            arrays[column] = Array(name, columns[column], all.Select(row => row[at]));
            fields[column] = new Field(columns[column].Name, arrays[column].Data.DataType, nullable: true);
        }

        var schema = new Schema(fields, metadata: null);
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        using (var batch = new RecordBatch(schema, arrays, all.Length))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.Length <= MaximumBytes
            ? stream.GetBuffer().AsMemory(0, (int)stream.Length)
            : throw new ShopLakeException(FailureKind.Usage, string.Create(Invariant,
                $"{name} takes {stream.Length:N0} bytes; a statement carries {MaximumBytes:N0}. Try: fewer rows."));
    }

    public static string SparkType(ColumnType type) => type switch
    {
        ColumnType.Text => "STRING",
        ColumnType.Bigint => "BIGINT",
        ColumnType.Amount => "DECIMAL(18,4)",
        ColumnType.Double => "DOUBLE",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Timestamp => "TIMESTAMP_NTZ",
        ColumnType.Date => "DATE",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, message: null),
    };

    private static IArrowArray Array(string table, ColumnDefinition column, IEnumerable<object?> values)
    {
        try
        {
            return column.Type switch
            {
                ColumnType.Text => Filled(new StringArray.Builder(), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Convert.ToString(value, Invariant))).Build(),
                ColumnType.Bigint => Filled(new Int64Array.Builder(), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Convert.ToInt64(value, Invariant))).Build(),
                ColumnType.Amount => Filled(new Decimal128Array.Builder(new Decimal128Type(18, 4)), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Convert.ToDecimal(value, Invariant))).Build(),
                ColumnType.Double => Filled(new DoubleArray.Builder(), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Convert.ToDouble(value, Invariant))).Build(),
                ColumnType.Boolean => Filled(new BooleanArray.Builder(), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Convert.ToBoolean(value, Invariant))).Build(),
                ColumnType.Timestamp => Filled(new TimestampArray.Builder(Utc), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Instant(value))).Build(),
                ColumnType.Date => Filled(new Date32Array.Builder(), values,
                    builder => builder.AppendNull(),
                    (builder, value) => builder.Append(Day(value))).Build(),
                _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, message: null),
            };
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{table}.{column.Name}: a value is no {column.Type}: {exception.Message}", exception);
        }
    }

    private static TBuilder Filled<TBuilder>(
        TBuilder builder, IEnumerable<object?> values, Action<TBuilder> appendNull, Action<TBuilder, object> append)
    {
        foreach (object? value in values)
        {
            if (value is null)
            {
                appendNull(builder);
            }
            else
            {
                append(builder, value);
            }
        }

        return builder;
    }

    private static DateTimeOffset Instant(object value) => value switch
    {
        DateTimeOffset instant => instant,
        DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
        _ => throw new InvalidCastException($"{value} is no instant."),
    };

    private static DateTime Day(object value) => value switch
    {
        DateOnly day => day.ToDateTime(TimeOnly.MinValue),
        _ => throw new InvalidCastException($"{value} is no day."),
    };
}
