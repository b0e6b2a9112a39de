using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Explain;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Cli;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>What is SQLite's own: files that a plain client reads, states that are whole whatever ends a run.</summary>
public sealed class SqliteWarehouseTests : IDisposable
{
    private static readonly ModelLibrary Library = ModelLibrary.Load(LakeCatalog.ShippedModels);

    /// <summary>Every step by <c>SHOPLAKE_STEPS_APART=1</c>.</summary>
    private static readonly int StepsApart = int.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_STEPS_APART") ?? "60", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whichever_step_a_run_ends_before_readers_see_the_old_state_or_the_new_one_whole()
    {
        string before = Delivered();
        string[] old = Digests(before);
        string after = Copy(before);
        int steps = int.Parse(Crash(after, 0).Trim());
        string[] @new = Digests(after);
        old.ShouldNotBe(@new);
        string half = Copy(before);
        File.Copy(
            Path.Combine(after, "data/sqlite/gold.sqlite"), Path.Combine(half, "data/sqlite/gold.sqlite"), overwrite: true);
        Digests(half).ShouldNotBe(old, "half a state would be seen");
        Digests(half).ShouldNotBe(@new, "half a state would be seen");

        // The first steps are the models; the last ones sync six files and two folders, name the state, swap the link.
        IEnumerable<int> stops = Enumerable.Range(1, steps).Where(step => (step - 1) % StepsApart == 0 || step > steps - 12);
        var seen = new List<bool>();
        foreach (int stop in stops)
        {
            string lake = Copy(before);
            Crash(lake, stop).ShouldBeEmpty($"it ended before step {stop}");

            string[] found = Digests(lake);
            (found.SequenceEqual(old) || found.SequenceEqual(@new)).ShouldBeTrue($"half a state before step {stop}");
            seen.Add(found.SequenceEqual(@new));
            Run(lake);
            Digests(lake).ShouldBe(@new, $"the run after an end before step {stop}");
            Directory.Delete(lake, recursive: true);
        }

        seen[0].ShouldBeFalse();
        seen[^1].ShouldBeTrue("the last step only makes the new name lasting");
    }

    [Fact]
    public void What_the_scope_of_a_new_own_table_looks_up_has_an_index_and_what_is_gone_leaves_no_types()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        string own = Directory.CreateDirectory(Path.Combine(_folder.Path, "own")).FullName;
        Run();
        Indexes().ShouldBe(0L);
        TypesKept().ShouldBe(0L);

        _folder.Write("own/prep/tables.yaml", "states:\n  payment_status: text — status\n  times: bigint — payments\n");
        _folder.Write("own/prep/states.sql", "/*\nname: prep.states\nwhat: payments\ngrain: [payment_status]\nscope: [payment_status]\n"
            + "reads: {silver.payments: payment_status}\n*/\nSELECT payment_status, count(*) AS times FROM silver.payments GROUP BY payment_status\n");
        Run();
        Indexes().ShouldBe(1L);
        TypesKept().ShouldBe(2L);

        Directory.Delete(Path.Combine(own, "prep"), recursive: true);
        Run();
        TypesKept().ShouldBe(0L);

