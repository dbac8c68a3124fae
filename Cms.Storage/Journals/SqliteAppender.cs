using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The one connection that writes: rows in, nothing out.</summary>
/// <remarks>Used by the writer loop of <see cref="SqliteJournal"/> alone, inside a transaction that the loop opens and commits.</remarks>
internal sealed class SqliteAppender : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly long _epoch;
    private readonly Dictionary<ModuleName, long> _modules = [];
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _savepoint;
    private readonly SqliteCommand _release;
    private readonly SqliteCommand _undo;
    private readonly SqliteCommand _insert;
    private long _lastCommitId;

    public SqliteAppender(SqliteConnection connection, long epoch, long lastCommitId)
    {
        _connection = connection;
        _epoch = epoch;
        _lastCommitId = lastCommitId;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT batch");
        _release = Prepare("RELEASE batch");
        _undo = Prepare("ROLLBACK TO batch");
        _insert = Prepare(
            """
            INSERT INTO commits(module, revision, part, part_count, epoch, commit_id, request_id, time, principal, gateway, message, change_count, payload)
            VALUES($module, $revision, $part, $part_count, $epoch, $commit_id, $request_id, $time, $principal, $gateway, $message, $change_count, $payload)
            """,
            "$module", "$revision", "$part", "$part_count", "$epoch", "$commit_id", "$request_id", "$time", "$principal", "$gateway", "$message", "$change_count", "$payload");
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Ends a transaction that failed, in which nothing happened then.</summary>
    /// <remarks>A COMMIT that failed may have ended it by itself; the keys of modules that it bore are forgotten either way.</remarks>
    public void TakeBack()
    {
        _modules.Clear();
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.ExecuteNonQuery();
        }
    }

    /// <summary>Runs one batch under a savepoint of its own.</summary>
    /// <returns>Null, or why this batch alone was taken back.</returns>
    public Exception? TryWrite(Action<SqliteAppender> batch)
    {
        _savepoint.ExecuteNonQuery();
        try
        {
            batch(this);
            _release.ExecuteNonQuery();
            return null;
        }
        catch (Exception failure)
        {
            // Whatever is wrong with a batch, even one that cannot be encoded, must not end the loop that all others wait for.
            _modules.Clear();
            _undo.ExecuteNonQuery();
            _release.ExecuteNonQuery();
            return failure;
        }
    }

    public void Insert(CommitRecord commit)
    {
        var parts = EventCodec.Encode(commit.Changes);
        _lastCommitId++;
        Set("$module", ModuleKey(commit.Module));
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
            Set("$request_id", part == 0 && commit.Origin.RequestId is { } request ? request : DBNull.Value);
            Set("$payload", parts[part].ToArray());
            _insert.ExecuteNonQuery();
        }
    }

    public void SetFile(ModuleName module, FileRecord file)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO files VALUES($module, $known, $next_hash, $written, $next)";
        command.Parameters.AddWithValue("$module", ModuleKey(module));
        command.Parameters.AddWithValue("$known", file.KnownHash);
        command.Parameters.AddWithValue("$next_hash", (object?)file.NextHash ?? DBNull.Value);
        command.Parameters.AddWithValue("$written", file.Written.Value);
        command.Parameters.AddWithValue("$next", file.Next.Value);
        command.ExecuteNonQuery();
    }

    public void AddConflict(FileConflict conflict)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO conflicts(module, time, revision, paths, kept_text) VALUES($module, $time, $revision, $paths, $kept)";
        command.Parameters.AddWithValue("$module", ModuleKey(conflict.Module));
        command.Parameters.AddWithValue("$time", conflict.Time.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$revision", conflict.Revision.Value);
        command.Parameters.AddWithValue("$paths", string.Join('\n', conflict.Paths));
        command.Parameters.AddWithValue("$kept", conflict.KeptText);
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _commit, _rollback, _savepoint, _release, _undo, _insert })
        {
            command.Dispose();
        }
    }

    private long ModuleKey(ModuleName module)
    {
        if (_modules.TryGetValue(module, out var known))
        {
            return known;
        }

        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR IGNORE INTO modules(namespace, name) VALUES($namespace, $name);
            SELECT id FROM modules WHERE namespace = $namespace AND name = $name;
            """;
        command.Parameters.AddWithValue("$namespace", module.Namespace);
        command.Parameters.AddWithValue("$name", module.Name);
        return _modules[module] = (long)command.ExecuteScalar()!;
    }

    private void Set(string parameter, object value) => _insert.Parameters[parameter].Value = value;

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        // Only constants of this file come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        command.Prepare();
        return command;
    }
}
