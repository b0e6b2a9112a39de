using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Tells what besides the data has changed since the last run: the shape of tables, a model, a rule, a word, a setting.</summary>
internal static class Fingerprint
{
    /// <returns>SHA-256 of the columns and keys of all tables: while it stays, old and new rows can be compared.</returns>
    public static string OfShape(ModelLibrary library) => Hash([.. RawColumns(library), .. library.Models
        .OrderBy(model => model.Name, StringComparer.Ordinal)
        .SelectMany(model => model.Table.Columns
            .Select(column => $"{model.Name} {column.Name} {column.Type}")
            .Append(string.Join(',', model.Grain)))]);

    /// <returns>
    /// SHA-256 of all that models are made of: their files, the program that reads them, words and settings. While it stays,
    /// no model has changed, which is known without reading one.
    /// </returns>
    public static string OfEverything(string functions, LakeConfiguration configuration) => Hash(
    [
        typeof(Fingerprint).Module.ModuleVersionId.ToString(),
        functions,
        .. ModelVocabulary.VocabularyRows(configuration).Select(row => string.Join('\0', row)),
        .. ModelVocabulary.SourceRows(configuration).Select(row => string.Join('\0', row)),
        .. ModelLibrary.Folders(configuration.Models)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".sql" or ".yaml")
                .Order(StringComparer.Ordinal)
                .SelectMany(file => new[] { Path.GetRelativePath(folder, file), File.ReadAllText(file) })),
    ]);

    /// <returns>SHA-256 of what all models know: the engine's functions, with the settings in them, and the clock of the zone.</returns>
    public static string OfFunctions(string engine, LakeConfiguration configuration) => Hash(
    [
        ModelVocabulary.Functions(engine, configuration),
        OfClock(TimeZoneInfo.FindSystemTimeZoneById(configuration.Time.ReportingZone)),
    ]);

    /// <summary>
    /// Most engines' functions only name the zone. New zone data of the same name give other business days.
    /// </summary>
    internal static string OfClock(TimeZoneInfo zone) => Hash(ZoneCheck.Transitions(zone)
        .Select(at => string.Create(CultureInfo.InvariantCulture, $"{at:s} {zone.GetUtcOffset(at)}"))
        .Prepend(zone.GetUtcOffset(ZoneCheck.First).ToString("c", CultureInfo.InvariantCulture)));

    /// <returns>SHA-256 of everything that a model's rows depend on besides its data inputs.</returns>
    public static string OfModel(Model model, string functions, LakeConfiguration configuration)
    {
        var parts = new List<string> { model.Sql, functions };
        if (Reads("config.vocabulary") || Reads("config.known_words"))
        {
            parts.AddRange(ModelVocabulary.VocabularyRows(configuration).Select(row => string.Join('\0', row)));
        }

        if (Reads("config.sources"))
        {
            parts.AddRange(ModelVocabulary.SourceRows(configuration).Select(row => string.Join('\0', row)));
        }

        return Hash(parts);

        bool Reads(string table) => model.References.Any(reference => reference.Name == table);
    }

    /// <summary>Engines that keep rows of Bronze keep them with its columns.</summary>
    private static IEnumerable<string> RawColumns(ModelLibrary library) => LakeCatalog.RawTables
        .Select(library.Catalog.Raw)
        .SelectMany(table => table.Columns.Select(column => $"{table.FullName} {column.Name} {column.Type}"));

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u0001', parts))));
}
