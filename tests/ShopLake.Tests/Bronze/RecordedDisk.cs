using ShopLake.Bronze;

namespace ShopLake.Tests.Bronze;

/// <summary>
/// Records what commits do to the disk below a folder, and gives the states that a loss of power may leave: everything
/// that was synced, some of what was not, unsynced contents cut anywhere.
/// </summary>
internal sealed class RecordedDisk(string folder)
{
    /// <summary>What a path held when it was written for the first, the second … time.</summary>
    private readonly Dictionary<(string Path, int Times), byte[]> _whole = [];

    public List<StorageStep> Steps { get; } = [];

    /// <summary>Called before each step; a file that is about to be synced is written completely by then.</summary>
    public void Add(StorageStep step)
    {
        Steps.Add(step);
        if (step.Action == StorageAction.Sync)
        {
            int times = Steps.Count(other => other.Action == StorageAction.Write && other.Path == step.Path);
            _whole[(step.Path, times)] = File.ReadAllBytes(step.Path);
        }
    }

    /// <param name="steps">Power is lost behind this many steps.</param>
    /// <param name="random">Decides what of the unsynced steps survives; null lets nothing of them survive.</param>
    /// <returns>The files that are left, by their path relative to the folder.</returns>
    public Dictionary<string, byte[]> LosePower(int steps, Random? random)
    {
        var state = new DiskState(random);
        foreach (StorageStep step in Steps.Take(steps))
        {
            string parent = Path.GetDirectoryName(step.Target ?? step.Path)!;
            switch (step.Action)
            {
                case StorageAction.Write:
                    StoredFile file = state.Create(
                        step.Path, times => _whole.GetValueOrDefault((step.Path, times), []));
                    state.Pend(parent, names => names[step.Path] = file);
                    break;
                case StorageAction.Sync:
                    state.Open(step.Path).IsSynced = true;
                    break;
                case StorageAction.Rename or StorageAction.Publish:
                    StoredFile moved = state.Open(step.Path);
                    state.Pend(parent, names =>
                    {
                        names.Remove(step.Path);
                        names[step.Target!] = moved;
                    });
                    break;
                case StorageAction.SyncFolder:
                    state.SyncFolder(step.Path);
                    break;
                case StorageAction.CreateFolder:
                    state.CreateFolder(step.Path);
                    state.Pend(parent, _ => state.KeepFolder(step.Path));
                    break;
                default:
                    state.Pend(parent, names => names.Remove(step.Path));
                    break;
            }
        }

        return state.Survivors().ToDictionary(
            name => Path.GetRelativePath(folder, name.Key), name => name.Value, StringComparer.Ordinal);
    }

    /// <summary>Writes files below a folder.</summary>
    public static void Restore(Dictionary<string, byte[]> files, string target)
    {
        foreach ((string path, byte[] content) in files)
        {
            string copy = Path.Combine(target, path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, content);
        }
    }

    private sealed class StoredFile(byte[] whole)
    {
        /// <summary>The content is safe; its name is so only once the folder is synced.</summary>
        public bool IsSynced { get; set; }

        public byte[] Content(Random? random) =>
            IsSynced ? whole : whole[..(random?.Next(whole.Length + 1) ?? 0)];
    }

    /// <summary>What the disk and the memory of the operating system hold at one step.</summary>
    private sealed class DiskState(Random? random)
    {
        private readonly Dictionary<string, StoredFile> _onDisk = new(StringComparer.Ordinal);
        private readonly Dictionary<string, StoredFile> _files = new(StringComparer.Ordinal);
        private readonly HashSet<string> _lostFolders = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _written = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<Action<Dictionary<string, StoredFile>>>> _pending = [];

        public StoredFile Create(string path, Func<int, byte[]> content)
        {
            _written[path] = _written.GetValueOrDefault(path) + 1;
            return _files[path] = new StoredFile(content(_written[path]));
        }

        public StoredFile Open(string path) => _files[path];

        public void CreateFolder(string path) => _lostFolders.Add(path);

        public void KeepFolder(string path) => _lostFolders.Remove(path);

        public void Pend(string folder, Action<Dictionary<string, StoredFile>> change)
        {
            _pending.TryAdd(folder, []);
            _pending[folder].Add(change);
        }

        public void SyncFolder(string folder)
        {
            _pending.GetValueOrDefault(folder)?.ForEach(change => change(_onDisk));
            _pending.Remove(folder);
        }

        /// <summary>Of each folder's unsynced changes any survive, in their order; with a folder, all in it is lost.</summary>
        public Dictionary<string, byte[]> Survivors()
        {
            foreach (List<Action<Dictionary<string, StoredFile>>> changes in _pending.Values)
            {
                changes.Where(_ => random?.Next(2) == 1).ToList().ForEach(change => change(_onDisk));
            }

            return _onDisk
                .Where(name => !_lostFolders.Any(folder => name.Key.StartsWith(folder + '/', StringComparison.Ordinal)))
                .ToDictionary(name => name.Key, name => name.Value.Content(random), StringComparer.Ordinal);
        }
    }
}
