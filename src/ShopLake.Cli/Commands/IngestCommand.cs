using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Cli.Output;
using ShopLake.Configuration;
using ShopLake.Ingest;

namespace ShopLake.Cli.Commands;

/// <summary><c>ingest</c>: what is new in the feeds, into Bronze.</summary>
internal static class IngestCommand
{
    public static Verb Create(Terminal terminal)
    {
        var verb = new Verb(
            "ingest",
            "Reads what is new in the feeds into Bronze. The same delivery again adds nothing; what cannot be split "
            + "into fields is kept as dead letters. Exits with 3 when a source could not be read; the others were.",
            "shoplake ingest",
            "shoplake ingest --set sources.payments.path=today/payments.csv",
            "shoplake ingest --json");
        var json = CommonOptions.Json();
        verb.Add(json);
        var lake = LakeOptions.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var configuration = lake.Load(parsed);
            var report = Ingest(terminal, configuration, Ledger.Open(configuration.Lake));
            if (parsed.GetValue(json))
                terminal.Write(JsonText.Of(Summary(report)));
            else
                Write(terminal, report);

            return Fail(terminal, report);
        });
        return verb;
    }

    public static IngestReport Ingest(Terminal terminal, LakeConfiguration configuration, Ledger ledger)
    {
        using var progress = terminal.StartProgress("Bronze");
        var ingestor = new Ingestor(configuration, LakeCatalog.Load(LakeCatalog.ShippedModels));
        return ingestor.Run(ledger, new IngestProgressText(progress), terminal.Cancellation);
    }

    public static void Write(Terminal terminal, IngestReport report)
    {
        terminal.WriteTable(
            ["source", "table", "new deliveries", "known deliveries", "records in", "accepted", "rejected"],
            report.Sources.Select(source => new object?[]
            {
                source.Source, source.Table, CellText.Figure(source.Files.Count), CellText.Figure(source.Known.Count),
                CellText.Figure(source.Records), CellText.Figure(source.Accepted), CellText.Figure(source.Rejected),
            }));
        foreach (var source in report.Sources)
        {
            foreach (string note in source.Drift)
                terminal.Write($"Drift in {source.Source}: {note}");
            foreach (string warning in source.Warnings)
                terminal.Write($"Warning ({source.Source}): {warning}");
        }
    }

    /// <summary>The report for programs.</summary>
    public static object Summary(IngestReport report) => new
    {
        Sources = report.Sources.Select(source => new
        {
            source.Source,
            source.Table,
            source.Files,
            source.Known,
            source.Commits,
            source.Records,
            source.Accepted,
            source.Rejected,
            source.Bytes,
            source.Drift,
            source.Warnings,
            Errors = source.Errors.Select(error => error.Message),
        }),
    };

    /// <summary>Tells every error of every source, and gives the exit code.</summary>
    public static int Fail(Terminal terminal, IngestReport report)
    {
        foreach (var error in report.Sources.SelectMany(source => source.Errors))
            terminal.Fail(error.Message);

        return (int?)report.Failure ?? 0;
    }

    private sealed class IngestProgressText(ProgressLine line) : IProgress<IngestProgress>
    {
        private const double BytesPerMegabyte = 1_000_000;

        public void Report(IngestProgress value)
        {
            if (value.IsWaiting)
            {
                line.Tell($"{value.Source} waits, as another process is writing to this lake.");
                return;
            }

            double seconds = Math.Max(value.Elapsed.TotalSeconds, 0.001);
            double megabytesPerSecond = value.BytesRead / BytesPerMegabyte / seconds;
            double share = value.BytesTotal == 0 ? 1 : (double)value.BytesRead / value.BytesTotal;
            string left = share > 0.01 ? $", {seconds * (1 - share) / share:F0} s left" : "";
            line.Report(FormattableString.Invariant(
                $"{value.Source} {share:P0}, {value.Records:N0} records, {megabytesPerSecond:F0} MB/s{left}"));
        }
    }
}
