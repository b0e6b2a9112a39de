using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace ShopLake.Ingest;

/// <summary>
/// Teaches a DuckDB connection how Bronze reads values: a function gives NULL where a text cannot be held exactly.
/// </summary>
internal sealed unsafe class TypingFunctions : IDisposable
{
    public const string Amount = "exact_amount";
    public const string Bigint = "exact_bigint";
    public const string Instant = "utc_instant";
    public const string IsMoved = "is_moved_by_gap";
    public const string FromSeconds = "utc_from_seconds";
    public const string FromMilliseconds = "utc_from_milliseconds";
    public const string FromMicroseconds = "utc_from_microseconds";

    /// <summary>Whether a text is JSON by the standard.</summary>
    public const string IsJson = "is_json";

    private readonly GCHandle _zone;

    /// <param name="zone">Reads times without an offset.</param>
    public TypingFunctions(DuckDBConnection connection, SourceZone zone)
    {
        _zone = GCHandle.Alloc(zone);
        Register(connection, Amount, Decimal, &ReadAmounts);
        Register(connection, Bigint, () => Type(DuckDBType.BigInt), &ReadBigints);
        Register(connection, Instant, () => Type(DuckDBType.Timestamp), &ReadInstants);
        Register(connection, IsMoved, () => Type(DuckDBType.Boolean), &ReadIsMoved);
        Register(connection, FromSeconds, () => Type(DuckDBType.Timestamp), &ReadSeconds);
        Register(connection, FromMilliseconds, () => Type(DuckDBType.Timestamp), &ReadMilliseconds);
        Register(connection, FromMicroseconds, () => Type(DuckDBType.Timestamp), &ReadMicroseconds);
        Register(connection, IsJson, () => Type(DuckDBType.Boolean), &ReadIsJson);
    }

    /// <summary>Call after the connection is closed.</summary>
    public void Dispose() => _zone.Free();

    private static DuckDBLogicalType Type(DuckDBType type) => NativeMethods.LogicalType.DuckDBCreateLogicalType(type);

    private static DuckDBLogicalType Decimal() =>
        NativeMethods.LogicalType.DuckDBCreateDecimalType(ExactNumber.AmountDigits, ExactNumber.AmountScale);

    private void Register(
        DuckDBConnection connection, string name, Func<DuckDBLogicalType> result,
        delegate* unmanaged[Cdecl]<nint, nint, nint, void> function)
    {
        nint scalar = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        using DuckDBLogicalType text = Type(DuckDBType.Varchar);
        using DuckDBLogicalType resultType = result();
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(scalar, name);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(scalar, text);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(scalar, resultType);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetExtraInfo(scalar, GCHandle.ToIntPtr(_zone), null);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetFunction(scalar, function);
        DuckDBState state = NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(
            connection.NativeConnection, scalar);
        NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref scalar);
        if (state != DuckDBState.Success)
        {
            throw new InvalidOperationException($"DuckDB does not take the function {name}.");
        }
    }

    private interface IReading<T>
        where T : unmanaged
    {
        static abstract bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out T value);
    }

    private static void Apply<T, TReading>(nint info, nint input, nint output)
        where T : unmanaged
        where TReading : IReading<T>
    {
        var zone = (SourceZone)GCHandle.FromIntPtr(
            NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!;
        nint texts = DuckDbVectors.Vector(input, 0);
        void* data = DuckDbVectors.Data(texts);
        ulong* validity = DuckDbVectors.Validity(texts);
        var results = (T*)DuckDbVectors.Data(output);
        ulong* resultValidity = null;
        int rows = (int)DuckDbVectors.Size(input);
        for (int row = 0; row < rows; row++)
        {
            if (DuckDbVectors.IsValid(validity, row)
                && TReading.TryRead(DuckDbVectors.Text(data, row), zone, out T value))
            {
                results[row] = value;
            }
            else
            {
                resultValidity = resultValidity is null ? DuckDbVectors.WritableValidity(output) : resultValidity;
                DuckDbVectors.SetNull(resultValidity, row);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadAmounts(nint info, nint input, nint output) =>
        Apply<long, AmountReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadBigints(nint info, nint input, nint output) =>
        Apply<long, BigintReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadInstants(nint info, nint input, nint output) =>
        Apply<long, InstantReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadIsMoved(nint info, nint input, nint output) =>
        Apply<byte, IsMovedReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadSeconds(nint info, nint input, nint output) =>
        Apply<long, SecondsReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadMilliseconds(nint info, nint input, nint output) =>
        Apply<long, MillisecondsReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadMicroseconds(nint info, nint input, nint output) =>
        Apply<long, MicrosecondsReading>(info, input, output);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadIsJson(nint info, nint input, nint output) =>
        Apply<byte, IsJsonReading>(info, input, output);

    private readonly struct AmountReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            ExactNumber.TryParse(text, ExactNumber.AmountScale, ExactNumber.AmountDigits, out value);
    }

    private readonly struct BigintReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            ExactNumber.TryParse(text, 0, ExactNumber.BigintDigits, out value);
    }

    private readonly struct InstantReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            InstantText.TryParse(text, zone, out value, out _);
    }

    private readonly struct IsMovedReading : IReading<byte>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out byte value)
        {
            bool isInstant = InstantText.TryParse(text, zone, out _, out bool isMoved);
            value = isMoved ? (byte)1 : (byte)0;
            return isInstant;
        }
    }

    private readonly struct SecondsReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            TryReadEpoch(text, 6, out value);
    }

    private readonly struct MillisecondsReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            TryReadEpoch(text, 3, out value);
    }

    private readonly struct MicrosecondsReading : IReading<long>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out long value) =>
            TryReadEpoch(text, 0, out value);
    }

    private readonly struct IsJsonReading : IReading<byte>
    {
        public static bool TryRead(ReadOnlySpan<byte> text, SourceZone zone, out byte value)
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = int.MaxValue });
            value = 1;
            try
            {
                while (reader.Read())
                {
                    // Each token is looked at.
                }
            }
            catch (JsonException)
            {
                value = 0;
            }

            return true;
        }
    }

    /// <summary>Of other years are only numbers in a wrong unit.</summary>
    private static bool TryReadEpoch(ReadOnlySpan<byte> text, int scale, out long microseconds) =>
        ExactNumber.TryParse(text, scale, ExactNumber.BigintDigits, out microseconds) && InstantText.IsHeld(microseconds);
}
