using System.Security.Cryptography;
using System.Text;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>Tells whether anything but the data has changed since the last run: a model, a rule, a word, a setting.</summary>
internal static class Fingerprint
{
    /// <returns>SHA-256 in hexadecimal of everything that the models' result depends on besides Bronze.</returns>
    public static string Of(IEngine engine, ModelLibrary library, LakeConfiguration configuration)
    {
        var text = new StringBuilder();
        foreach (Model model in library.Models)
        {
            text.Append(model.Name).Append('\0').Append(model.Sql).Append('\0').Append(string.Join(',', model.Grain)).Append('\0');
            text.AppendJoin('\0', model.Table.Columns.Select(column => $"{column.Name} {column.Type} {column.Description}"));
        }

        text.Append(ModelVocabulary.Functions(engine.Name, configuration));
        foreach (object?[] row in ModelVocabulary.VocabularyRows(configuration).Concat(ModelVocabulary.SourceRows(configuration)))
        {
            text.AppendJoin('\0', row).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
