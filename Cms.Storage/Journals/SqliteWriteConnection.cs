using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The one connection that writes: groups of batches, each batch under a savepoint of its own.</summary>
/// <remarks>Used by the loop of <see cref="SqliteWriter"/> alone, and by the batches that it runs.</remarks>
internal sealed class SqliteWriteConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<ModuleName, long> _modules = [];
    private readonly List<SqliteCommand> _commands = [];
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _savepoint;
    private readonly SqliteCommand _release;
    private readonly SqliteCommand _undo;
    private readonly SqliteCommand _settle;

    /// <param name="connection">Open; it becomes this object's own.</param>
    public SqliteWriteConnection(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT batch");
        _release = Prepare("RELEASE batch");
        _undo = Prepare("ROLLBACK TO batch");
        _settle = Prepare("INSERT INTO meta VALUES('settled', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1");
    }

    /// <summary>Something that batches wrote did not come about; what was remembered of it is forgotten.</summary>
    public event Action? TakenBack;

    /// <summary>A statement that is run once; the caller disposes it.</summary>
    /// <param name="sql">A constant.</param>
    public SqliteCommand Create(string sql)
    {
        var command = _connection.CreateCommand();
        // Only constants of the stores come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>A statement that is made once and run by many batches; it ends with this connection.</summary>
    /// <param name="sql">A constant.</param>
    /// <param name="parameters">The names of its parameters.</param>
    public SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        // Only constants of the stores come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        command.Prepare();
        _commands.Add(command);
        return command;
    }

    /// <summary>Has what is deleted from now on be overwritten in the file.</summary>
    public void OverwriteDeleted()
    {
        using var overwrite = Create("PRAGMA secure_delete=ON");
        overwrite.ExecuteNonQuery();
    }

    /// <summary>The key of a module in all tables; within a batch, a module that is new is born with it.</summary>
    public long KeyOf(ModuleName module)
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

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Changes a row that means nothing; one that stays the same would not be written.</summary>
    public void CountSettling() => _settle.ExecuteNonQuery();

    /// <summary>Ends a transaction that failed, in which nothing happened then.</summary>
    /// <remarks>A COMMIT that failed may have ended it by itself; the keys of modules that it bore are forgotten either way.</remarks>
    public void TakeBack()
    {
        Forget();
        if (!HasEnded)
        {
            _rollback.ExecuteNonQuery();
        }
    }

    /// <summary>Runs one batch under a savepoint of its own.</summary>
    /// <returns>Null, or why this batch alone was taken back.</returns>
    /// <exception cref="SqliteException">The transaction has ended by itself; nothing of it happened.</exception>
    public Exception? TryWrite(Action batch)
    {
        _savepoint.ExecuteNonQuery();
        try
        {
            batch();
            _release.ExecuteNonQuery();
            return null;
        }
        catch (Exception failure)
        {
            // Whatever is wrong with a batch, even one that cannot be encoded, must not end the loop that all others wait for.
            Forget();
            if (HasEnded)
            {
                // A full disk may end the whole transaction, not only this batch.
                throw;
            }

            _undo.ExecuteNonQuery();
            _release.ExecuteNonQuery();
            return failure;
        }
    }

    private void Forget()
    {
        _modules.Clear();
        TakenBack?.Invoke();
    }

    private bool HasEnded => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    public void Dispose()
    {
        _commands.ForEach(command => command.Dispose());
        _connection.Dispose();
    }
}
