using System.Text.RegularExpressions;
using CsCheck;
using ShopLake.Models;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Incremental;

/// <summary>The promise that a run costs what changed and still equals a rebuild, held against random shops.</summary>
public sealed class IncrementalTests
{
    /// <summary>Each of two shops.</summary>
    private static readonly long Lakes = long.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_RANDOM_LAKES") ?? "100");

    [Fact]
    public void After_every_run_each_table_equals_a_rebuild()
    {
        using TemporaryFolder shipped = Models();
        using TemporaryFolder changed = Models(
            ("checks/payments_non_negative.sql", "payment_amount < 0", "payment_amount < 8"),
            ("prep/order_line_entries.sql", "THEN quantity", "THEN 1"));
        ModelLibrary[] libraries = [ModelLibrary.Load(shipped.Path), ModelLibrary.Load(changed.Path)];
        RandomShop.Steps(GrowingLake.Configurations.Count, libraries.Length)
            .Sample(steps => Differences(steps, libraries).ShouldBeEmpty(), iter: Lakes, print: Shown);
    }

    [Theory]
    [InlineData("prep.stock_days", "prep/stock_days.sql", "business_day(changed_at) to", "business_day(as_utc('2030-01-01 00:00:00')) to", "products")]
    [InlineData("prep.product_rows", "prep/product_rows.sql", "{bronze.products_raw: updated_at}", "{bronze.products_raw: ingestion_time}", "products")]
    [InlineData("prep.active_days", "prep/active_days.sql", "silver.events: business_day(event_at)", "silver.events: business_day(as_utc('2030-01-01 00:00:00'))", "events")]
    [InlineData("prep.user_funnels", "prep/user_funnels.sql", "plus_seconds(event_at, -funnel_window_seconds()) to", "as_utc('2030-01-01 00:00:00') to", "events")]
    [InlineData("prep.session_users", "prep/session_users.sql", "where user_id <> ''", "where user_id <> '' AND event_type = 'view'", "events")]
    [InlineData("prep.order_sessions", "prep/order_sessions.sql", "where event_type = 'checkout'", "where event_type = 'view'", "events", "orders")]
    [InlineData("gold.orders", "3_gold/orders.sql", "prep.customer_orders: order_id", "prep.customer_orders: user_id")]
    [InlineData("silver.sessions", "2_silver/sessions.sql", "silver.events: session_id", "silver.events: event_id")]
    [InlineData("prep.payment_rows", "prep/payment_rows.sql", "payments_quarantine: record_key", "payments_quarantine: rule")]
    public void A_wrong_scope_is_found(string model, string file, string mapping, string wrong, params string[] favourites)
    {
        using TemporaryFolder mutant = Models((file, mapping, wrong));
        ModelLibrary[] libraries = [ModelLibrary.Load(mutant.Path)];
        string found = "";
        // Looks on until it is found, mostly within the first few lakes.
        RandomShop.Steps(configurations: 1, libraries: 1, favourites)
            .Sample(steps => found = found.Length > 0 ? found : Found(steps), iter: 1_000, threads: 1);
        found.ShouldContain($": {model} (");

        // What a wrong scope leaves standing may also lack a key further on: then the run refuses itself, and the search goes on.
        string Found(Step[] steps)
        {
            try
            {
                return Differences(steps, libraries);
            }
            catch (ShopLakeException refused) when (refused.Message.Contains("rows lack one of", StringComparison.Ordinal))
            {
                return "";
            }
        }
    }

    /// <summary>Runs all steps, and after each compares the updated lake with a rebuilt one.</summary>
    private static string Differences(Step[] steps, ModelLibrary[] libraries)
    {
        using var updated = new GrowingLake(isOptimized: true);
        using var rebuilt = new GrowingLake(isOptimized: false);
        for (int run = 0; run < steps.Length; run++)
        {
            Step step = steps[run];
            ModelLibrary library = libraries[step.Library];
            updated.Commit(step.Rows);
            rebuilt.Commit(step.Rows);
            updated.Update(library, GrowingLake.Configurations[step.Configuration]);
            if (run == 0)
            {
                continue;
            }

            rebuilt.Rebuild(library, GrowingLake.Configurations[step.Configuration]);
            if (updated.Differences(rebuilt, library) is { Length: > 0 } differences)
            {
                return $"after run {run + 1}: {differences}";
            }

            if (updated.StaleFiles is { Count: > 0 } stale)
            {
                return $"after run {run + 1} files of Gold would be stale: {string.Join(", ", stale)}";
            }
        }

        return "";
    }

    internal static string Shown(Step[] steps) => string.Concat(steps.Select((step, run) =>
        $"\nrun {run + 1}, configuration {step.Configuration}, models {step.Library}" + string.Concat(step.Rows.Select(row =>
            $"\n  {row.Table}: " + string.Join(", ", row.Values.Where(cell => cell.Value is not null).Select(cell => $"{cell.Key} {cell.Value}"))))));

    /// <summary>The shipped models with other texts in places, and without what only costs time here: comments and far days.</summary>
    internal static TemporaryFolder Models(params (string File, string Old, string New)[] changes)
    {
        var folder = new TemporaryFolder();
        string models = Repository.PathOf("models");
        foreach (string file in Directory.EnumerateFiles(models, "*", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            folder.Write(Path.GetRelativePath(models, file), file.EndsWith(".yaml") ? Regex.Replace(text, "— .*", "— ") : text);
        }

        foreach ((string file, string old, string changed) in changes.Append(("prep/numbers.sql", "ten_thousands.d < 4", "ten_thousands.d < 1")))
        {
            string text = File.ReadAllText(Path.Combine(folder.Path, file));
            text.ShouldContain(old);
            folder.Write(file, text.Replace(old, changed));
        }

        return folder;
    }
}
