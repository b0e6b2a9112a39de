using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ShopLake.Configuration;

namespace ShopLake.Bronze;

/// <summary>A source record that could not be split into fields.</summary>
/// <param name="Sequence">The commit that kept it.</param>
/// <param name="File">The file it came from, relative to the project folder.</param>
/// <param name="Record">1-based number in that file.</param>
/// <param name="Offset">Byte in that file, unpacked, where it begins.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Preview">Its beginning as text, in one line.</param>
/// <param name="IsReleased">It was mended and ingested again.</param>
public sealed record DeadLetter(
    long Sequence, string Source, string File, long Record, long Offset, string Reason, long Bytes, string Preview,
    bool IsReleased);

/// <summary>The records that Bronze keeps outside its tables, byte for byte.</summary>
public static class DeadLetters
{
    /// <summary>
    /// Folder of the lake where exported dead letters wait to be mended; the next ingestion looks there.
    /// </summary>
    public const string MendingFolder = "rejects";

    /// <summary>All dead letters in the order of their commits.</summary>
    /// <exception cref="ShopLakeException">A file of dead letters is missing or changed.</exception>
    public static IEnumerable<DeadLetter> List(Ledger ledger)
    {
        foreach (StoredLetter letter in Read(ledger, source: null))
        {
            DeadLetterEntry entry = letter.Entry;
            yield return new DeadLetter(letter.Record.Sequence, letter.Record.Source, entry.File, entry.Record,
                entry.Offset, entry.Reason, entry.Length, Preview(letter), letter.IsReleased);
        }
    }

    /// <summary>
    /// Writes a source's dead letters that are not released to files like those they came from. Once mended, with their
    /// names kept, in the folder where they are or where the source finds its files, they are ingested and released.
    /// </summary>
    /// <param name="folder">Null takes the lake's own, see <see cref="MendingFolder"/>.</param>
    /// <returns>
    /// The files; several where the records have different columns or encodings, none where nothing is left to mend.
    /// </returns>
    public static IReadOnlyList<string> Export(Ledger ledger, Source source, string? folder = null)
    {
        var exported = new List<string>();
        string target = folder ?? Path.Combine(ledger.Lake, MendingFolder);
        foreach (IGrouping<string, StoredLetter> group in Read(ledger, source.Name)
            .Where(letter => !letter.IsReleased)
            .GroupBy(letter => $"{letter.Encoding}\n{string.Join('\n', letter.Columns ?? [])}"))
        {
            Directory.CreateDirectory(target);
            string temporary = Path.Combine(target, $".{Guid.NewGuid():N}{BronzeLayout.TemporarySuffix}");
            Write(temporary, source, [.. group]);
            string name = MendedFile.Name(source, ledger.LastSequence, Ledger.HashOf(temporary));
            exported.Add(Path.Combine(target, name));
            File.Move(temporary, exported[^1], overwrite: true);
        }

        return exported;
    }

    /// <param name="source">Only this source's; null for all.</param>
    private static IEnumerable<StoredLetter> Read(Ledger ledger, string? source)
    {
        BronzeLayout layout = ledger.Layout;
        foreach (LedgerRecord record in ledger.Records.Where(record =>
            record.DeadLetters is not null && (source is null || record.Source == source)))
        {
            ledger.CheckDeadLetters(record);
            var ofFiles = new Dictionary<string, (DeadLetterEntry Head, bool IsReleased)>(StringComparer.Ordinal);
            string content = layout.Absolute(record.DeadLetters!.Content.Path);
            foreach (string line in File.ReadLines(layout.Absolute(record.DeadLetters.Index.Path)))
            {
                DeadLetterEntry entry = JsonSerializer.Deserialize<DeadLetterEntry>(line, DeadLetterEntry.Json)!;
                if (!ofFiles.TryGetValue(entry.File, out var file))
                {
                    file = (entry, AreReleased(ledger, record, entry));
                    ofFiles.Add(entry.File, file);
                }

                yield return new StoredLetter(
                    record, entry, file.Head.Columns, file.Head.Encoding ?? "utf-8", content, file.IsReleased);
            }
        }
    }

    /// <summary>The letters of one file come and are released together.</summary>
    /// <param name="head">The first of them.</param>
    private static bool AreReleased(Ledger ledger, LedgerRecord record, DeadLetterEntry head)
    {
        IEnumerable<LedgerRecord> later = ledger.Records.Where(other =>
            other.Source == record.Source && other.Sequence > record.Sequence);
        return record.Inputs.Count > 0
            ? later.Any(other => other.Inputs.Any(input => input.File == head.File && input.Rejected == 0))
            : later.SelectMany(other => other.Deliveries).Any(delivery => delivery.Mends is { } mends
                && mends.UpTo >= record.Sequence && mends.Encoding == head.Encoding
                && (mends.Columns is null || head.Columns is null || mends.Columns.SequenceEqual(head.Columns)));
    }

    private static void Write(string path, Source source, IReadOnlyList<StoredLetter> letters)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        Encoding encoding = EncodingOf(letters[0]);
        stream.Write(encoding.GetPreamble());
        if (letters[0].Columns is { } columns && source.Csv.Header is null)
        {
            stream.Write(encoding.GetBytes(HeaderLine(columns, source.Csv)));
        }

        foreach (StoredLetter letter in letters)
        {
            using FileSlice content = letter.Content();
            content.CopyTo(stream);
            stream.Write(encoding.GetBytes("\n"));
        }
    }

    private static string HeaderLine(IReadOnlyList<string> columns, CsvDialect dialect)
    {
        string quote = dialect.Quote;
        return string.Join(dialect.Delimiter, columns.Select(column => quote.Length > 0 && NeedsQuotes(column, dialect)
            ? quote + column.Replace(quote, quote + quote, StringComparison.Ordinal) + quote
            : column)) + "\n";
    }

    private static bool NeedsQuotes(string column, CsvDialect dialect) =>
        new[] { dialect.Delimiter, dialect.Quote, "\n", "\r" }.Any(sign =>
            column.Contains(sign, StringComparison.Ordinal));

    private static string Preview(StoredLetter letter)
    {
        const int length = 120;
        using FileSlice content = letter.Content();
        byte[] bytes = new byte[length];
        int count = content.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        return VisibleText.Of(EncodingOf(letter).GetString(bytes, 0, count));
    }

    private static Encoding EncodingOf(StoredLetter letter) => letter.Encoding switch
    {
        "utf-16le" => new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        "utf-16be" => new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        "latin-1" => Encoding.Latin1,
        _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    private sealed record StoredLetter(
        LedgerRecord Record, DeadLetterEntry Entry, IReadOnlyList<string>? Columns, string Encoding, string ContentFile,
        bool IsReleased)
    {
        public FileSlice Content() => new FileSlice(ContentFile, Entry.Position, Entry.Length);
    }
}
