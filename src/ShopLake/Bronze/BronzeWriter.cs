namespace ShopLake.Bronze;

/// <summary>
/// A turn at writing to Bronze: one process at a time holds it. Files are written under temporary names, synced, given
/// their names, and only then named by a ledger record, whose appearance is the commit.
/// </summary>
internal sealed class BronzeWriter : IDisposable
{
    private readonly BronzeLayout _layout;
    private readonly DurableStorage _storage;
    private readonly FileStream _lock;

    private BronzeWriter(Ledger ledger, DurableStorage storage, FileStream turn)
    {
        Ledger = ledger;
        _layout = ledger.Layout;
        _storage = storage;
        _lock = turn;
    }

    public Ledger Ledger { get; }

    public BronzeLayout Layout => _layout;

    /// <summary>The sequence of the commit that this turn may make.</summary>
    public long Sequence => Ledger.LastSequence + 1;

    /// <summary>
    /// Waits for the turn, reads what others committed, removes what a stopped writer left behind, and binds the records of
    /// the ledger that make a volume.
    /// </summary>
    /// <param name="waits">Called once, when the wait is long enough to wonder about.</param>
    public static BronzeWriter Begin(
        Ledger ledger, DurableStorage storage, Action waits, CancellationToken cancellation)
    {
        storage.CreateFolder(ledger.Layout.LedgerFolder);
        FileStream turn = BronzeTurn.Take(ledger.Layout, waits, cancellation);
        try
        {
            ledger.Refresh();
            var writer = new BronzeWriter(ledger, storage, turn);
            writer.TidyUp();
            writer.Bind();
            return writer;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The instant of a commit in this turn: now, but always behind the commit before.</summary>
    public DateTime Now()
    {
        DateTime now = DateTime.UtcNow;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        DateTime last = Ledger.Records.Count == 0 ? DateTime.MinValue : Ledger.Records[^1].CommittedAt;
        return now > last ? now : last.AddMicroseconds(1);
    }

    /// <summary>The name under which a file is written before it is whole.</summary>
    public string Temporary(string path)
    {
        _storage.CreateFolder(Path.GetDirectoryName(path)!);
        return path + BronzeLayout.TemporarySuffix;
    }

    /// <summary>Says that a temporary file is about to be written.</summary>
    public void Announce(string temporary) => _storage.Announce(temporary);

    /// <summary>Takes a temporary file away that turned out to be needless.</summary>
    public void Discard(string temporary) => _storage.Delete(temporary);

    /// <summary>Makes a written file durable and gives it its name.</summary>
    public LakeFile Keep(string path, long rows)
    {
        string temporary = path + BronzeLayout.TemporarySuffix;
        // The disk takes the file while its hash is computed.
        var sync = Task.Run(() => _storage.Sync(temporary));
        string sha256;
        try
        {
            sha256 = Ledger.HashOf(temporary);
        }
        finally
        {
            sync.GetAwaiter().GetResult();
        }

        var file = new LakeFile(_layout.Relative(path), rows, new FileInfo(temporary).Length, sha256);
        _storage.Rename(temporary, path);
        _storage.SyncFolder(Path.GetDirectoryName(path)!);
        return file;
    }

    /// <summary>Makes sure that a file which is there already keeps its name.</summary>
    public void KeepName(string path) => _storage.SyncFolder(Path.GetDirectoryName(path)!);

    /// <summary>Where the dead letters of this turn go.</summary>
    public DeadLetterWriter DeadLetters() => new(
        Temporary(_layout.DeadLetterIndex(Sequence)), Temporary(_layout.DeadLetterContent(Sequence)), _storage);

    /// <returns>Null when there are none.</returns>
    public DeadLetterFiles? Keep(DeadLetterWriter deadLetters) => deadLetters.Count == 0 ? null : new DeadLetterFiles(
        Keep(_layout.DeadLetterIndex(Sequence), deadLetters.Count),
        Keep(_layout.DeadLetterContent(Sequence), deadLetters.Count));

    /// <summary>The commit: before it nothing has happened, after it everything is durable.</summary>
    /// <exception cref="ShopLakeException">
    /// Somebody else published this sequence, so the lock does not work here.
    /// </exception>
    public void Publish(LedgerRecord record)
    {
        string path = _layout.Record(record.Sequence);
        string temporary = Temporary(path);
        (byte[] content, string hash) = LedgerFile.Write(record);
        _storage.Write(temporary, content);
        _storage.Sync(temporary);

        // Written before the commit, so that a disk which is full now cannot fail a commit that is already made.
        string head = WriteHead(new LedgerHead(record.Sequence, hash));
        if (!_storage.TryPublish(temporary, path))
        {
            _storage.Delete(temporary);
            _storage.Delete(head);
            throw new ShopLakeException(FailureKind.OutOfReach, $"{path} was published by another "
                + "process in the meantime. The lake lies on a file system whose locks do not work; "
                + "run one ingestion at a time there.");
        }

        _storage.SyncFolder(_layout.LedgerFolder);
        Ledger.Refresh();
        KeepHead(head);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// A stopped writer leaves temporary files, files named after the one commit that it did not publish, deliveries that it
    /// archived for that one, and what DuckDB spilled. The same files of a commit that was acknowledged mean that its record is lost: they stay.
    /// </summary>
    /// <exception cref="ShopLakeException">Records are lost; the files that they named are listed.</exception>
    private void TidyUp()
    {
        LedgerHead? head = LedgerHead.Read(_layout.Head);
        List<OwnFile> strays = [.. Strays()];
        string[] lost =
        [
            .. strays.Where(stray => stray.Sequence > Sequence || (stray.Sequence == Sequence && head is null))
                .Select(stray => stray.Path).Order(StringComparer.Ordinal),
        ];
        if (lost.Length > 0)
        {
            throw new ShopLakeException(FailureKind.OutOfReach, $"No ledger record names these files, and no stopped "
                + $"writer can have left them:{Environment.NewLine}{string.Join(Environment.NewLine, lost)}"
                + $"{Environment.NewLine}Records of {_layout.LedgerFolder} are lost: restore them from a copy. If "
                + "there is none, move these files out of the lake; nothing is written before that.");
        }

        if (head is null || head.Sequence < Ledger.LastSequence)
        {
            KeepHead(WriteHead(new LedgerHead(Ledger.LastSequence, Ledger.LastHash)));
        }

        strays.ForEach(stray => _storage.Delete(stray.Path));
        foreach (string folder in Directory.EnumerateDirectories(_layout.Lake, BronzeLayout.SpillPrefix + "*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Temporary files, and whole ones of commits that are not in the ledger.</summary>
    private IEnumerable<OwnFile> Strays()
    {
        // An archived delivery is named after its bytes, which an earlier commit may have kept.
        var kept = Ledger.Records.SelectMany(BronzeCheck.ArchivesOf).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return Directory
            .EnumerateFiles(_layout.Bronze, "*", SearchOption.AllDirectories).Select(OwnFile.Parse).OfType<OwnFile>()
            .Where(file => file.Sequence is { } sequence ? sequence >= Sequence : !kept.Contains(_layout.Relative(file.Path)));
    }

    /// <summary>
    /// The volume is durable before a record's own file goes. Files that a writer did not come to remove go with the next one.
    /// </summary>
    private void Bind()
    {
        int size = Ledger.VolumeSize;
        IEnumerable<IGrouping<long, long>> volumes = Directory.EnumerateFiles(_layout.LedgerFolder, "*.json")
            .Select(OwnFile.Parse).Select(file => file?.Sequence).OfType<long>()
            .Where(sequence => sequence <= Ledger.LastSequence / size * size)
            .Order().GroupBy(sequence => (sequence + size - 1) / size * size);
        foreach (IGrouping<long, long> records in volumes)
        {
            string volume = _layout.Volume(records.Key);
            if (!File.Exists(volume))
            {
                string temporary = Temporary(volume);
                _storage.Write(temporary, Content(records.Key - size + 1, records.Key));
                _storage.Sync(temporary);
                _storage.Rename(temporary, volume);
                _storage.SyncFolder(_layout.LedgerFolder);
            }

            foreach (long sequence in records)
            {
                _storage.Delete(_layout.Record(sequence));
            }
        }
    }

    /// <summary>The records as they were read, one after the other.</summary>
    private byte[] Content(long first, long last)
    {
        using var content = new MemoryStream();
        for (long sequence = first; sequence <= last; sequence++)
        {
            byte[] record = File.ReadAllBytes(_layout.Record(sequence));
            if (!LedgerFile.Is(record, Ledger.RecordHash(sequence)))
            {
                throw new ShopLakeException(FailureKind.OutOfReach, $"{_layout.Record(sequence)} has changed since it was read. "
                    + "The ledger is the truth about Bronze: restore this file from a copy.");
            }

            content.Write(record);
        }

        return content.ToArray();
    }

    private string WriteHead(LedgerHead head)
    {
        string temporary = Temporary(_layout.Head);
        _storage.Write(temporary, head.Write());
        _storage.Sync(temporary);
        return temporary;
    }

    /// <summary>Makes it known that the ledger reaches up to here; behind the record, never before it.</summary>
    private void KeepHead(string temporary)
    {
        _storage.Rename(temporary, _layout.Head);
        _storage.SyncFolder(_layout.LedgerFolder);
    }
}
