using System.Globalization;
using System.Text.RegularExpressions;
using ShopLake.Configuration;

namespace ShopLake.Bronze;

/// <summary>
/// The name of a file of exported dead letters says what it mends: those of a source up to a commit. It also holds the
/// beginning of the exported bytes' hash, so that a file that nobody has mended yet is left alone.
/// </summary>
internal sealed partial record MendedFile(string Source, long UpTo, string ExportedHash)
{
    private const int HashLength = 8;

    public static string Name(Source source, long upTo, string sha256)
    {
        string extension = source.Format == SourceFormat.Jsonl ? "jsonl" : "csv";
        return $"{source.Name}.rejects-{upTo}-{sha256[..HashLength]}.{extension}";
    }

    /// <returns>Null when the file is no export of dead letters.</returns>
    public static MendedFile? Parse(string fileName)
    {
        Match match = Pattern().Match(fileName);
        return match.Success
            ? new MendedFile(match.Groups["source"].Value,
                long.Parse(match.Groups["sequence"].Value, CultureInfo.InvariantCulture), match.Groups["hash"].Value)
            : null;
    }

    public bool IsAsExported(string sha256) => sha256.StartsWith(ExportedHash, StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<source>.+)\.rejects-(?<sequence>\d{1,18})-(?<hash>[0-9a-f]{8})\.")]
    private static partial Regex Pattern();
}
