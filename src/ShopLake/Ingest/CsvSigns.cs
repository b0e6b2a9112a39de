using System.Text;
using ShopLake.Configuration;

namespace ShopLake.Ingest;

/// <summary>
/// What separates and what surrounds fields, as UTF-8: one byte each nearly always, several where declared.
/// </summary>
internal sealed class CsvSigns
{
    private readonly byte[] _delimiter;
    private readonly byte[] _quote;

    public CsvSigns(CsvDialect dialect)
    {
        _delimiter = Encoding.UTF8.GetBytes(dialect.Delimiter);
        _quote = Encoding.UTF8.GetBytes(dialect.Quote);
    }

    public ReadOnlySpan<byte> Delimiter => _delimiter;

    /// <summary>Empty where fields are never quoted.</summary>
    public ReadOnlySpan<byte> Quote => _quote;

    public bool IsDelimiter(ReadOnlySpan<byte> data) => data.StartsWith(_delimiter);

    public bool IsQuote(ReadOnlySpan<byte> data) =>
        _quote.Length > 0 && data.Length > 0 && data[0] == _quote[0] && data.StartsWith(_quote);

    /// <summary>The data may end within a sign, so that more of it is needed to tell.</summary>
    public bool MayBeCut(ReadOnlySpan<byte> data) =>
        data.IsEmpty || IsCut(data, _delimiter) || IsCut(data, _quote) || data is [(byte)'\r'];

    private static bool IsCut(ReadOnlySpan<byte> data, ReadOnlySpan<byte> sign) =>
        data.Length < sign.Length && sign.StartsWith(data);
}
