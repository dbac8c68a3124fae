using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Storage.Audit;
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
            change_count INTEGER NOT NULL, payload BLOB NOT NULL, payload_checksum INTEGER, checksum INTEGER,
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
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _unseal;
    private readonly SqliteCommand _setFile;
    private readonly SqliteCommand _addConflict;
    private readonly Action<ModuleName, long>? _noted;
    private readonly AuditChain? _audit;
    private long _lastCommitId;

    /// <param name="connection">Where to.</param>
    /// <param name="epoch">The opening that rows carry.</param>
    /// <param name="lastCommitId">The last one given.</param>
    /// <param name="noted">Told of the module and the bytes of the changes of each commit, or null.</param>
    /// <param name="audit">Where each commit is recorded, or null.</param>
    public SqliteAppender(SqliteWriteConnection connection, long epoch, long lastCommitId, Action<ModuleName, long>? noted = null, AuditChain? audit = null)
    {
        (_noted, _audit) = (noted, audit);
        _connection = connection;
        _epoch = epoch;
        _lastCommitId = lastCommitId;
        _insert = connection.Prepare(
            $"""
            INSERT INTO commits({CommitRow.Columns}, payload)
            VALUES($module, $revision, $part, $part_count, $epoch, $commit_id, $transaction_id, $request_id, $time, $principal, $gateway, $message,
                $change_count, $payload_checksum, $checksum, $payload)
            """,
            "$module", "$revision", "$part", "$part_count", "$epoch", "$commit_id", "$transaction_id", "$request_id", "$time", "$principal", "$gateway", "$message",
            "$change_count", "$payload_checksum", "$checksum", "$payload");
        _delete = connection.Prepare("DELETE FROM commits WHERE module = $module AND revision = $revision", "$module", "$revision");
        _unseal = connection.Prepare("DELETE FROM sealed_history WHERE module = $module", "$module");
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
        var head = new CommitRow
        {
            Module = _connection.KeyOf(commit.Module),
            Revision = commit.Revision.Value,
            Part = 0,
            PartCount = parts.Count,
            Epoch = _epoch,
            CommitId = ++_lastCommitId,
            TransactionId = commit.TransactionId,
            RequestId = commit.Origin.RequestId,
            Time = commit.Time.ToUnixTimeMilliseconds(),
            Principal = commit.Origin.Principal,
            Gateway = commit.Origin.Gateway,
            Message = commit.Origin.Message,
            ChangeCount = commit.Changes.Count,
            PayloadChecksum = null,
        };
        Insert(head, parts);
        if (commit.Changes.Any(SchemaTable.IsConcerned))
        {
            // Another schema may call other things secret, also one that has a version that was there before.
            _unseal.Parameters["$module"].Value = head.Module;
            _unseal.ExecuteNonQuery();
        }

        _audit?.Append(commit, head.ToColumns(), parts);
        _noted?.Invoke(commit.Module, parts.Sum(part => (long)part.Length));
    }

    /// <summary>Puts other changes, as many, in place of those of a commit, and records that it was done.</summary>
    /// <param name="module">The module.</param>
    /// <param name="head">The first row of the commit.</param>
    /// <param name="changes">What it is to hold.</param>
    public void Replace(ModuleName module, CommitRow head, IReadOnlyList<ModuleChange> changes)
    {
        _delete.Parameters["$module"].Value = head.Module;
        _delete.Parameters["$revision"].Value = head.Revision;
        _delete.ExecuteNonQuery();
        var parts = EventCodec.Encode(changes);
        Insert(head with { PartCount = parts.Count }, parts);
        _audit?.AppendReseal(module, head.ToColumns(), parts);
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

    private void Insert(CommitRow head, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        for (var part = 0; part < parts.Count; part++)
        {
            var payload = parts[part].ToArray();
            var row = head with { Part = part, PayloadChecksum = RowChecksum.Of(payload) };
            Insert(part == 0 ? row : row with { TransactionId = null, RequestId = null }, payload);
        }
    }

    private void Insert(CommitRow row, byte[] payload)
    {
        Set("$module", row.Module);
        Set("$revision", row.Revision);
        Set("$part", row.Part);
        Set("$part_count", row.PartCount);
        Set("$epoch", row.Epoch);
        Set("$commit_id", row.CommitId);
        Set("$transaction_id", (object?)row.TransactionId ?? DBNull.Value);
        Set("$request_id", (object?)row.RequestId ?? DBNull.Value);
        Set("$time", row.Time);
        Set("$principal", row.Principal);
        Set("$gateway", row.Gateway);
        Set("$message", row.Message);
        Set("$change_count", row.ChangeCount);
        Set("$payload_checksum", row.PayloadChecksum!);
        Set("$checksum", row.ComputeChecksum());
        Set("$payload", payload);
        _insert.ExecuteNonQuery();
    }

    private void Set(string parameter, object value) => _insert.Parameters[parameter].Value = value;
}
