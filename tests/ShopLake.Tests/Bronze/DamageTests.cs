using ShopLake.Bronze;
using ShopLake.Configuration;

namespace ShopLake.Tests.Bronze;

/// <summary>A lake of two commits with dead letters and archived deliveries, whose files are damaged.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Flips = 500;

    private readonly TestLake _lake = new();

    public DamageTests()
    {
        foreach (int commit in new[] { 1, 2 })
        {
            IEnumerable<string> lines = Enumerable.Range(0, 200).Select(i => $"p{commit}-{i},o{i}\n");
            _lake.Feed($"payments-{commit}.csv", $"payment_id,order_id\n{string.Concat(lines)}ragged\n");
            _lake.Ingest(TestLake.Payments() with { Archive = true });
        }
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Every_flipped_bit_is_found_and_its_file_is_named()
    {
        var random = new Random(42);
        Flip(random, path => _lake.Findings.ShouldContain(finding => finding.Contains(path, StringComparison.Ordinal)));

        _lake.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Every_cut_file_is_found_and_named()
    {
        foreach (string path in Files())
        {
            byte[] whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, whole[..^1]);
            _lake.Findings.ShouldContain(finding => finding.Contains(path, StringComparison.Ordinal));
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void Every_lost_file_is_named()
    {
        foreach (string path in Files())
        {
            byte[] whole = File.ReadAllBytes(path);
            File.Delete(path);
            // The head only repeats what the records say.
            bool isHead = Path.GetFileName(path) == "head";
            _lake.Findings.Any(finding => finding.Contains(path, StringComparison.Ordinal)).ShouldBe(!isHead, path);
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void A_changed_archive_of_a_file_behind_a_query_is_named()
    {
        _lake.Feed("orders.csv", "id\no1\n");
        _lake.Ingest(new Source
        {
            Name = "states",
            Table = "orders",
            Files = new Dictionary<string, string> { ["orders"] = "feeds/orders.csv" },
            Query = "SELECT id AS order_id FROM orders",
            Archive = true,
        });
        _lake.Findings.ShouldBeEmpty();
        string archive = Path.Combine(_lake.LakeFolder, _lake.Ledger.Records[^1].Inputs.Single().Archive!.Path);

        File.AppendAllText(archive, "x");

        _lake.Findings.ShouldHaveSingleItem().ShouldStartWith(archive);
    }

    [Fact]
    public void What_a_writer_at_work_has_not_committed_is_not_foreign()
    {
        string folder = Path.Combine(_lake.LakeFolder, "bronze");
        File.WriteAllText(Path.Combine(folder, "payments", "000000000003.parquet.tmp"), "");
        File.WriteAllText(Path.Combine(folder, "payments", "000000000003-2.parquet"), "");
        string stranger = Path.Combine(folder, "payments", "000000000002-2.parquet");
        File.WriteAllText(stranger, "");
        string turn = Path.Combine(folder, "_ledger", "lock");

        using (new FileStream(turn, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            _lake.Findings.ShouldHaveSingleItem().ShouldStartWith(stranger);
        }

        _lake.Findings.Count.ShouldBe(3);
    }

    [Fact]
    public void An_archived_delivery_without_a_commit_is_the_writers_at_work_and_then_taken_away()
    {
        string archive = Path.Combine(_lake.LakeFolder, "bronze", "_archive");
        string[] kept = [.. Directory.GetFiles(archive).Order(StringComparer.Ordinal)];
        string left = Path.Combine(archive, $"{new string('0', 64)}.zst");
        File.WriteAllText(left, "");

        using (new FileStream(Path.Combine(_lake.LakeFolder, "bronze", "_ledger", "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            _lake.Findings.ShouldBeEmpty();
        }

        _lake.Findings.ShouldHaveSingleItem().ShouldStartWith(left);
        _lake.Feed("payments-3.csv", "payment_id\np3\n");
        _lake.Ingest(TestLake.Payments());
        Directory.GetFiles(archive).Order(StringComparer.Ordinal).ShouldBe(kept);
        _lake.Findings.ShouldBeEmpty();
    }

    private string[] Files() =>
    [
        .. Directory.GetFiles(Path.Combine(_lake.LakeFolder, "bronze"), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != "lock").Order(StringComparer.Ordinal),
    ];

    /// <summary>Flips one bit after the other somewhere in the files, each time in an otherwise sound lake.</summary>
    private void Flip(Random random, Action<string> judge)
    {
        string[] files = Files();
        for (int i = 0; i < Flips; i++)
        {
            string path = files[i % files.Length];
            byte[] bytes = File.ReadAllBytes(path);
            int position = random.Next(bytes.Length);
            byte bit = (byte)(1 << random.Next(8));
            bytes[position] ^= bit;
            File.WriteAllBytes(path, bytes);
            judge(path);
            bytes[position] ^= bit;
            File.WriteAllBytes(path, bytes);
        }
    }
}
