using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Reads commits, and what is known of text files, beside the writer.</summary>
/// <remarks>May be called from any thread.</remarks>
internal sealed class SqliteReader(SqliteQueries queries)
{
    private const string ModuleKey = SqliteQueries.ModuleKey;
    private const string HeadColumns = "revision, commit_id, time, principal, gateway, message, request_id, change_count, transaction_id";

    public IReadOnlyList<ModuleName> Modules() => queries.Query(
        "SELECT namespace, name FROM modules WHERE EXISTS (SELECT 1 FROM commits WHERE module = modules.id) ORDER BY namespace, name",
        null,
        row => new ModuleName(row.GetString(0), row.GetString(1)));

    public Revision LastRevision(ModuleName module) =>
        queries.Query($"SELECT COALESCE(MAX(revision), 0) FROM commits WHERE module = {ModuleKey}", module, row => new Revision(row.GetInt64(0)))[0];

    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => queries.Query(
        $"SELECT {HeadColumns} FROM commits WHERE module = {ModuleKey} AND part = 0 ORDER BY revision DESC LIMIT $count",
        module,
        row => Head(module, row),
        ("$count", count));

    public IReadOnlyList<CommitHead> Heads(ModuleName module, Revision after, Revision upTo, int count) => queries.Query(
        $"""
        SELECT {HeadColumns} FROM commits
        WHERE module = {ModuleKey} AND revision > $after AND revision <= $upTo AND part = 0 ORDER BY revision LIMIT $count
        """,
        module,
        row => Head(module, row),
        ("$after", after.Value),
        ("$upTo", upTo.Value),
        ("$count", count));

    public CommitHead? FindRequest(ModuleName module, string requestId) => queries.Query(
        $"SELECT {HeadColumns} FROM commits WHERE module = {ModuleKey} AND request_id = $request",
        module,
        row => Head(module, row),
        ("$request", requestId)).SingleOrDefault();

    public IReadOnlyList<CommitHead> FindTransaction(string transactionId) => queries.Query(
        $"SELECT {HeadColumns}, namespace, name FROM commits JOIN modules ON modules.id = commits.module WHERE transaction_id = $transaction ORDER BY commit_id",
        null,
        row => Head(new ModuleName(row.GetString(9), row.GetString(10)), row),
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
            SELECT revision, part, part_count, payload FROM commits
            WHERE module = {ModuleKey} AND revision > $after AND revision <= $upTo ORDER BY revision, part
            """,
            module,
            row => (Revision: row.GetInt64(0), Part: row.GetInt32(1), PartCount: row.GetInt32(2), Payload: (byte[])row.GetValue(3)),
            ("$after", after.Value),
            ("$upTo", upTo.Value));
        var expected = after.Next;
        var parts = new List<byte[]>();
        foreach (var row in rows)
        {
            if (row.Revision != expected.Value || row.Part != parts.Count)
            {
                throw new JournalException($"{queries.Path}: module {module} lacks part {parts.Count} of revision {expected}; restore it from a backup");
            }

            parts.Add(row.Payload);
            if (parts.Count == row.PartCount)
            {
                yield return new JournaledCommit(expected, Decode(module, expected, parts));
                expected = expected.Next;
                parts.Clear();
            }
        }

        if (parts.Count != 0)
        {
            throw new JournalException($"{queries.Path}: module {module} lacks the last parts of revision {expected}; restore it from a backup");
        }
    }

    private IReadOnlyList<ModuleChange> Decode(ModuleName module, Revision revision, List<byte[]> parts)
    {
        try
        {
            return EventCodec.Decode(parts);
        }
        catch (JournalException damaged)
        {
            throw new JournalException($"{queries.Path}: module {module}, revision {revision}: {damaged.Message}", damaged);
        }
    }

    private static CommitHead Head(ModuleName module, SqliteDataReader row) => new(
        module,
        new Revision(row.GetInt64(0)),
        row.GetInt64(1),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
        new CommitOrigin(row.GetString(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6)),
        row.GetInt32(7))
    {
        TransactionId = row.IsDBNull(8) ? null : row.GetString(8),
    };
}
