// Invariants:
// - Rows leave the journal only when an archive that is on disk was read back and holds them, byte for byte. Whatever step a crash comes between, the next run goes on from there: an archive whose rows are still in the
//   journal has them removed, and nothing is archived twice.
// - The row that tells of an archive is written in the transaction that removes the last of its rows.
using Cms.Formats.Audit;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>Moves old rows of the audit log to archives.</summary>
/// <remarks>One run at a time; commits go on meanwhile.</remarks>
internal sealed class AuditRotation(SqliteWriter writer, SqliteQueries queries, AuditChain chain, AuditArchives archives, AuditOptions options)
{
    private const int RowsAtOnce = 1000;

    /// <summary>Moves what is due.</summary>
    /// <exception cref="JournalException">The journal cannot be read or written.</exception>
    /// <exception cref="IOException">An archive cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        archives.RemoveTemporaryFiles();
        var (first, last) = Bounds();
        if (last == 0)
        {
            return;
        }

        if (archives.List() is [.., var newest] && newest.Last >= first)
        {
            await RemoveAsync(newest, cancellation);
            (first, last) = Bounds();
        }

        if (FindCut(first, last) is { } cut)
        {
            await RemoveAsync(archives.Write(first, cut, Rows(first, cut)), cancellation);
        }

        await ForgetAsync(cancellation);
    }

    private async Task RemoveAsync(AuditArchive archive, CancellationToken cancellation)
    {
        var first = Bounds().First;
        var archived = AuditArchives.Read(archive).SkipWhile(row => row.Sequence < first).Select(AuditJson.ToLine);
        if (!archived.SequenceEqual(Rows(first, archive.Last).Select(AuditJson.ToLine), LineComparer.Instance))
        {
            throw new JournalException($"{archive.Path} is not what the journal has: its rows stay in the journal; move the file away to have it written anew");
        }

        for (var upTo = first - 1; upTo < archive.Last;)
        {
            upTo = Math.Min(upTo + RowsAtOnce, archive.Last);
            var step = upTo;
            await writer.WriteAsync(() => Remove(archive, step), cancellation);
        }
    }

    private void Remove(AuditArchive archive, long upTo)
    {
        if (upTo == archive.Last)
        {
            chain.Append(AuditEntry.OfDaemon(AuditKinds.Archive, $"rows {archive.First} to {archive.Last} are in {Path.GetFileName(archive.Path)}"));
        }

        using var delete = writer.Connection.Create("DELETE FROM audit WHERE sequence <= $upTo");
        delete.Parameters.AddWithValue("$upTo", upTo);
        delete.ExecuteNonQuery();
    }

    // An archive ends with a signed row, so that it can be verified by itself; and the newest row stays.
    private long? FindCut(long first, long last)
    {
        var byCount = last - first + 1 > options.Rows ? last - (options.Rows / 2) : 0;
        var target = Math.Min(Math.Max(byCount, LastByAge(first)), last - 1);
        return target < first ? null : Single(
            "SELECT MAX(sequence) FROM audit WHERE kind = $kind AND sequence BETWEEN $first AND $target", ("$kind", AuditKinds.Signature), ("$first", first), ("$target", target));
    }

    // Not before the oldest row is a day older than asked, so that there is about one archive a day.
    private long LastByAge(long first)
    {
        if (options.Days == 0)
        {
            return 0;
        }

        var bound = options.Clock.GetUtcNow() - TimeSpan.FromDays(options.Days);
        var isDue = Single("SELECT time FROM audit WHERE sequence = $first", ("$first", first)) < (bound - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        return isDue ? Single("SELECT MAX(sequence) FROM audit WHERE time < $time", ("$time", bound.ToUnixTimeMilliseconds())) ?? 0 : 0;
    }

    // What is to be removed is told first.
    private async Task ForgetAsync(CancellationToken cancellation)
    {
        foreach (var archive in options.Archives == 0 ? [] : archives.List().SkipLast(options.Archives))
        {
            await writer.WriteAsync(
                () => chain.Append(AuditEntry.OfDaemon(AuditKinds.Archive, AuditGaps.FormatRemoved((archive.First, archive.Last)))), cancellation);
            File.Delete(archive.Path);
        }
    }

    private IEnumerable<AuditRow> Rows(long first, long last) => queries.Stream(
        $"SELECT {AuditTable.Columns} FROM audit WHERE sequence BETWEEN $first AND $last ORDER BY sequence", null, AuditTable.Read, ("$first", first), ("$last", last));

    private (long First, long Last) Bounds() => (Single("SELECT MIN(sequence) FROM audit") ?? 0, Single("SELECT MAX(sequence) FROM audit") ?? 0);

    private long? Single(string sql, params (string Name, object Value)[] parameters) =>
        queries.Query(sql, null, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), parameters) is [var only] ? only : null;

    private sealed class LineComparer : IEqualityComparer<byte[]>
    {
        public static readonly LineComparer Instance = new();

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] line) => line.Length;
    }
}
