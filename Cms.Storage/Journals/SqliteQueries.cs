using System.Diagnostics.CodeAnalysis;
using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Questions to the journal's file beside its writer: short ones on one shared connection, long ones on their own.</summary>
/// <remarks>May be called from any thread.</remarks>
internal sealed class SqliteQueries : IDisposable
{
    /// <summary>The key of the module that a query is about, as SQL.</summary>
    public const string ModuleKey = "(SELECT id FROM modules WHERE namespace = $namespace AND name = $name)";

    private const int LongestReadMilliseconds = 10_000;

    private readonly SqliteConnection _shared;
    private readonly Lock _lock = new();

    /// <param name="path">The database file, which exists.</param>
    public SqliteQueries(string path)
    {
        Path = path;
        _shared = Connect();
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Reads all rows of a short answer.</summary>
    /// <param name="sql">A constant; <see cref="ModuleKey"/> stands for the module.</param>
    /// <param name="module">The module that it is about, or null.</param>
    /// <param name="map">Makes one item of a row.</param>
    /// <param name="parameters">The values of the parameters.</param>
    /// <exception cref="JournalException">The file cannot be read, or is damaged where the rows are.</exception>
    public List<T> Query<T>(string sql, ModuleName? module, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        lock (_lock)
        {
            using var rows = new Rows<T>(this, _shared, sql, module, map, parameters);
            var all = new List<T>();
            while (rows.TryNext(out var next))
            {
                all.Add(next);
            }

            return all;
        }
    }

    /// <summary>Reads the rows of a long answer as they are consumed, all of one moment, on a connection of its own.</summary>
    /// <inheritdoc cref="Query"/>
    public IEnumerable<T> Stream<T>(string sql, ModuleName? module, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var connection = Connect();
        using var rows = new Rows<T>(this, connection, sql, module, map, parameters);
        while (rows.TryNext(out var next))
        {
            yield return next;
        }
    }

    /// <summary>Empties the log once all of it is in the file; waits for those who read, for ten seconds at the most.</summary>
    /// <exception cref="JournalException">Somebody reads for longer: the log has what was deleted still.</exception>
    public void EmptyLog()
    {
        var isBusy = Stream($"PRAGMA busy_timeout={LongestReadMilliseconds}; PRAGMA wal_checkpoint(TRUNCATE)", null, row => row.FieldCount > 1 && row.GetInt64(0) != 0).Any(busy => busy);
        if (isBusy)
        {
            throw new JournalException($"{Path}: what was overwritten is still in the log of the journal, since somebody reads the journal for long; try it again");
        }
    }

    public void Dispose() => _shared.Dispose();

    private static SqliteCommand Command(SqliteConnection connection, string sql, ModuleName? module, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        // Only constants of the stores come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        if (module is { } name)
        {
            command.Parameters.AddWithValue("$namespace", name.Namespace);
            command.Parameters.AddWithValue("$name", name.Name);
        }

        foreach (var (parameter, value) in parameters)
        {
            command.Parameters.AddWithValue(parameter, value);
        }

        return command;
    }

    private SqliteConnection Connect() => Guard(() =>
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
        connection.Open();
        return connection;
    });

    // What SQLite cannot make sense of is damage, and so is a column that holds what was never put there.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is SqliteException or InvalidCastException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw JournalException.Damaged(Path, $"the journal cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The rows of one answer, one after the other.</summary>
    private sealed class Rows<T> : IDisposable
    {
        private readonly SqliteQueries _queries;
        private readonly Func<SqliteDataReader, T> _map;
        private readonly SqliteCommand _command;
        private readonly SqliteDataReader _row;

        public Rows(SqliteQueries queries, SqliteConnection connection, string sql, ModuleName? module, Func<SqliteDataReader, T> map, (string Name, object Value)[] parameters)
        {
            (_queries, _map) = (queries, map);
            _command = Command(connection, sql, module, parameters);
            _row = queries.Guard(_command.ExecuteReader);
        }

        public bool TryNext([MaybeNullWhen(false)] out T next)
        {
            if (_queries.Guard(_row.Read))
            {
                next = _queries.Guard(() => _map(_row));
                return true;
            }

            next = default;
            return false;
        }

        public void Dispose()
        {
            _row.Dispose();
            _command.Dispose();
        }
    }
}
