using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ShopLake.Bronze;

/// <summary>
/// The last commit that was acknowledged. It repeats what the records say, so that a lake whose last records were lost
/// does not look like one where they never were: their files would else be taken for what a stopped writer left.
/// </summary>
/// <param name="Sequence">0 before the first commit.</param>
/// <param name="RecordHash">SHA-256 of that record; empty before the first commit.</param>
internal sealed partial record LedgerHead(long Sequence, string RecordHash)
{
    /// <returns>Null when there is none.</returns>
    /// <exception cref="FormatException">The file is not exactly what <see cref="Write"/> gives.</exception>
    public static LedgerHead? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        Match match = Content().Match(Encoding.Latin1.GetString(File.ReadAllBytes(path)));
        return match.Success
            ? new LedgerHead(
                long.Parse(match.Groups["sequence"].Value, CultureInfo.InvariantCulture), match.Groups["hash"].Value)
            : throw new FormatException("it is cut or changed");
    }

    public byte[] Write() => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{Sequence:D12} {RecordHash}\n"));

    [GeneratedRegex("\\A(?<sequence>[0-9]{12}) (?<hash>([0-9a-f]{64})?)\n\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Content();
}
