using DuckDB.NET.Data;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Models;

namespace ShopLake.Run;

/// <summary>
/// The rules over how feeds arrive: <c>ops/*.sql</c> of the models. They look at the ledger and at the clock, so that they are
/// judged at every run, also one that has nothing to compute, and no table of Silver or Gold depends on them.
/// </summary>
public static class FeedRules
{
    private static readonly string[] Keys = ["check", "on", "severity", "what"];

    /// <summary>Judges every rule.</summary>
    /// <param name="configuration">Its sources, and its own rules beside the shipped ones.</param>
    /// <param name="ledger">What was delivered, and when.</param>
    /// <param name="now">UTC.</param>
    /// <exception cref="ShopLakeException">A rule is no SQL; the file is named.</exception>
    public static IReadOnlyList<RuleResult> Judge(LakeConfiguration configuration, Ledger ledger, DateTime now)
    {
        using DuckDBConnection connection = DuckDbMemory.Open();
        DuckDbMemory.Execute(connection, ModelVocabulary.Functions("duckdb", configuration));
        Fill(connection, configuration, ledger, now);
        return [.. ModelLibrary.Folders(configuration.Models).SelectMany(folder => Files(folder)
            .Select(file => Judge(connection, file, Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(folder))!, file), configuration)))];
    }

    private static IEnumerable<string> Files(string folder) => Path.Combine(folder, "ops") is var ops && Directory.Exists(ops)
        ? Directory.EnumerateFiles(ops, "*.sql").Order(StringComparer.Ordinal)
        : [];

    private static void Fill(DuckDBConnection connection, LakeConfiguration configuration, Ledger ledger, DateTime now)
    {
        DuckDbMemory.Execute(connection, """
            CREATE SCHEMA ops;
            CREATE TABLE ops.sources (
                source VARCHAR, table_name VARCHAR, fresh_within VARCHAR, fresh_within_seconds BIGINT, judged_at TIMESTAMP);
            CREATE TABLE ops.deliveries (
                source VARCHAR, ledger_sequence BIGINT, committed_at TIMESTAMP, records BIGINT, rejected BIGINT)
            """);
        using (DuckDBAppender sources = connection.CreateAppender("ops", "sources"))
        {
            foreach (Source source in configuration.Sources)
            {
                sources.CreateRow().AppendValue(source.Name).AppendValue(source.Table)
                    .AppendValue(source.FreshWithin is { } within ? Words(within) : null)
                    .AppendValue((long?)source.FreshWithin?.TotalSeconds).AppendValue(now).EndRow();
            }
        }

        using DuckDBAppender deliveries = connection.CreateAppender("ops", "deliveries");
        foreach (LedgerRecord record in ledger.Records)
        {
            deliveries.CreateRow().AppendValue(record.Source).AppendValue(record.Sequence).AppendValue(record.CommittedAt)
                .AppendValue(record.Rows + record.Rejected).AppendValue(record.Rejected).EndRow();
        }
    }

    private static string Words(TimeSpan span) => span.TotalHours >= 1
        ? FormattableString.Invariant($"{span.TotalHours:0.#} hours")
        : FormattableString.Invariant($"{span.TotalMinutes:0.#} minutes");

    private static RuleResult Judge(DuckDBConnection connection, string file, string shown, LakeConfiguration configuration)
    {
        string sql = File.ReadAllText(file);
        var mistakes = new List<string>();
        SqlHeader header = SqlHeader.Read(shown, sql, Keys, mistakes);
        string rule = header.Text("check");
        string on = header.Text("on");
        if (!Enum.TryParse(header.Text("severity"), ignoreCase: true, out Severity severity) || severity != Severity.Warn)
        {
            mistakes.Add($"{shown}:1: a rule over feeds has the severity warn: what is late or little is published nonetheless.");
        }

        if (mistakes.Count > 0)
        {
            throw new ShopLakeException(FailureKind.Usage, string.Join(Environment.NewLine, mistakes));
        }

        var findings = new List<Finding>();
        try
        {
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT record_key, reason FROM (\n{sql.TrimEnd().TrimEnd(';')}\n) AS offenders ORDER BY record_key";
            using DuckDBDataReader rows = command.ExecuteReader();
            while (rows.Read())
            {
                findings.Add(new Finding(rows.GetString(0), rows.GetString(1)));
            }
        }
        catch (DuckDBException exception)
        {
            throw new ShopLakeException(FailureKind.Usage, $"{shown}: {exception.Message}", exception);
        }

        return new RuleResult(rule, on, severity, configuration.Sources.Count, findings.Count, 0, findings);
    }
}
