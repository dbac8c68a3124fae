using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Puts commits, and what is known of text files, into the journal's tables.</summary>
/// <remarks>Its methods are called within batches of <see cref="SqliteWriter"/> alone.</remarks>
internal sealed class SqliteAppender
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """

        CREATE TABLE IF NOT EXISTS commits(
            module INTEGER NOT NULL, revision INTEGER NOT NULL, part INTEGER NOT NULL, part_count INTEGER NOT NULL,
            epoch INTEGER NOT NULL, commit_id INTEGER NOT NULL, transaction_id TEXT, request_id TEXT,
            time INTEGER NOT NULL, principal TEXT NOT NULL, gateway TEXT NOT NULL, message TEXT NOT NULL,
            change_count INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY(module, revision, part)) WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS commits_by_request ON commits(module, request_id) WHERE request_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS commits_by_transaction ON commits(transaction_id) WHERE transaction_id IS NOT NULL;
        CREATE TABLE IF NOT EXISTS files(
            module INTEGER PRIMARY KEY, known_hash TEXT NOT NULL, next_hash TEXT, written INTEGER NOT NULL, next INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS conflicts(
            id INTEGER PRIMARY KEY, module INTEGER NOT NULL, time INTEGER NOT NULL, revision INTEGER NOT NULL,
            paths TEXT NOT NULL, kept_text TEXT NOT NULL);
        """;

    private readonly SqliteWriteConnection _connection;
    private readonly long _epoch;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _setFile;
    private readonly SqliteCommand _addConflict;
    private long _lastCommitId;

    public SqliteAppender(SqliteWriteConnection connection, long epoch, long lastCommitId)
    {
        _connection = connection;
        _epoch = epoch;
        _lastCommitId = lastCommitId;
        _insert = connection.Prepare(
            """
            INSERT INTO commits(module, revision, part, part_count, epoch, commit_id, transaction_id, request_id, time, principal, gateway, message, change_count, payload)
            VALUES($module, $revision, $part, $part_count, $epoch, $commit_id, $transaction_id, $request_id, $time, $principal, $gateway, $message, $change_count, $payload)
            """,
            "$module", "$revision", "$part", "$part_count", "$epoch", "$commit_id", "$transaction_id", "$request_id", "$time", "$principal", "$gateway", "$message", "$change_count", "$payload");
        _setFile = connection.Prepare(
            "INSERT OR REPLACE INTO files VALUES($module, $known, $next_hash, $written, $next)",
            "$module", "$known", "$next_hash", "$written", "$next");
        _addConflict = connection.Prepare(
            "INSERT INTO conflicts(module, time, revision, paths, kept_text) VALUES($module, $time, $revision, $paths, $kept)",
            "$module", "$time", "$revision", "$paths", "$kept");
    }

    public void Insert(CommitRecord commit)
    {
        var parts = EventCodec.Encode(commit.Changes);
        _lastCommitId++;
        Set("$module", _connection.KeyOf(commit.Module));
        Set("$revision", commit.Revision.Value);
        Set("$part_count", parts.Count);
        Set("$epoch", _epoch);
        Set("$commit_id", _lastCommitId);
        Set("$time", commit.Time.ToUnixTimeMilliseconds());
        Set("$principal", commit.Origin.Principal);
        Set("$gateway", commit.Origin.Gateway);
        Set("$message", commit.Origin.Message);
        Set("$change_count", commit.Changes.Count);
        for (var part = 0; part < parts.Count; part++)
        {
            Set("$part", part);
            Set("$transaction_id", part == 0 && commit.TransactionId is { } transaction ? transaction : DBNull.Value);
            Set("$request_id", part == 0 && commit.Origin.RequestId is { } request ? request : DBNull.Value);
            Set("$payload", parts[part].ToArray());
            _insert.ExecuteNonQuery();
        }
    }

    public void SetFile(ModuleName module, FileRecord file)
    {
        _setFile.Parameters["$module"].Value = _connection.KeyOf(module);
        _setFile.Parameters["$known"].Value = file.KnownHash;
        _setFile.Parameters["$next_hash"].Value = (object?)file.NextHash ?? DBNull.Value;
        _setFile.Parameters["$written"].Value = file.Written.Value;
        _setFile.Parameters["$next"].Value = file.Next.Value;
        _setFile.ExecuteNonQuery();
    }

    public void AddConflict(FileConflict conflict)
    {
        _addConflict.Parameters["$module"].Value = _connection.KeyOf(conflict.Module);
        _addConflict.Parameters["$time"].Value = conflict.Time.ToUnixTimeMilliseconds();
        _addConflict.Parameters["$revision"].Value = conflict.Revision.Value;
        _addConflict.Parameters["$paths"].Value = string.Join('\n', conflict.Paths);
        _addConflict.Parameters["$kept"].Value = conflict.KeptText;
        _addConflict.ExecuteNonQuery();
    }

    private void Set(string parameter, object value) => _insert.Parameters[parameter].Value = value;
}
