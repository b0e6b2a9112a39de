using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Tells what besides the data has changed since the last run: the columns of tables, a model, a rule, a word, a setting.</summary>
internal static class Fingerprint
{
    /// <returns>SHA-256 of the columns of the raw tables: engines that keep rows of Bronze keep them with its columns.</returns>
    public static string OfRawTables(LakeCatalog catalog) => Hash(LakeCatalog.RawTables
        .SelectMany(table => Columns(catalog.Raw(table)).Prepend(table)));

    /// <returns>By what a model's table is computed.</returns>
    public static ModelState OfState(Model model, string functions, LakeConfiguration configuration) =>
        new(OfModel(model, functions, configuration), Hash(Columns(model.Table)));

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
    private static string OfModel(Model model, string functions, LakeConfiguration configuration)
    {
        var parts = new List<string> { model.Sql, functions };
        if (ReadsWords(model))
        {
            parts.AddRange(ModelVocabulary.VocabularyRows(configuration).Select(row => string.Join('\0', row)));
        }

        if (ReadsSources(model))
        {
            parts.AddRange(ModelVocabulary.SourceRows(configuration).Select(row => string.Join('\0', row)));
        }

        return Hash(parts);
    }

    /// <summary>Whether a model depends on the vocabulary of <c>shoplake.yaml</c>.</summary>
    public static bool ReadsWords(Model model) => Reads(model, "config.vocabulary") || Reads(model, "config.known_words");

    /// <summary>Whether it depends on which sources there are.</summary>
    public static bool ReadsSources(Model model) => Reads(model, "config.sources");

    private static bool Reads(Model model, string table) => model.References.Any(reference => reference.Name == table);

    private static IEnumerable<string> Columns(TableDefinition table) =>
        table.Columns.Select(column => $"{column.Name} {column.Type}");

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u0001', parts))));
}
