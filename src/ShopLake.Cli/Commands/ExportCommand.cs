using System.CommandLine;
using ShopLake.Catalog;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Cli.Commands;

/// <summary><c>export</c>: tables as files that any tool reads.</summary>
internal static class ExportCommand
{
    private static readonly string[] Columns = ["table", "rows", "file"];

    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "export",
            "Writes tables of Gold, or of Silver where named, as files: one a table, all from one published state, rows in "
            + "the order of the grain. A file of the same name is replaced once the new one is whole.",
            "shoplake export reports",
            "shoplake export reports gold.revenue_daily gold.customers --format jsonl",
            "shoplake export march --asof 2026-04-01T00:00:00Z");
        var folder = new Argument<string>("dir") { Description = "The folder of the files; made where it is missing." };
        var tables = new Argument<string[]>("tables")
        {
            Description = "For example gold.revenue_daily or silver.orders; all of Gold when left out.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string>("--format")
        {
            Description = "csv (NULL is an empty field, an empty text a quoted one) or jsonl (an object a line).",
            DefaultValueFactory = _ => "csv",
        };
        format.AcceptOnlyFromAmong("csv", "jsonl");
        var asOf = CommonOptions.AsOf();
        var json = CommonOptions.Json();
        verb.Add(folder);
        verb.Add(tables);
        verb.Add(format);
        verb.Add(asOf);
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var configuration = lake.Load(parsed);
            IReadOnlyList<Model> chosen = Choose(LakeFlow.Library(configuration), parsed.GetValue(tables) ?? []);
            using var reader = OpenReader(terminal, configuration, chosen, parsed.GetValue(asOf));
            IRowWriter report = parsed.GetValue(json) ? new JsonRows(terminal.Output) : new TableRows(terminal, int.MaxValue);
            report.Begin(Columns);
            foreach (var model in chosen)
            {
                string file = Path.Combine(parsed.GetRequiredValue(folder), $"{model.Name}.{parsed.GetRequiredValue(format)}");
                report.Write([model.Name, Write(reader, model, file, terminal.Cancellation), file]);
            }

            report.End();
            return 0;
        });
        return verb;
    }

    /// <exception cref="ShopLakeException">Names that are no table of Silver or Gold, all of them.</exception>
    private static IReadOnlyList<Model> Choose(ModelLibrary library, string[] named)
    {
        var tables = library.Models.Where(model => model.IsPublic).ToDictionary(
            model => model.Name, StringComparer.Ordinal);
        string[] unknown = [.. named.Where(name => !tables.ContainsKey(name))];
        if (unknown.Length > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join('\n', unknown.Select(name =>
                $"'{name}' is no table of Silver or Gold.\nTry: {NearestName.Of(name, tables.Keys) ?? "gold.revenue_daily"}")));
        }

        return named.Length > 0
            ? [.. named.Distinct(StringComparer.Ordinal).Select(name => tables[name])]
            : [.. tables.Values.Where(model => model.Table.Schema == "gold").OrderBy(model => model.Name, StringComparer.Ordinal)];
    }

    private static IWarehouseReader OpenReader(
        Terminal terminal, LakeConfiguration configuration, IReadOnlyList<Model> tables, string? asOf) =>
        asOf is not null || tables.All(model => model.Table.Schema == "gold")
            ? LakeFlow.OpenGoldReader(terminal, configuration, asOf)
            : LakeEngine.OpenPublishedReader(configuration);

    /// <returns>Rows written.</returns>
    /// <exception cref="ShopLakeException">The folder cannot be written.</exception>
    private static long Write(IWarehouseReader reader, Model model, string file, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            return WriteWhole(reader, model, file, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ShopLakeException(FailureKind.Usage,
                $"{file} cannot be written: {failure.Message}\nTry: shoplake export with another folder.", failure);
        }
    }

    private static long WriteWhole(IWarehouseReader reader, Model model, string file, CancellationToken cancellation)
    {
        string grain = string.Join(", ", model.Grain.Select(column => $"\"{column}\""));
        string sql = $"SELECT * FROM {model.Name}{(grain.Length == 0 ? "" : $" ORDER BY {grain}")}";
        string partial = file + ".partial";
        long count = 0;
        try
        {
            using (var output = new StreamWriter(partial))
            {
                IRowWriter rows = Path.GetExtension(file) == ".csv" ? new CsvRows(output) : new JsonLines(output);
                reader.Read(sql, rows.Begin, WriteRow, cancellation);
                rows.End();

                void WriteRow(IReadOnlyList<object?> row)
                {
                    rows.Write(row);
                    count++;
                }
            }

            File.Move(partial, file, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
