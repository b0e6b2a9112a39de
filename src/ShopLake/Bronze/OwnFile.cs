using System.Globalization;
using System.Text.RegularExpressions;

namespace ShopLake.Bronze;

/// <summary>A file below <c>bronze/</c> whose name only a writer gives.</summary>
/// <param name="Sequence">The commit that it is named after; null for a temporary file and for an archived delivery.</param>
internal sealed partial record OwnFile(string Path, long? Sequence)
{
    /// <returns>Null for a file of another name.</returns>
    public static OwnFile? Parse(string path)
    {
        Match name = Name().Match(System.IO.Path.GetFileName(path));
        return !name.Success ? null
            : name.Groups["temporary"].Success || name.Groups["archive"].Success ? new OwnFile(path, Sequence: null)
            : new OwnFile(path, long.Parse(name.Groups["sequence"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^(?<sequence>\d{12})(-\d+)?\.(parquet|jsonl|bytes|json)(?<temporary>\.tmp)?$"
        + @"|^(?<archive>[0-9a-f]{64}\.zst)(?<temporary>\.tmp)?$|^head(?<temporary>\.tmp)$")]
    private static partial Regex Name();
}
