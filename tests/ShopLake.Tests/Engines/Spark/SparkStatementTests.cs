using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using ShopLake.Engines.Spark.Connect;
using ShopLake.Engines.Spark.Connect.Protocol;
using ShopLake.Run;

namespace ShopLake.Tests.Engines.Spark;

/// <summary>Whatever happens to connections, a statement runs once and each of its rows arrives once.</summary>
public sealed class SparkStatementTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly TimeSpan[] NoPauses = [.. Enumerable.Repeat(TimeSpan.Zero, 8)];

    private static readonly Gen<Fault> AnyFault = Gen.Select(
        Gen.Enum<FaultKind>().Where(kind => kind != FaultKind.None), Gen.Int[0, 3],
        (kind, after) => new Fault(kind, after));

    [Fact]
    public void Random_faults_lose_no_row_repeat_none_and_run_nothing_twice() =>
        Gen.Select(Gen.Int[1, 6], AnyFault.List[0, 8]).Sample(
            (batches, faults) =>
            {
                using var spark = new FakeSpark { Batches = batches };
                spark.Plan(faults);

                Check(spark).ShouldBeEmpty();
            }, iter: 60, threads: 1);

    [Theory]
    [InlineData(nameof(FaultKind.NeverArrives))]
    [InlineData(nameof(FaultKind.Breaks))]
    [InlineData(nameof(FaultKind.Unavailable))]
    [InlineData(nameof(FaultKind.Ends))]
    public void A_command_whose_reply_is_lost_runs_once(string kind)
    {
        using var spark = new FakeSpark();
        var fault = new Fault(Enum.Parse<FaultKind>(kind));
        spark.Plan([fault, fault]);
        using SparkSession session = Open(spark);

        session.Execute("INSERT INTO t VALUES (1)", None);

        spark.Executions.Count.ShouldBe(1);
        spark.Releases.Last().ReleaseAll.ShouldNotBeNull();
    }

    [Fact]
    public void A_statement_that_runs_twice_is_noticed()
    {
        using var spark = new FakeSpark { ForgetsStatements = true };
        spark.Plan([new Fault(FaultKind.Breaks)]);

        Check(spark).ShouldBe(["the statement ran 2 times"]);
    }

    [Fact]
    public void Rows_that_come_twice_are_noticed()
    {
        using var spark = new FakeSpark { Batches = 3, TellsOffsets = false, RepeatsResponses = true };
        spark.Plan([new Fault(FaultKind.Unavailable, After: 2)]);

        Check(spark).ShouldBe(["rows: 0,1,2,3,0,1,2,3,4,5"]);
    }

    [Fact]
    public void A_server_that_tells_rows_again_is_refused()
    {
        using var spark = new FakeSpark { Batches = 3, RepeatsResponses = true };
        spark.Plan([new Fault(FaultKind.Unavailable, After: 2)]);
        using SparkSession session = Open(spark);

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Query("SELECT", None));

        error.Message.ShouldContain("sent rows from 0 on where row 4 was next");
    }

    [Fact]
    public void A_server_that_was_started_anew_is_sent_nothing_again()
    {
        using var spark = new FakeSpark { Batches = 3 };
        spark.Plan([new Fault(FaultKind.Unavailable, After: 1)]);
        using SparkSession session = Open(spark);
        int rows = 0;

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Read("SELECT", _ => { }, _ =>
        {
            if (rows++ == 0)
            {
                spark.Restart();
            }
        }, None));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain("is lost: [INVALID_HANDLE.SESSION_CHANGED]");
        spark.Executions.Count.ShouldBe(1);
        Should.Throw<ShopLakeException>(() => session.Execute("INSERT", None))
            .Kind.ShouldBe(FailureKind.OutOfReach);
        spark.Executions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_server_that_stays_away_is_out_of_reach_after_the_pauses()
    {
        using var spark = new FakeSpark();
        spark.Plan(Enumerable.Repeat(new Fault(FaultKind.NeverArrives), NoPauses.Length + 1));
        using SparkSession session = Open(spark);

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Execute("INSERT", None));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain($"sc://127.0.0.1:{spark.Port} cannot be reached: no healthy upstream");
        error.Message.ShouldContain("Try:");
        spark.Executions.ShouldBeEmpty();
    }

    [Fact]
    public void A_stream_that_always_breaks_at_the_same_place_is_given_up()
    {
        using var spark = new FakeSpark { Batches = 3 };
        spark.Plan([new Fault(FaultKind.Unavailable, After: 2)]);
        spark.Plan(Enumerable.Repeat(new Fault(FaultKind.Unavailable), NoPauses.Length));
        using SparkSession session = Open(spark);

        Should.Throw<ShopLakeException>(() => session.Query("SELECT", None))
            .Kind.ShouldBe(FailureKind.OutOfReach);

        spark.Executions.Count.ShouldBe(1);
    }

    [Fact]
    public void Responses_that_were_used_are_released()
    {
        using var spark = new FakeSpark { Batches = 12, RowsInBatch = 100_000 };

        Check(spark).ShouldBeEmpty();

        spark.Releases.Count(release => release.ReleaseUntil is not null).ShouldBeGreaterThan(0);
        spark.Releases.Last().ReleaseAll.ShouldNotBeNull();
    }

    [Fact]
    public void A_cancelled_statement_is_interrupted_by_its_id()
    {
        using var spark = new FakeSpark { Hangs = true };
        using SparkSession session = Open(spark);
        using var cancellation = new CancellationTokenSource();
        using var watch = new Timer(_ =>
        {
            if (!spark.Executions.IsEmpty)
            {
                cancellation.Cancel();
            }
        }, state: null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

        Should.Throw<OperationCanceledException>(() => session.Query("SELECT", cancellation.Token));

        InterruptRequest interrupt = spark.Interrupts.ShouldHaveSingleItem();
        interrupt.InterruptType.ShouldBe(InterruptRequest.Types.InterruptType.OperationId);
        interrupt.OperationId.ShouldBe(spark.Executions.Single());
    }

    [Fact]
    public void A_reader_that_stops_early_ends_the_statement()
    {
        using var spark = new FakeSpark { Batches = 5 };
        using SparkSession session = Open(spark);

        Should.Throw<InvalidOperationException>(
            () => session.Read("SELECT", _ => { }, _ => throw new InvalidOperationException("enough"), None));

        spark.Interrupts.Count.ShouldBe(1);
        spark.Releases.Single().ReleaseAll.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("TABLE_OR_VIEW_NOT_FOUND", "42P01", FailureKind.Usage)]
    [InlineData("INTERNAL_ERROR", "XX000", FailureKind.OutOfReach)]
    [InlineData("OPERATION_CANCELED", "HY008", FailureKind.OutOfReach)]
    [InlineData("INVALID_HANDLE.SESSION_CLOSED", "HY000", FailureKind.OutOfReach)]
    public void A_refusal_is_told_without_a_stack_and_not_tried_again(
        string errorClass, string sqlState, FailureKind kind)
    {
        using var spark = new FakeSpark
        {
            Refusal = new ErrorInfo { Metadata = { ["errorClass"] = errorClass, ["sqlState"] = sqlState } },
        };
        using SparkSession session = Open(spark);

        ShopLakeException error = Should.Throw<ShopLakeException>(() => session.Query("SELECT", None));

        error.Kind.ShouldBe(kind);
        error.Message.ShouldNotContain("Fake.java");
        ((SparkErrorException)error.InnerException!).ErrorClass.ShouldBe(errorClass);
        spark.Executions.Count.ShouldBe(1);
    }

    [Fact]
    public void The_token_is_sent_with_every_call()
    {
        using var spark = new FakeSpark();
        using SparkSession session = SparkSession.Open(
            SparkAddress.Parse($"sc://127.0.0.1:{spark.Port}/;token=abc"), NoPauses, None);

        spark.Authorizations.ShouldBe(["Bearer abc"]);
    }

    [Fact]
    public void An_old_Spark_is_refused()
    {
        using var spark = new FakeSpark { Version = "3.5.1" };

        ShopLakeException error = Should.Throw<ShopLakeException>(() => Open(spark));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        error.Message.ShouldContain("is version 3.5.1; the models need 4.0 or later");
    }

    [Fact]
    public void A_server_without_tls_is_not_spoken_to_in_clear_text()
    {
        using var spark = new FakeSpark();

        ShopLakeException error = Should.Throw<ShopLakeException>(() => SparkSession.Open(
            SparkAddress.Parse($"sc://127.0.0.1:{spark.Port}/;use_ssl=true;token=abc"), [TimeSpan.Zero], None));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        spark.Authorizations.ShouldBeEmpty();
    }

    [Fact]
    public void A_server_that_nobody_vouches_for_is_told_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var spark = new FakeSpark(certificate);

        ShopLakeException error = Should.Throw<ShopLakeException>(() => SparkSession.Open(
            SparkAddress.Parse($"sc://localhost:{spark.Port}/;use_ssl=true;token=abc"), [TimeSpan.Zero], None));

        error.Kind.ShouldBe(FailureKind.OutOfReach);
        error.Message.ShouldContain("certificate");
        spark.Authorizations.ShouldBeEmpty();
    }

    private static SparkSession Open(FakeSpark spark) =>
        SparkSession.Open(SparkAddress.Parse($"sc://127.0.0.1:{spark.Port}"), NoPauses, None);

    /// <summary>What is wrong with the rows of one query, and with how often it ran.</summary>
    private static List<string> Check(FakeSpark spark)
    {
        var wrong = new List<string>();
        using SparkSession session = Open(spark);
        QueryResult result = session.Query("SELECT id FROM numbers", None);
        long[] rows = [.. result.Rows.Select(row => (long)row[0]!)];
        if (!rows.SequenceEqual(Enumerable.Range(0, spark.Batches * spark.RowsInBatch).Select(row => (long)row)))
        {
            wrong.Add($"rows: {string.Join(',', rows)}");
        }

        if (spark.Executions.Count != 1)
        {
            wrong.Add($"the statement ran {spark.Executions.Count} times");
        }

        return wrong;
    }
}
