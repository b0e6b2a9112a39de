using System.IO.Enumeration;

namespace ShopLake.Ingest;

/// <summary>
/// Finds files by a path with <c>*</c>, <c>?</c> and <c>**</c> (any depth of folders, not through links to folders).
/// </summary>
internal static class Glob
{
    /// <summary>Links to folders may lead in circles, or to the same files by many ways.</summary>
    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    public static bool HasWildcard(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <returns>Absolute paths in byte order; names that begin with a dot only where the pattern says so.</returns>
    public static IReadOnlyList<string> Find(string pattern)
    {
        string[] segments = Path.GetFullPath(pattern).Split(Path.DirectorySeparatorChar);
        int plain = Array.FindIndex(segments, HasWildcard);
        if (plain < 0)
        {
            return File.Exists(pattern) ? [Path.GetFullPath(pattern)] : [];
        }

        string folder = string.Join(Path.DirectorySeparatorChar, segments[..plain]) + Path.DirectorySeparatorChar;
        return [.. Find(folder, segments[plain..]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Find(string folder, string[] segments)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string segment = segments[0];
        if (segments.Length == 1)
        {
            string name = segment == "**" ? "*" : segment;
            return Matching(Directory.EnumerateFiles(folder), name);
        }

        if (segment != "**")
        {
            return Matching(Directory.EnumerateDirectories(folder), segment).SelectMany(path => Find(path, segments[1..]));
        }

        return Find(folder, segments[1..]).Concat(
            Matching(Directory.EnumerateDirectories(folder, "*", NoLinks), "*").SelectMany(path => Find(path, segments)));
    }

    private static IEnumerable<string> Matching(IEnumerable<string> paths, string name) => paths.Where(path =>
    {
        ReadOnlySpan<char> last = Path.GetFileName(path.AsSpan());
        return FileSystemName.MatchesSimpleExpression(name, last, ignoreCase: false)
            && (last[0] != '.' || name[0] == '.');
    });
}
