using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ShopLake.Run;

namespace ShopLake.Engines.Spark.Connect;

/// <summary>Rows of an Arrow IPC stream as values of .NET, in the types of <see cref="QueryResult"/>.</summary>
internal static class ArrowRows
{
    /// <param name="isComplete">Whether a column of lists, maps or structs is an error; else it is left out.</param>
    /// <exception cref="ShopLakeException">A column's type, or a value of it, has no place in those types.</exception>
    public static void Read(
        ReadOnlyMemory<byte> stream, bool isComplete, Action<IReadOnlyList<string>> columns, Action<object?[]> row)
    {
        using var reader = new ArrowStreamReader(stream);
        int[] shown = [.. Enumerable.Range(0, reader.Schema.FieldsList.Count)
            .Where(column => isComplete || reader.Schema.GetFieldByIndex(column).DataType is not NestedType)];
        columns([.. shown.Select(column => reader.Schema.GetFieldByIndex(column).Name)]);
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            using (batch)
            {
                Func<int, object?>[] values = [.. shown
                    .Select(column => Values(batch.Schema.GetFieldByIndex(column), batch.Column(column)))];
                for (int index = 0; index < batch.Length; index++)
                {
                    row([.. values.Select(value => value(index))]);
                }
            }
        }
    }

    private static Func<int, object?> Values(Field field, IArrowArray array) => array switch
    {
        Int64Array numbers => index => numbers.GetValue(index),
        Int32Array numbers => index => (long?)numbers.GetValue(index),
        Int16Array numbers => index => (long?)numbers.GetValue(index),
        Int8Array numbers => index => (long?)numbers.GetValue(index),
        DoubleArray numbers => index => numbers.GetValue(index),
        FloatArray numbers => index => (double?)numbers.GetValue(index),
        BooleanArray truths => index => truths.GetValue(index),
        StringArray texts => index => texts.GetString(index),
        LargeStringArray texts => index => texts.GetString(index),
        Decimal128Array numbers => index => Held(field, () => numbers.GetValue(index)),
        Date32Array days => index => days.GetValue(index) is { } day
            ? Held<DateOnly>(field, () => Day(day)) : null,
        TimestampArray instants => index => instants.GetValue(index) is { } count
            ? Held<DateTime>(field, () => Instant(instants, count)) : null,
        NullArray => _ => null,
        _ => throw new ShopLakeException(FailureKind.Usage,
            $"Column {field.Name} has the type {field.DataType.Name}, which no column of ShopLake has. "
            + $"Try: cast({field.Name} AS string)."),
    };

    private static DateOnly Day(int sinceEpoch) =>
        DateOnly.FromDayNumber(checked(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + sinceEpoch));

    private static DateTime Instant(TimestampArray instants, long count)
    {
        long ticks = ((TimestampType)instants.Data.DataType).Unit switch
        {
            TimeUnit.Second => checked(count * TimeSpan.TicksPerSecond),
            TimeUnit.Millisecond => checked(count * TimeSpan.TicksPerMillisecond),
            TimeUnit.Microsecond => checked(count * TimeSpan.TicksPerMicrosecond),
            _ => count / TimeSpan.NanosecondsPerTick,
        };
        return DateTime.UnixEpoch.AddTicks(ticks);
    }

    private static T? Held<T>(Field field, Func<T?> value)
        where T : struct
    {
        try
        {
            return value();
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentOutOfRangeException)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"Column {field.Name} holds a value of the type {field.DataType.Name} that is too large to be shown. "
                + $"Try: cast({field.Name} AS string).", exception);
        }
    }
}
