using CsCheck;
using ShopLake.Models;
using ShopLake.Tests.Silver;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Incremental;

/// <summary>The promise that a run costs what changed and still equals a rebuild, held against random shops.</summary>
public sealed class IncrementalTests
{
    private static readonly long Cases = long.Parse(Environment.GetEnvironmentVariable("SHOPLAKE_CASES") ?? "40");

    [Fact]
    public void After_every_run_each_table_equals_a_rebuild()
    {
        using var changed = ChangedModels();
        ModelLibrary[] libraries = [SmallLake.Library, ModelLibrary.Load(changed.Path)];
        RandomShop.Steps(GrowingLake.Configurations.Count, libraries.Length)
            .Sample(steps => Differences(steps, libraries).ShouldBeEmpty(), iter: Cases, print: Shown);
    }

    /// <summary>Runs all steps, and after each compares the updated lake with a rebuilt one.</summary>
    private static string Differences(Step[] steps, ModelLibrary[] libraries)
    {
        using var updated = new GrowingLake();
        using var rebuilt = new GrowingLake();
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
        }

        return "";
    }

    private static string Shown(Step[] steps) => string.Concat(steps.Select((step, run) =>
        $"\nrun {run + 1}, configuration {step.Configuration}, models {step.Library}" + string.Concat(step.Rows.Select(row =>
            $"\n  {row.Table}: " + string.Join(", ", row.Values.Where(cell => cell.Value is not null).Select(cell => $"{cell.Key} {cell.Value}"))))));

    /// <summary>The shipped models with one rule and one model otherwise.</summary>
    private static TemporaryFolder ChangedModels() => Changed(
        ("checks/payments_non_negative.sql", "payment_amount < 0", "payment_amount < 8"),
        ("prep/order_line_entries.sql", "THEN quantity", "THEN 1"));

    private static TemporaryFolder Changed(params (string File, string Old, string New)[] changes)
    {
        var folder = new TemporaryFolder();
        string models = Repository.PathOf("models");
        foreach (string file in Directory.EnumerateFiles(models, "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(models, file), File.ReadAllText(file));
        }

        foreach ((string file, string old, string changed) in changes)
        {
            string text = File.ReadAllText(Path.Combine(folder.Path, file));
            text.ShouldContain(old);
            folder.Write(file, text.Replace(old, changed));
        }

        return folder;
    }
}
