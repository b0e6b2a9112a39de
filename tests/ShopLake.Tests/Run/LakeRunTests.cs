using System.Globalization;
using ShopLake.Bronze;
using ShopLake.Catalog;
using ShopLake.Configuration;
using ShopLake.Engines;
using ShopLake.Ingest;
using ShopLake.Models;
using ShopLake.Run;
using ShopLake.Tests.Incremental;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Run;

/// <summary>What runs compute and publish.</summary>
public sealed class LakeRunTests : LakeRunShop
{
    [Fact]
    public void A_second_run_without_news_computes_nothing()
    {
        Ingest();

        Run().Outcome.ShouldBe(RunOutcome.Published);
        Run().Outcome.ShouldBe(RunOutcome.Unchanged);
    }

    [Fact]
    public void That_nothing_is_new_is_told_without_the_models_until_anything_is()
    {
        Ingest();
        NothingIsNew(Configuration()).ShouldBeFalse("nothing is published yet");
        Run();

        NothingIsNew(Configuration()).ShouldBeTrue();
        NothingIsNew(Configuration() with { Money = new MoneyRules("EUR", 3) }).ShouldBeFalse("a setting is new");
        NothingIsNew(Configuration() with { Models = Directory.CreateDirectory(Path.Combine(Folder.Path, "own")).FullName })
            .ShouldBeTrue("an empty folder holds no model");
        File.WriteAllText(Path.Combine(Folder.Path, "own", "mine.sql"), "SELECT 1");
        NothingIsNew(Configuration() with { Models = Path.Combine(Folder.Path, "own") }).ShouldBeFalse("a model is new");
        Directory.Delete(Path.Combine(Configuration().Lake, "gold"));
        NothingIsNew(Configuration()).ShouldBeFalse("the swap of Gold is to be finished");
        Run();
        DeliverTheRest();
        NothingIsNew(Configuration()).ShouldBeFalse("rows are new");
    }

    [Fact]
    public void A_ledger_that_lost_its_end_takes_nobody_back()
    {
        Ingest();
        Run();
        var lost = BronzeState.Of(Ledger.Open(Configuration().Lake), upTo: 3);
        using IEngine engine = LakeEngine.Open(Configuration());

        Should.Throw<ShopLakeException>(() => LakeRun.Execute(engine, Library, Configuration(), lost, null, default))
            .Message.ShouldContain("ends with commit 3: its later records are lost.");
    }

    [Fact]
    public void A_ledger_that_was_begun_anew_is_not_taken_for_the_published_one()
    {
        Ingest();
        Run();
        long commits = Ledger.Open(Configuration().Lake).LastSequence;
        BuildAsOf(3);
        BeginAnew();

        Ledger.Open(Configuration().Lake).LastSequence.ShouldBe(commits);
        NothingIsNew(Configuration()).ShouldBeFalse();
        ShouldBeRefused();
        DeliverTheRest();
        ShouldBeRefused();
        BuildAsOf(3).ShouldBe(Ledger.Open(Configuration().Lake).RecordHash(3), "a kept state is of the other ledger too");

        void ShouldBeRefused()
        {
            string refused = $"What is published has seen commit {commits} of another ledger";
            Should.Throw<ShopLakeException>(() => Run()).Message.ShouldContain(refused);
            Should.Throw<ShopLakeException>(() => Plan(Library)).Message.ShouldContain(refused);
        }
    }

