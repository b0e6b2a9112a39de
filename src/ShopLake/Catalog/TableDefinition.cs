namespace ShopLake.Catalog;

/// <summary>The types a column of the lake can have, on every engine.</summary>
public enum ColumnType
{
    /// <summary>Text, compared by its UTF-8 bytes.</summary>
    Text,

    /// <summary>A 64-bit integer; also money in minor units.</summary>
    Bigint,

    /// <summary>An exact decimal with 14 digits before the point and 4 behind it: money as Bronze keeps it.</summary>
    Amount,

    /// <summary>A double: rates only.</summary>
    Double,

    Boolean,

    /// <summary>An instant in UTC with microseconds.</summary>
    Timestamp,

    Date,
}

/// <summary>A column with the sentence that a BI tool shows for it.</summary>
public sealed record ColumnDefinition(string Name, ColumnType Type, string Description);

/// <summary>A table of the lake: its schema (<c>bronze</c>, <c>silver</c>, <c>gold</c>, <c>prep</c>), name, columns in order.</summary>
public sealed record TableDefinition(string Schema, string Name, IReadOnlyList<ColumnDefinition> Columns)
{
    public string FullName => $"{Schema}.{Name}";
}
