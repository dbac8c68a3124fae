using System.Collections.Concurrent;
using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The table of snapshots.</summary>
/// <remarks>A snapshot is complete when it has all parts from 0 up to one that is marked as the last.</remarks>
internal sealed class SqliteSnapshots : ISnapshotStore, IDisposable
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """

        CREATE TABLE IF NOT EXISTS snapshots(
            module INTEGER NOT NULL, revision INTEGER NOT NULL, part INTEGER NOT NULL, is_last INTEGER NOT NULL,
            checksum INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(module, revision, part));
        """;

    /// <summary>The columns that <see cref="ReadPart"/> reads, in its order.</summary>
    public const string Columns = "module, part, is_last, checksum, payload";

    private const string ModuleKey = SqliteQueries.ModuleKey;
    private const long LeastWeight = 1 << 20;
    private const long CommitWeight = 256;

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _remove;
    private readonly ConcurrentDictionary<ModuleName, Weights> _weights = [];
    private readonly SemaphoreSlim _writing = new(1);

    public SqliteSnapshots(SqliteWriter writer, SqliteQueries queries)
    {
        (_writer, _queries) = (writer, queries);
        _insert = writer.Connection.Prepare(
            "INSERT INTO snapshots VALUES($module, $revision, $part, $is_last, $checksum, $payload)",
            "$module", "$revision", "$part", "$is_last", "$checksum", "$payload");
        _remove = writer.Connection.Prepare(
            "DELETE FROM snapshots WHERE module = $module AND revision = $revision AND part = $part",
            "$module", "$revision", "$part");
    }

    /// <summary>The part that a result stands at, whose columns are <see cref="Columns"/>.</summary>
    public static SnapshotPart ReadPart(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2) == 1, row.GetInt64(3), row.GetFieldValue<byte[]>(4));

    /// <summary>The payloads of the parts of one snapshot, verified as they are consumed.</summary>
    /// <exception cref="JournalException">A part is damaged or missing.</exception>
    public static IEnumerable<byte[]> Verified(IEnumerable<SnapshotPart> parts, long revision)
    {
        var (expected, isComplete) = (0, false);
        foreach (var part in parts)
        {
            if (isComplete || part.Number != expected || part.Checksum != ChecksumOf(part.Module, revision, part.Number, part.IsLast, part.Payload))
            {
                throw new JournalException($"its part {expected} is not as it was written");
            }

            yield return part.Payload;
            (expected, isComplete) = (expected + 1, part.IsLast);
        }

        if (!isComplete)
        {
            throw new JournalException($"its part {expected} is missing");
        }
    }

    /// <summary>Says that a commit was appended.</summary>
    public void Note(ModuleName module, long payloadBytes)
    {
        if (_weights.TryGetValue(module, out var weights))
        {
            weights.Add(CommitWeight + payloadBytes);
        }
    }

    public bool IsDue(ModuleName module) => _weights.GetOrAdd(module, Weigh).IsDue;

    public IReadOnlyList<Revision> List(ModuleName module) => _queries.Query(
        $"SELECT revision FROM snapshots WHERE module = {ModuleKey} AND is_last = 1 ORDER BY revision DESC",
        module,
        row => new Revision(row.GetInt64(0)));

    public StoredModule Read(ModuleName module, Revision revision)
    {
        try
        {
            var state = SnapshotCodec.Decode(Parts(module, revision));
            return state.Revision == revision ? state : throw new JournalException($"it is of revision {state.Revision}");
        }
        catch (JournalException damaged)
        {
            throw JournalException.Damaged(_queries.Path, module, revision, $"its snapshot cannot be used: {damaged.Message}", damaged);
        }
    }

    public async Task WriteAsync(ModuleName module, IModuleView state, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var noted = _weights.GetOrAdd(module, Weigh);
            var before = noted.SinceLast;
            await RemovePartsAsync(module, IncompleteParts(module), cancellation);
            if (!List(module).Contains(state.Revision))
            {
                await WritePartsAsync(module, state, cancellation);
            }

            noted.Restart(before, BytesOf(module, state.Revision));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Puts another state in place of that of the snapshot of its revision; called within a batch of the writer.</summary>
    public void Replace(ModuleName module, IModuleView state)
    {
        var key = _writer.Connection.KeyOf(module);
        PartsWhere(module, "revision = $bound ORDER BY part", state.Revision).ForEach(part => Remove(key, part.Revision, part.Part));
        var parts = SnapshotCodec.Encode(state).ToList();
        for (var part = 0; part < parts.Count; part++)
        {
            Insert(key, state.Revision, part, isLast: part == parts.Count - 1, parts[part]);
        }
    }

    /// <summary>Reads a snapshot's parts and drops them.</summary>
    /// <exception cref="JournalException">It is damaged or not there.</exception>
    public void Verify(ModuleName module, Revision revision)
    {
        try
        {
            _ = Parts(module, revision).Count();
        }
        catch (JournalException damaged)
        {
            throw JournalException.Damaged(_queries.Path, module, revision, $"its snapshot cannot be used: {damaged.Message}", damaged);
        }
    }

    /// <summary>Removes the snapshots of a module that are older than one, a part at a time.</summary>
    public async Task RemoveBeforeAsync(ModuleName module, Revision revision, CancellationToken cancellation) =>
        await RemovePartsAsync(module, PartsWhere(module, "revision < $bound ORDER BY revision, part DESC", revision), cancellation);

    /// <summary>Removes what was written of snapshots that were never finished; not while one is being written.</summary>
    public async Task RemoveIncompleteAsync(ModuleName module, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await RemovePartsAsync(module, IncompleteParts(module), cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task WritePartsAsync(ModuleName module, IModuleView state, CancellationToken cancellation)
    {
        using var parts = SnapshotCodec.Encode(state).GetEnumerator();
        var hasMore = parts.MoveNext();
        for (var part = 0; hasMore; part++)
        {
            var (number, payload) = (part, parts.Current);
            hasMore = parts.MoveNext();
            var isLast = !hasMore;
            await _writer.WriteAsync(() => Insert(_writer.Connection.KeyOf(module), state.Revision, number, isLast, payload), cancellation);
        }
    }

    private void Insert(long module, Revision revision, int part, bool isLast, byte[] payload)
    {
        _insert.Parameters["$module"].Value = module;
        _insert.Parameters["$revision"].Value = revision.Value;
        _insert.Parameters["$part"].Value = part;
        _insert.Parameters["$is_last"].Value = isLast ? 1 : 0;
        _insert.Parameters["$checksum"].Value = ChecksumOf(module, revision.Value, part, isLast, payload);
        _insert.Parameters["$payload"].Value = payload;
        _insert.ExecuteNonQuery();
    }

    private static long ChecksumOf(long module, long revision, int part, bool isLast, byte[] payload)
    {
        var checksum = new RowChecksum();
        checksum.Add(module);
        checksum.Add(revision);
        checksum.Add(part);
        checksum.Add(isLast ? 1 : 0);
        checksum.Add(payload);
        return checksum.Value;
    }

    private IEnumerable<byte[]> Parts(ModuleName module, Revision revision) => Verified(
        _queries.Stream(
            $"SELECT {Columns} FROM snapshots WHERE module = {ModuleKey} AND revision = $revision ORDER BY part", module, ReadPart, ("$revision", revision.Value)),
        revision.Value);

    // Left by a process that was killed while it wrote one.
    private List<(Revision Revision, int Part)> IncompleteParts(ModuleName module) => PartsWhere(
        module,
        $"NOT EXISTS (SELECT 1 FROM snapshots l WHERE l.module = {ModuleKey} AND l.revision = snapshots.revision AND l.is_last = 1) AND $bound = 0",
        Revision.None);

    private List<(Revision Revision, int Part)> PartsWhere(ModuleName module, string condition, Revision bound) => _queries.Query(
        $"SELECT revision, part FROM snapshots WHERE module = {ModuleKey} AND {condition}",
        module,
        row => (new Revision(row.GetInt64(0)), row.GetInt32(1)),
        ("$bound", bound.Value));

    private async Task RemovePartsAsync(ModuleName module, List<(Revision Revision, int Part)> parts, CancellationToken cancellation)
    {
        foreach (var (revision, part) in parts)
        {
            await _writer.WriteAsync(() => Remove(_writer.Connection.KeyOf(module), revision, part), cancellation);
        }
    }

    private void Remove(long module, Revision revision, int part)
    {
        _remove.Parameters["$module"].Value = module;
        _remove.Parameters["$revision"].Value = revision.Value;
        _remove.Parameters["$part"].Value = part;
        _remove.ExecuteNonQuery();
    }

    private long BytesOf(ModuleName module, Revision revision) => _queries.Query(
        $"SELECT COALESCE(SUM(LENGTH(payload)), 0) FROM snapshots WHERE module = {ModuleKey} AND revision = $revision",
        module,
        row => row.GetInt64(0),
        ("$revision", revision.Value))[0];

    private Weights Weigh(ModuleName module)
    {
        var newest = List(module) is [var first, ..] ? first : Revision.None;
        var since = _queries.Query(
            $"SELECT COALESCE(SUM({CommitWeight} + LENGTH(payload)), 0) FROM commits WHERE module = {ModuleKey} AND revision > $after",
            module,
            row => row.GetInt64(0),
            ("$after", newest.Value))[0];
        return new Weights(since, BytesOf(module, newest));
    }

    /// <summary>What a module's commits since its newest snapshot weigh, and that snapshot.</summary>
    private sealed class Weights(long sinceLast, long snapshot)
    {
        private long _sinceLast = sinceLast;
        private long _snapshot = snapshot;

        public long SinceLast => Interlocked.Read(ref _sinceLast);

        public bool IsDue => SinceLast >= Math.Max(LeastWeight, Interlocked.Read(ref _snapshot));

        public void Add(long weight) => Interlocked.Add(ref _sinceLast, weight);

        public void Restart(long covered, long snapshot)
        {
            Interlocked.Add(ref _sinceLast, -covered);
            Interlocked.Exchange(ref _snapshot, snapshot);
        }
    }
}

/// <summary>One row of the table of snapshots.</summary>
internal sealed record SnapshotPart(long Module, int Number, bool IsLast, long Checksum, byte[] Payload);