    [Fact]
    public void A_warehouse_of_a_program_that_kept_no_record_of_its_ledger_is_taken_over()
    {
        Ingest();
        Run();
        using (IEngine engine = LakeEngine.Open(Configuration()))
        {
            engine.Query("ALTER TABLE ops.published DROP COLUMN record_hash", default);
        }

        RunReport run = Run();

        run.Build!.Tables.ShouldAllBe(table => table.Changed == 0);
        NothingIsNew(Configuration()).ShouldBeTrue();
        BeginAnew();
        Should.Throw<ShopLakeException>(() => Run()).Message.ShouldContain("of another ledger");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_tells_the_rows_of_all_tables_also_of_those_that_it_left_as_they_were(bool isOfAnEarlierProgram)
    {
        Ingest();
        ShouldTellRows(Run());
        if (isOfAnEarlierProgram)
        {
            using IEngine engine = LakeEngine.Open(Configuration());
            engine.Query("ALTER TABLE ops.model_states DROP COLUMN rows_total", default);
        }

        DeliverTheRest();
        ShouldTellRows(Run());
        Folder.Write("shop/feeds/late/payments.csv", "payment_id,order_id,payment_ts\nnew,none,2024-01-01 10:00:00\n");
        Ingest();
        RunReport small = Run();
        ShouldTellRows(small);
        small.Build!.Tables.ShouldContain(table => table.Changed == 0 && table.Rows > 0);
        small.Build.Tables.ShouldContain(table => table.Changed > 0);

        void ShouldTellRows(RunReport run)
        {
            using IEngine engine = LakeEngine.Open(Configuration());
            run.Build!.Tables.Select(table => (table.Name, table.Rows)).ShouldBe(Library.Models.Select(model =>
                (model.Name, (long)engine.Query($"SELECT count(*) FROM {model.Name}", default).Rows[0][0]!)));
        }
    }

    [Fact]
    public void Rows_that_a_run_has_at_hand_are_not_taken_for_all_that_it_needs()
    {
        Ingest();
        DeliverTheRest();
        Run();
        const string unpaid = """
            FROM gold.orders AS o INNER JOIN prep.session_funnels AS f ON f.session_id = o.attributed_session_id
            WHERE NOT o.is_paid AND f.checked_out_at IS NOT NULL
            """;
        object? order = Ask($"SELECT min(o.order_id) {unpaid}");
        object? paid = Ask($"SELECT attributed_session_id FROM gold.orders WHERE order_id = '{order}'");
        object? other = Ask($"SELECT min(session_id) FROM silver.sessions WHERE views > 0 AND session_id <> '{paid}'");
        // Sessions are computed for the one with a new event, and the funnels for it and the one whose order was paid.
        Folder.Write("shop/feeds/late/events.jsonl",
            $$"""{"event_id":"late","session_id":"{{other}}","event_type":"view","event_ts":"2024-02-01T00:00:00Z","received_at":"2024-02-01T00:00:00Z"}""" + "\n");
        Folder.Write("shop/feeds/late/payments.csv",
            $"payment_id,order_id,payment_status,payment_amount,payment_ts,exported_at\nlate,{order},SUCCESS,1.00,2024-02-01 00:00:00,2024-02-01 00:00:00\n");
        Ingest();

        RunReport run = Run();

        run.Build!.Tables.Single(table => table.Name == "silver.sessions").Changed.ShouldBe(2, "a row gone, a row new");
        run.Build.Tables.Single(table => table.Name == "prep.session_funnels").Changed.ShouldBeGreaterThanOrEqualTo(2);
        Ask($"SELECT paid_at FROM prep.session_funnels WHERE session_id = '{paid}'").ShouldNotBeNull();
        Differences().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("silver.sessions: started_at to", true)]
    [InlineData("silver.sessions: as_utc('2030-01-01 00:00:00') to", false)]
    public void A_checkout_that_comes_late_reaches_the_order_before_the_last_one(string mapping, bool isRight)
    {
        using TemporaryFolder models = IncrementalTests.Models(("prep/order_sessions.sql", "silver.sessions: started_at to", mapping));
        ModelLibrary library = ModelLibrary.Load(models.Path);
        Ingest();
        DeliverTheRest();
        Run(library);
        const string earlier = """
            SELECT min(a.order_id) FROM prep.order_sessions AS a
            INNER JOIN prep.order_sessions AS b ON b.user_id = a.user_id AND b.checkout_at > a.checkout_at + INTERVAL 3 DAY
            """;
        object? order = Ask(earlier);
        object? user = Ask($"SELECT user_id FROM silver.orders WHERE order_id = '{order}'");
        object? orderedAt = Ask($"SELECT strftime(created_at, '%Y-%m-%dT%H:%M:%SZ') FROM silver.orders WHERE order_id = '{order}'");
        Folder.Write("shop/feeds/late/events.jsonl",
            $$"""{"event_id":"late","session_id":"late","user_id":"{{user}}","event_type":"checkout","event_ts":"{{orderedAt}}","device_type":"web","received_at":"{{orderedAt}}"}""" + "\n");
        Ingest();

        Run(library);

        Ask($"SELECT count(*) FROM prep.order_sessions WHERE order_id = '{order}' AND session_id = 'late'").ShouldBe(isRight ? 1L : 0L);
        Differences(library).Any(table => table.Table == "prep.order_sessions").ShouldBe(!isRight);
    }

    [Fact]
    public void Columns_may_be_written_in_any_case()
    {
        Folder.Write("own/3_gold/tables.yaml", "shouted:\n  order_id: text — the order\n  order_status: text — its status\n");
        Folder.Write("own/3_gold/shouted.sql", """
            /*
            name: gold.shouted
            grain: [order_id]
            what: every order, loudly
            scope: [order_id]
            reads:
              silver.orders: ORDER_ID
            */
            SELECT ORDER_ID, "Order_Status" FROM silver.orders
            """);
        ModelLibrary library = ModelLibrary.Load(LakeCatalog.ShippedModels, Path.Combine(Folder.Path, "own"));

        ShouldStayEqualWhenTheRestComes(library);
        Ask("SELECT count(*) FROM gold.shouted").ShouldBe(Ask("SELECT count(*) FROM silver.orders"));
    }

    [Fact]
    public void Rows_that_take_no_part_in_a_piece_are_told_by_a_condition()
    {
        ModelLibrary library = WithOwn("checked_out", "session_id: text — a session\n  word: text — its step", """
            grain: [session_id]
            what: the sessions that check out
            scope: [session_id, word]
            reads:
              silver.events: "session_id, coalesce(event_type, 'in, where') where event_type IN ('checkout')"
            */
            SELECT DISTINCT session_id, event_type AS word FROM silver.events WHERE event_type = 'checkout' AND session_id IS NOT NULL
            """);

        ShouldStayEqualWhenTheRestComes(library);
        Ask("SELECT count(*) FROM gold.checked_out").ShouldNotBe(0L);
    }

    [Fact]
    public void A_condition_over_what_is_not_there_is_refused_by_the_first_run()
    {
        ModelLibrary library = WithOwn("checked_out", "session_id: text — a session", """
            grain: [session_id]
            what: the sessions that check out
            scope: [session_id]
            reads:
              silver.events: session_id where even_type = 'checkout'
            */
            SELECT DISTINCT session_id FROM silver.events WHERE event_type = 'checkout' AND session_id IS NOT NULL
            """);
        Ingest();

        Should.Throw<ShopLakeException>(() => Run(library)).Message.ShouldContain(
            "gold.checked_out cannot be computed: `reads` (or `during`) does not say how rows of silver.events point to pieces: ");
    }

    /// <summary>The rows of the second part have no word: by the scope of words they are in no piece, by that of kinds in one.</summary>
    [Theory]
    [InlineData("grain: [word]\nscope: [word]\nreads:\n  silver.events: \"CASE WHEN _batch_id <= {0} THEN event_type END\"\n")]
    [InlineData("grain: [kind, word]\nscope: [kind]\nreads:\n  silver.events: \"'all'\"\n")]
    [InlineData("grain: [word]\n")]
    public void Rows_without_their_key_are_refused_by_an_update_as_by_a_rebuild(string grain)
    {
        Ingest();
        string last = Ledger.Open(Configuration().Lake).LastSequence.ToString(CultureInfo.InvariantCulture);
        ModelLibrary library = WithOwn("words", "kind: text — always the same\n  word: text — a word\n  events: bigint — events of it", $"""
            {grain.Replace("{0}", last)}what: events by a word that later ones lack
            */
            SELECT 'all' AS kind, CASE WHEN _batch_id <= {last} THEN event_type END AS word, count(*) AS events
            FROM silver.events GROUP BY 2
            """);
        Run(library).Outcome.ShouldBe(RunOutcome.Published);
        DeliverTheRest();

        string refused = Should.Throw<ShopLakeException>(() => Run(library)).Message;

        refused.ShouldContain("gold.words cannot be computed: 1 rows lack one of ");
        File.Delete(Path.Combine(Configuration().Lake, "warehouse.duckdb"));
        Should.Throw<ShopLakeException>(() => Run(library)).Message.ShouldBe(refused);
    }

    [Fact]
    public void Columns_that_have_other_names_are_updated()
    {
        ModelLibrary library = WithOwn("renamed", "event_id: text — the event\n  word: text — its session", """
            grain: [event_id]
            what: the session of each event
            scope: [event_id]
            reads:
              silver.events: event_id
            */
            SELECT a AS event_id, b AS word FROM silver.events AS e(a, b)
            """);

        ShouldStayEqualWhenTheRestComes(library);
        Ask("SELECT count(*) FROM gold.renamed").ShouldBe(Ask("SELECT count(*) FROM silver.events"));
    }

    [Fact]
    public void Findings_of_an_own_rule_that_name_no_row_are_updated_too()
    {
        Folder.Write("own/checks/viewed.sql", """
            /*
            check: viewed
            on: silver.events
            severity: warn
            what: Nobody only looks.
            scope: [record_key]
            reads:
              silver.events: nullif(event_type, 'view')
            */
            SELECT nullif(event_type, 'view') AS record_key, 'event ' || event_id AS reason
            FROM silver.events WHERE event_type = 'view'
            """);
        ModelLibrary library = ModelLibrary.Load(LakeCatalog.ShippedModels, Path.Combine(Folder.Path, "own"));

        ShouldStayEqualWhenTheRestComes(library);
        Ask("SELECT count(*) FROM prep.rule_failures WHERE rule = 'viewed'")
            .ShouldBe(Ask("SELECT count(*) FROM silver.events WHERE event_type = 'view'"));
    }

    [Fact]
    public void A_rule_of_severity_fail_leaves_the_last_good_state_readable()
    {
        Ingest();
        Run();
        object? before = Ask("SELECT sum(gross_minor) FROM gold.revenue_daily");
        DeliverTheRest();
        string own = Path.Combine(Folder.Path, "own");
        Folder.Write("own/checks/never.sql",
            "/*\ncheck: never\non: gold.orders\nseverity: fail\nwhat: finds every order\n*/\n"
            + "SELECT order_id AS record_key, 'it is there' AS reason FROM gold.orders");

        RunReport refused = Run(ModelLibrary.Load(LakeCatalog.ShippedModels, own));

        refused.Outcome.ShouldBe(RunOutcome.Refused);
        refused.Build!.Rules.Single(rule => rule.Rule == "never").Examples.Count.ShouldBeGreaterThan(0);
        Ask("SELECT sum(gross_minor) FROM gold.revenue_daily").ShouldBe(before);
        new GoldFolder(Configuration().Lake).Current.ShouldBe(1);
        Ask("SELECT count(*) FROM ops.runs WHERE outcome = 'refused'").ShouldBe(1L);
    }

    [Fact]
    public void An_updated_lake_equals_its_rebuild_and_a_changed_cell_is_found()
    {
        Ingest();
        Run();
        DeliverTheRest();
        Run();
        Differences().ShouldBeEmpty();

        using (IEngine engine = LakeEngine.Open(Configuration()))
        {
            engine.Query("UPDATE gold.revenue_daily SET gross_minor = gross_minor + 1 WHERE day = (SELECT min(day) FROM gold.revenue_daily)", default);
        }

        VerifiedTable found = Differences().ShouldHaveSingleItem();
        found.Table.ShouldBe("gold.revenue_daily");
        found.OnlyLive.Count.ShouldBe(1);
        found.OnlyRebuilt.Count.ShouldBe(1);
    }

    [Fact]
    public void The_state_as_of_a_commit_is_what_a_lake_with_only_those_commits_gives()
    {
        Ingest();
        Run();
        long then = Ledger.Open(Configuration().Lake).LastSequence;
        TableDigest[] before = Digests(LakeEngine.Open(Configuration()));
        DeliverTheRest();
        Run();

        using IEngine past = LakeEngine.OpenAsOf(Configuration(), then);
        Rebuild.Keep(past, Library, Configuration(), BronzeState.Of(Ledger.Open(Configuration().Lake), then), null, default);

        Digests(past).ShouldBe(before);
        Digests(LakeEngine.Open(Configuration())).ShouldNotBe(before);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("999")]
    [InlineData("yesterday")]
    [InlineData("1999-01-01")]
    public void A_point_that_never_was_is_refused(string point)
    {
        Ingest();

        Should.Throw<ShopLakeException>(() => PointInTime.Resolve(Ledger.Open(Configuration().Lake), point))
            .Kind.ShouldBe(FailureKind.Usage);
    }

    [Fact]
    public void A_row_that_a_run_did_not_bring_on_parted_at_the_commit_before()
    {
        Ingest();
        Run();
        long then = Ledger.Open(Configuration().Lake).LastSequence;
        using (IEngine engine = LakeEngine.Open(Configuration()))
        {
            engine.Query("CREATE TABLE ops.kept AS SELECT * FROM gold.orders", default);
        }

        DeliverTheRest();
        Run();
        using (IEngine engine = LakeEngine.Open(Configuration()))
        {
            engine.Query("DELETE FROM ops.kept WHERE order_id <> (SELECT min(order_id) FROM (SELECT * FROM ops.kept EXCEPT SELECT * FROM gold.orders))", default);
            engine.Query("DELETE FROM gold.orders WHERE order_id IN (SELECT order_id FROM ops.kept)", default);
            engine.Query("INSERT INTO gold.orders SELECT * FROM ops.kept", default);
        }

        List<VerifiedTable> differing = Differences();
        Parted(differing).ShouldBe(("gold.orders", then));
        using (IEngine engine = LakeEngine.Open(Configuration()))
        {
            engine.Query("UPDATE gold.orders SET paid_minor = -7 WHERE order_id IN (SELECT order_id FROM ops.kept)", default);
        }

        Parted(Differences()).ShouldBe(("gold.orders", null));
    }

    private (string Table, long? After) Parted(List<VerifiedTable> differing)
    {
        using IEngine live = LakeEngine.Open(Configuration());
        var ledger = Ledger.Open(Configuration().Lake);
        PartedTable parted = Parting.Find(live, differing, ledger.LastSequence, Library, Configuration(),
            commit => BronzeState.Of(ledger, commit), () => LakeEngine.OpenScratch(Configuration()), default);
        return (parted.Table, parted.After);
    }

    [Fact]
    public void The_plan_of_a_run_names_every_table_that_the_run_changes()
    {
        Ingest();
        Plan(Library).ShouldAllBe(table => table.Work == PlannedWork.Whole && table.Reasons[0] == "nothing is published yet");
        Run();
        Plan(Library).ShouldAllBe(table => table.Work == PlannedWork.None);

        DeliverTheRest();
        IReadOnlyList<PlannedTable> plan = Plan(Library);
        plan.Single(table => table.Table == "silver.payments").Work.ShouldBe(PlannedWork.Pieces);
        plan.Single(table => table.Table == "prep.calendar").Work.ShouldBe(PlannedWork.None);
        BuiltTable[] changed = [.. Run().Build!.Tables.Where(table => table.Changed > 0)];
        changed.Select(table => table.Name).ShouldBeSubsetOf(
            plan.Where(table => table.Work != PlannedWork.None).Select(table => table.Table));

        string own = Path.Combine(Folder.Path, "changed");
        Directory.CreateDirectory(own);
        foreach (string file in Directory.EnumerateFiles(LakeCatalog.ShippedModels, "*", SearchOption.AllDirectories))
        {
            Folder.Write(Path.Combine("changed", Path.GetRelativePath(LakeCatalog.ShippedModels, file)),
                File.ReadAllText(file).Replace("count(*) AS events,\n    count(*) FILTER (WHERE is_timed", "count(1) AS events,\n    count(*) FILTER (WHERE is_timed"));
        }

        PlannedTable[] afterwards = [.. Plan(ModelLibrary.Load(own)).Where(table => table.Work != PlannedWork.None)];
        afterwards.Single(table => table.Table == "gold.late_arrivals_daily").Reasons.ShouldBe(["its text has changed"]);
        afterwards.ShouldNotContain(table => table.Table == "gold.revenue_daily");

    }

    [Fact]
    public void Of_an_own_table_that_comes_changes_or_goes_the_plan_names_what_the_run_computes()
    {
        Ingest();
        Run();
        ModelLibrary more = WithOwn("mine", "order_id: text — the order", "grain: [order_id]\nwhat: x\n*/\nSELECT order_id FROM silver.orders");
        string[] rules =
        [
            "Whole prep.rule_failures_by_piece: its rules have changed, or sources that it reads",
            "Pieces prep.rule_failures: changes of prep.rule_failures_by_piece",
            "Whole prep.rule_counts: its rules have changed",
            "Whole gold.quality_scorecard: changes of prep.rule_counts",
        ];

        Computed(more).ShouldBe(["Whole gold.mine: it is new", .. rules]);
        Run(more).Build!.Tables.Where(table => table.IsAnew).Select(table => table.Name).ShouldBe(["gold.mine"]);
        Differences(more).ShouldBeEmpty();

        ModelLibrary other = WithOwn("mine", "order_id: text — the order\n  one: bigint — 1", "grain: [order_id]\nwhat: x\n*/\nSELECT order_id, 1 AS one FROM silver.orders");
        Computed(other).ShouldBe(
        [
            "Whole gold.mine: its columns have changed",
            "Whole prep.rule_failures_by_piece: columns of gold.mine have changed",
            rules[1],
            "Whole prep.rule_counts: columns of gold.mine have changed",
            rules[3],
        ]);
        Run(other).Build!.Tables.Where(table => table.IsAnew).Select(table => table.Name).ShouldBe(["gold.mine"]);
        Differences(other).ShouldBeEmpty();

        foreach (string column in new[] { "one", "other" })
        {
            ModelLibrary empty = WithOwn("mine", $"order_id: text — the order\n  {column}: bigint — 1",
                $"grain: [order_id]\nwhat: x\n*/\nSELECT order_id, 1 AS {column} FROM silver.orders WHERE 1 = 0");
            Run(other);
            Run(empty).Build!.Tables.Single(table => table.Name == "gold.mine").Rows.ShouldBe(0);
            Differences(empty).ShouldBeEmpty();
            Ask($"SELECT count(DISTINCT {column}) FROM '{new GoldFolder(Configuration().Lake).CurrentFolder}/mine/*.parquet'").ShouldBe(0L);
        }

        Computed(Library).ShouldBe([.. rules, "Dropped gold.mine: no model makes it any more"]);
        Run().Build!.Tables.ShouldNotContain(table => table.IsAnew);
        Differences().ShouldBeEmpty();

        string[] Computed(ModelLibrary library) =>
            [.. Plan(library).Where(table => table.Work != PlannedWork.None).Select(Told)];
        static string Told(PlannedTable table) => $"{table.Work} {table.Table}: {string.Join("; ", table.Reasons)}";
    }

    /// <summary>The same feeds in a ledger of their own.</summary>
    private void BeginAnew()
    {
        Directory.Delete(Path.Combine(Configuration().Lake, "bronze"), recursive: true);
        Ingest();
    }

    /// <returns>The record of the ledger that the kept state is of.</returns>
    private string BuildAsOf(long commit)
    {
        using IEngine past = LakeEngine.OpenAsOf(Configuration(), commit);
        Rebuild.Keep(past, Library, Configuration(), BronzeState.Of(Ledger.Open(Configuration().Lake), commit), null, default);
        return Publication.Read(past)!.RecordHash;
    }

    private IReadOnlyList<PlannedTable> Plan(ModelLibrary library)
    {
        using IEngine engine = LakeEngine.Open(Configuration());
        return RunPlan.Of(engine, library, Configuration(), Ledger.Open(Configuration().Lake));
    }

    private static TableDigest[] Digests(IEngine engine)
    {
        using (engine)
        {
            return [.. Library.Models.Where(model => model.IsPublic)
                .Select(model => engine.Digest(model.Table, default))];
        }
    }

    private void ShouldStayEqualWhenTheRestComes(ModelLibrary library)
    {
        Ingest();
        Run(library);
        DeliverTheRest();
        Run(library);

        Differences(library).ShouldBeEmpty();
    }

    private static bool NothingIsNew(LakeConfiguration configuration)
    {
        using IEngine engine = LakeEngine.Open(configuration);
        return LakeRun.WhereNothingIsNew(engine, configuration, BronzeState.Of(Ledger.Open(configuration.Lake))) is not null;
    }

    private List<VerifiedTable> Differences(ModelLibrary? library = null)
    {
        library ??= Library;
        using IEngine live = LakeEngine.Open(Configuration());
        Publication published = LakeRun.RequireCurrent(live, library, Configuration());
        using IEngine rebuilt = LakeEngine.OpenScratch(Configuration());
        Rebuild.Into(rebuilt, library, Configuration(),
            BronzeState.Of(Ledger.Open(Configuration().Lake), published.LedgerSequence), null, default);
        return [.. Verification.Compare(live, rebuilt, Verification.TablesOf(live, library), default).Where(table => !table.IsEqual)];
    }
}
