using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>
/// Records what a commit does to the disk, then builds the states that a loss of power may leave: everything that was
/// synced, some of what was not, contents cut anywhere.
/// </summary>
public sealed class PowerLossTests
{
    [Fact]
    public void No_state_after_a_loss_of_power_has_a_record_of_a_missing_or_short_file()
    {
        using var lake = new TestLake();
        Disk disk = Record(lake);
        var random = new Random(11);

        for (int i = 0; i < 100; i++)
        {
            using TestLake after = disk.LosePower(random.Next(disk.Steps.Count + 1), random);
            after.Ledger.Verify(hashes: true).ShouldAllBe(finding => finding.Contains("is not named by the ledger"));
        }
    }

    [Fact]
    public void What_was_acknowledged_survives_with_only_what_was_synced()
    {
        using var lake = new TestLake();
        Disk disk = Record(lake);

        using TestLake after = disk.LosePower(disk.Steps.Count, random: null);

        after.Rows("payments", "payment_id").ShouldBe(["p1", "p2"]);
        after.Ledger.Verify(hashes: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_commit_that_forgets_to_sync_is_found()
    {
        using var lake = new TestLake();
        Disk disk = Record(lake);
        disk.Steps.RemoveAll(step => step.Step is { Action: StorageAction.Sync } && step.Step.Path.Contains("parquet"));

        using TestLake after = disk.LosePower(disk.Steps.Count, random: null);

        after.Ledger.Verify(hashes: true).ShouldNotBeEmpty();
    }

    private static Disk Record(TestLake lake)
    {
        var disk = new Disk(lake.Folder);
        lake.Storage = new DurableStorage(disk.Add);
        lake.Feed("payments-1.csv", "payment_id,order_id\np1,o1\nragged\n");
        lake.Ingest(TestLake.Payments());
        lake.Feed("payments-2.csv", "payment_id,order_id\np2,o2\n");
        lake.Ingest(TestLake.Payments());
        return disk;
    }

    private sealed class Disk(string folder)
    {
        public List<(StorageStep Step, byte[] Content)> Steps { get; } = [];

        /// <summary>Called before each step, when a file that is about to be synced is written completely.</summary>
        public void Add(StorageStep step) =>
            Steps.Add((step, step.Action == StorageAction.Sync ? File.ReadAllBytes(step.Path) : []));

        /// <param name="count">Power is lost behind this many steps.</param>
        /// <param name="random">Decides what of the unsynced steps survives; null lets nothing of them survive.</param>
        public TestLake LosePower(int count, Random? random)
        {
            var names = new Dictionary<string, byte[]>();
            var pending = new Dictionary<string, List<Action>>();
            foreach ((StorageStep step, byte[] content) in Steps.Take(count))
            {
                string parent = Path.GetDirectoryName(step.Target ?? step.Path)!;
                switch (step.Action)
                {
                    case StorageAction.Write:
                        Pend(pending, parent, () => names.TryAdd(step.Path, []));
                        break;
                    case StorageAction.Sync:
                        // The file's content is safe, its name only once the folder is synced.
                        _contents[step.Path] = content;
                        break;
                    case StorageAction.Rename or StorageAction.Publish:
                        byte[] synced = _contents.GetValueOrDefault(step.Path, []);
                        Pend(pending, parent, () =>
                        {
                            names.Remove(step.Path);
                            names[step.Target!] = synced;
                        });
                        break;
                    case StorageAction.SyncFolder:
                        pending.GetValueOrDefault(step.Path)?.ForEach(change => change());
                        pending.Remove(step.Path);
                        break;
                    default:
                        Pend(pending, parent, () => names.Remove(step.Path));
                        break;
                }
            }

            foreach (List<Action> changes in pending.Values)
            {
                changes.Take(random?.Next(changes.Count + 1) ?? 0).ToList().ForEach(change => change());
            }

            return Build(names);
        }

        private readonly Dictionary<string, byte[]> _contents = [];

        private static void Pend(Dictionary<string, List<Action>> pending, string folder, Action change)
        {
            pending.TryAdd(folder, []);
            pending[folder].Add(change);
        }

        private TestLake Build(Dictionary<string, byte[]> names)
        {
            var lake = new TestLake();
            foreach ((string path, byte[] content) in names)
            {
                string copy = Path.Combine(lake.Folder, Path.GetRelativePath(folder, path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, content);
            }

            return lake;
        }
    }
}