        void Run() => CommandRun.Of(
            "run", "--config", Path.Combine(_folder.Path, "shoplake.yaml"), "--set", "engine=sqlite", "--set", $"models={own}").ExitCode.ShouldBe(0);
        object? Indexes() => AskFile("silver", "SELECT count(*) FROM sqlite_master WHERE name = 'payments by payment_status'");
        object? TypesKept() => AskFile("config", "SELECT count(*) FROM columns WHERE table_name = 'prep.states'");
        object? AskFile(string layer, string sql)
        {
            using var plain = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, $"data/sqlite/{layer}.sqlite")};Mode=ReadOnly;Pooling=False");
            plain.Open();
            using SqliteCommand command = plain.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
    }

    [Fact]
    public void A_plain_client_reads_every_table_without_a_function()
    {
        CommandRun.Of("init", _folder.Path).ExitCode.ShouldBe(0);
        CommandRun.Of("run", "--config", Path.Combine(_folder.Path, "shoplake.yaml"), "--set", "engine=sqlite")
            .ExitCode.ShouldBe(0);
        string gold = Path.Combine(_folder.Path, "data/sqlite/gold.sqlite");
        using var plain = new SqliteConnection($"Data Source={gold};Mode=ReadOnly;Pooling=False");
        plain.Open();
        Ask(plain, $"ATTACH '{Path.Combine(_folder.Path, "data/sqlite/silver.sqlite")}' AS silver");
        Ask(plain, $"ATTACH '{Path.Combine(_folder.Path, "data/sqlite/bronze.sqlite")}' AS bronze");

        foreach (string schema in (string[])["main", "silver", "bronze"])
        {
            foreach (object?[] table in Ask(plain, $"""
                SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                """))
            {
                Should.NotThrow(() => Ask(plain, $"SELECT * FROM {schema}.{table[0]}"));
            }
        }

        Ask(plain, "SELECT day, gross_minor FROM revenue_daily ORDER BY day").Select(row => $"{row[0]} {row[1]}")
            .ShouldBe(["2025-01-10 2000", "2025-02-03 4750", "2025-02-10 1200"]);
        Ask(plain, "SELECT count(*) FROM silver.orders WHERE created_at >= '2025-02-01'")[0][0].ShouldBe(2L);
        ((string)Ask(plain, "SELECT sql FROM sqlite_schema WHERE name = 'revenue_daily'")[0][0]!)
            .ShouldContain("-- ", customMessage: ".schema tells what a table and its columns are");
        Ask(plain, """
            SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'
            """).ShouldBeEmpty();
    }

    [Fact]
    public void Runs_take_turns_and_readers_keep_the_state_they_opened()
    {
        LakeConfiguration configuration = ConfigurationOf(Delivered());
        using IWarehouseReader reader = LakeEngine.OpenReader(configuration);
        object? before = reader.Query("SELECT count(*) FROM silver.payments", default).Rows[0][0];

        using (LakeEngine.Open(configuration))
        {
            Should.Throw<ShopLakeException>(() => LakeEngine.Open(configuration)).Kind.ShouldBe(FailureKind.OutOfReach);
        }

        Run(configuration.ProjectFolder);
        reader.Query("SELECT count(*) FROM silver.payments", default).Rows[0][0].ShouldBe(before);
        using IWarehouseReader later = LakeEngine.OpenReader(configuration);
        later.Query("SELECT count(*) FROM silver.payments", default).Rows[0][0].ShouldBe((long)before! + 1);
    }

    [Fact]
    public void States_of_the_past_are_made_by_one_at_a_time()
    {
        LakeConfiguration configuration = ConfigurationOf(Delivered());
        using (LakeEngine.OpenAsOf(configuration, 1))
        {
            Should.Throw<ShopLakeException>(() => LakeEngine.OpenAsOf(configuration, 1)).Kind.ShouldBe(FailureKind.OutOfReach);
            LakeEngine.OpenAsOf(configuration, 2).Dispose();
        }

        LakeEngine.OpenAsOf(configuration, 1).Dispose();
    }

    [Fact]
    public void A_layer_that_cannot_be_copied_is_the_error_and_the_warehouse_is_as_it_was()
    {
        LakeConfiguration configuration = ConfigurationOf(Delivered());
        string[] published = Digests(configuration.ProjectFolder);
        using IEngine engine = LakeEngine.Open(configuration);
        using (Held(configuration, "gold"))
        {
            Should.Throw<IOException>(engine.Begin).Message.ShouldContain("gold.sqlite");
            Should.NotThrow(engine.Rollback);
        }

        Digests(configuration.ProjectFolder).ShouldBe(published);
        engine.Begin();
        engine.Rollback();
    }

    [Fact]
    public void Who_asks_where_rows_come_from_copies_no_layer()
    {
        LakeConfiguration configuration = ConfigurationOf(Delivered());
        using IEngine engine = LakeEngine.Open(configuration);
        var bronze = BronzeState.Of(Ledger.Open(configuration.Lake), Publication.Read(engine)!.LedgerSequence);
        using FileStream held = Held(configuration, "gold");

        Explanation.Trace(engine, Library, "gold.revenue_daily", "1 = 1", 5, null, CancellationToken.None).Bronze.ShouldNotBeEmpty();
        new Difference(engine, engine, Library, 1, CancellationToken.None).Causes(
            "gold.revenue_daily", new RowDifference(new TableRow([], []), RowChange.Changed, []), 5).ShouldNotBeEmpty();
        SampledVerification.Compare(engine, Library, bronze, new SampleChoice(1, 1), null, CancellationToken.None)
            .ShouldAllBe(table => table.IsEqual);
    }

    [Fact]
    public void What_a_killed_rebuild_left_is_cleared_by_the_next_one()
    {
        LakeConfiguration configuration = ConfigurationOf(Delivered());
        string left = Path.Combine(configuration.Lake, ".scratch", "left");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "silver.sqlite"), "half");

        using (LakeEngine.OpenScratch(configuration))
        {
            using IEngine second = LakeEngine.OpenScratch(configuration);
            second.Begin();
            Directory.Exists(left).ShouldBeFalse();
            Directory.EnumerateDirectories(Path.GetDirectoryName(left)!).Count().ShouldBe(2);
        }

        Directory.EnumerateDirectories(Path.GetDirectoryName(left)!).ShouldBeEmpty();
    }

    /// <summary>A project with a published state and one delivery more in Bronze.</summary>
    private string Delivered()
    {
        string folder = Path.Combine(_folder.Path, "delivered");
        CommandRun.Of("init", folder).ExitCode.ShouldBe(0);
        new Ingestor(ConfigurationOf(folder), Library.Catalog).Run();
        Run(folder);
        File.WriteAllText(
            Path.Combine(folder, "feeds/payments-2.csv"), "order,attempt,state,amount,at\no4,7,ok,10.50,1739214961\n");
        new Ingestor(ConfigurationOf(folder), Library.Catalog).Run();
        return folder;
    }

    private string Copy(string folder) => RunInParts.Copy(folder, _folder);

    private static LakeConfiguration ConfigurationOf(string folder) =>
        ConfigurationLoader.Load(Path.Combine(folder, "shoplake.yaml"), ["engine=sqlite"]);

    /// <summary>A published file that nobody else may open as .NET does: SQLite reads it all the same.</summary>
    private static FileStream Held(LakeConfiguration configuration, string layer) => new(
        Path.Combine(configuration.Lake, "sqlite", $"{layer}.sqlite"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private static void Run(string folder) => RunInParts.Finish(ConfigurationOf(folder), Library);

    /// <summary>As readers see them: opened while nobody has mended anything.</summary>
    private static string[] Digests(string folder)
    {
        using IWarehouseReader reader = LakeEngine.OpenReader(ConfigurationOf(folder));
        return [.. Library.Models.Select(model =>
            $"{model.Name} {TableDigest.Of(reader.Query($"SELECT * FROM {model.Name}", default).Rows).Short}")];
    }

    private static string Crash(string folder, int step)
    {
        using Process run = RunInParts.Start(folder, $"{step}");
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return output;
    }

    private static List<object?[]> Ask(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount)
                .Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))]);
        }

        return rows;
    }
}
