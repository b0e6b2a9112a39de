using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// C libraries are taken from the program and the system, never from the current folder.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace ShopLake.Ingest;

/// <summary>The few functions of DuckDB's C interface by which rows enter and leave its vectors.</summary>
internal static unsafe partial class DuckDbVectors
{
    /// <summary>Rows of a vector: what one call may fill.</summary>
    public const int Capacity = 2048;

    private const string Library = "duckdb";

    /// <summary>DuckDB keeps texts up to this length inside the vector itself.</summary>
    private const int InlineLength = 12;

    private const int TextSize = 16;

    public static ReadOnlySpan<byte> Text(void* data, int row)
    {
        byte* entry = (byte*)data + ((long)row * TextSize);
        int length = *(int*)entry;
        return new ReadOnlySpan<byte>(length <= InlineLength ? entry + 4 : *(byte**)(entry + 8), length);
    }

    /// <summary>Writes a text that is known to be UTF-8.</summary>
    public static void SetText(nint vector, void* data, int row, ReadOnlySpan<byte> text)
    {
        if (text.Length <= InlineLength)
        {
            byte* entry = (byte*)data + ((long)row * TextSize);
            *(long*)entry = 0;
            *(long*)(entry + 8) = 0;
            *(int*)entry = text.Length;
            text.CopyTo(new Span<byte>(entry + 4, InlineLength));
            return;
        }

        fixed (byte* bytes = text)
        {
            AssignText(vector, (ulong)row, bytes, (ulong)text.Length);
        }
    }

    /// <summary>Repeats a row's text in the next row without copying it.</summary>
    public static void RepeatText(void* data, int row, int count)
    {
        var entries = new Span<UInt128>((UInt128*)data + row, count + 1);
        entries[1..].Fill(entries[0]);
    }

    public static bool IsValid(ulong* validity, int row) =>
        validity is null || (validity[row >> 6] & (1UL << (row & 63))) != 0;

    public static void SetNull(ulong* validity, int row) => validity[row >> 6] &= ~(1UL << (row & 63));

    public static ulong* WritableValidity(nint vector)
    {
        EnsureValidityWritable(vector);
        return Validity(vector);
    }

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_get_vector")]
    [SuppressGCTransition]
    public static partial nint Vector(nint chunk, ulong column);

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_get_size")]
    [SuppressGCTransition]
    public static partial ulong Size(nint chunk);

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_set_size")]
    [SuppressGCTransition]
    public static partial void SetSize(nint chunk, ulong size);

    [LibraryImport(Library, EntryPoint = "duckdb_vector_get_data")]
    [SuppressGCTransition]
    public static partial void* Data(nint vector);

    [LibraryImport(Library, EntryPoint = "duckdb_vector_get_validity")]
    [SuppressGCTransition]
    public static partial ulong* Validity(nint vector);

    [LibraryImport(Library, EntryPoint = "duckdb_init_set_max_threads")]
    public static partial void SetMaximumThreads(nint init, ulong threads);

    [LibraryImport(Library, EntryPoint = "duckdb_vector_ensure_validity_writable")]
    private static partial void EnsureValidityWritable(nint vector);

    [LibraryImport(Library, EntryPoint = "duckdb_unsafe_vector_assign_string_element_len")]
    [SuppressGCTransition]
    private static partial void AssignText(nint vector, ulong row, byte* text, ulong length);
}
