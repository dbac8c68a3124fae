using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>Reads commits, and what is known of text files, beside the writer.</summary>
/// <param name="queries">The file.</param>
/// <param name="lastUnverifiedEpoch">The last opening that wrote no checksums; 0 when all did.</param>
/// <param name="removedUpTo">The last revision of a module whose commit was removed on purpose.</param>
/// <remarks>May be called from any thread. Every row of commits is verified when it is read.</remarks>
internal sealed class SqliteReader(SqliteQueries queries, long lastUnverifiedEpoch, Func<ModuleName, Revision> removedUpTo)
{
    private const string ModuleKey = SqliteQueries.ModuleKey;

    // A module whose rows cannot be read is there all the same: whoever opens it learns why.
    public IReadOnlyList<ModuleName> Modules() =>
    [
        .. queries.Query("SELECT namespace, name FROM modules ORDER BY namespace, name", null, row => new ModuleName(row.GetString(0), row.GetString(1)))
            .Where(HasCommits),
    ];

    // A repair may have left a module whose newest state is a snapshot, without the commit that led to it.
    public Revision LastRevision(ModuleName module) =>
        queries.Query($"""
        SELECT MAX(COALESCE((SELECT MAX(revision) FROM commits WHERE module = {ModuleKey}), 0),
            COALESCE((SELECT MAX(revision) FROM snapshots WHERE module = {ModuleKey} AND is_last = 1), 0))
        """, module, row => new Revision(row.GetInt64(0)))[0];

    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => queries.Query(
        $"SELECT {CommitRow.Columns} FROM commits WHERE module = {ModuleKey} AND part = 0 ORDER BY revision DESC LIMIT $count",
        module,
        row => Verify(module, CommitRow.Read(row)).ToHead(module),
        ("$count", count));

    public IReadOnlyList<CommitHead> Heads(ModuleName module, Revision after, Revision upTo, int count) => queries.Query(
        $"""
        SELECT {CommitRow.Columns} FROM commits
        WHERE module = {ModuleKey} AND revision > $after AND revision <= $upTo AND part = 0 ORDER BY revision LIMIT $count
        """,
        module,
        row => Verify(module, CommitRow.Read(row)).ToHead(module),
        ("$after", after.Value),
        ("$upTo", upTo.Value),
        ("$count", count));

    public CommitHead? FindRequest(ModuleName module, string requestId) => queries.Query(
        $"SELECT {CommitRow.Columns} FROM commits WHERE module = {ModuleKey} AND request_id = $request",
        module,
        row => Verify(module, CommitRow.Read(row)).ToHead(module),
        ("$request", requestId)).SingleOrDefault();

    // Behind everything that begins so lies what begins so and goes on with the greatest character.
    public CommitHead? FindLastRequest(ModuleName module, string prefix) => queries.Query(
        $"""
        SELECT {CommitRow.Columns} FROM commits WHERE module = {ModuleKey} AND request_id >= $prefix AND request_id < $prefix || char(1114111)
            AND length(request_id) = length($prefix) + 10 AND substr(request_id, -10) NOT GLOB '*[^0-9]*'
        ORDER BY request_id DESC LIMIT 1
        """,
        module,
        row => Verify(module, CommitRow.Read(row)).ToHead(module),
        ("$prefix", prefix)).SingleOrDefault();

    public IReadOnlyList<CommitHead> FindTransaction(string transactionId) => queries.Query(
        $"SELECT {CommitRow.Columns}, namespace, name FROM commits JOIN modules ON modules.id = commits.module WHERE transaction_id = $transaction ORDER BY commit_id",
        null,
        row =>
        {
            var module = new ModuleName(row.GetString(CommitRow.ColumnCount), row.GetString(CommitRow.ColumnCount + 1));
            return Verify(module, CommitRow.Read(row)).ToHead(module);
        },
        ("$transaction", transactionId));

    public FileRecord? FindFile(ModuleName module) => queries.Query(
        $"SELECT known_hash, next_hash, written, next FROM files WHERE module = {ModuleKey}",
        module,
        row => new FileRecord(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), new Revision(row.GetInt64(2)), new Revision(row.GetInt64(3))))
        .SingleOrDefault();

    public IReadOnlyList<FileConflict> Conflicts(int count) => queries.Query(
        """
        SELECT namespace, name, time, revision, paths, kept_text FROM conflicts JOIN modules ON modules.id = conflicts.module
        ORDER BY conflicts.id DESC LIMIT $count
        """,
        null,
        row => new FileConflict(
            new ModuleName(row.GetString(0), row.GetString(1)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
            new Revision(row.GetInt64(3)),
            row.GetString(4).Split('\n'),
            row.GetString(5)),
        ("$count", count));

    public IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo)
    {
        var rows = queries.Stream(
            $"""
            SELECT {CommitRow.Columns}, payload FROM commits
            WHERE module = {ModuleKey} AND revision > $after AND revision <= $upTo ORDER BY revision, part
            """,
            module,
            row => (Row: CommitRow.Read(row), Payload: row.GetFieldValue<byte[]>(CommitRow.ColumnCount)),
            ("$after", after.Value),
            ("$upTo", upTo.Value));
        var expected = after.Next;
        var parts = new List<byte[]>();
        foreach (var (row, payload) in rows)
        {
            if (row.Revision != expected.Value || row.Part != parts.Count)
            {
                break;
            }

            parts.Add(Verify(module, row, payload));
            if (parts.Count == row.PartCount)
            {
                yield return new JournaledCommit(expected, Decode(module, expected, parts));
                expected = expected.Next;
                parts.Clear();
            }
        }

        if (expected <= upTo)
        {
            if (removedUpTo(module) is var removed && expected <= removed)
            {
                throw new HistoryRemovedException(module, removed);
            }

            throw Damaged(module, expected, parts.Count == 0 ? "it is missing" : $"its part {parts.Count} is missing");
        }
    }

    private bool HasCommits(ModuleName module)
    {
        try
        {
            return queries.Query($"SELECT 1 FROM commits WHERE module = {ModuleKey} UNION ALL SELECT 1 FROM snapshots WHERE module = {ModuleKey} LIMIT 1", module, row => row.GetInt64(0)).Count > 0;
        }
        catch (JournalException)
        {
            return true;
        }
    }

    private CommitRow Verify(ModuleName module, CommitRow row) =>
        row.IsIntact(lastUnverifiedEpoch) ? row : throw Damaged(module, new(row.Revision), "its row is not as it was written");

    private byte[] Verify(ModuleName module, CommitRow row, byte[] payload) =>
        Verify(module, row).IsIntact(payload) ? payload : throw Damaged(module, new(row.Revision), $"the payload of part {row.Part} is not as it was written");

    private IReadOnlyList<ModuleChange> Decode(ModuleName module, Revision revision, List<byte[]> parts)
    {
        try
        {
            return EventCodec.Decode(parts);
        }
        catch (JournalException damaged)
        {
            throw Damaged(module, revision, damaged.Message, damaged);
        }
    }

    private JournalException Damaged(ModuleName module, Revision revision, string what, Exception? inner = null) =>
        JournalException.Damaged(queries.Path, module, revision, what, inner);
}
