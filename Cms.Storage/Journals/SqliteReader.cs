using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Reads the journal beside its writer: short questions on one shared connection, long ones on their own.</summary>
/// <remarks>May be called from any thread.</remarks>
internal sealed class SqliteReader : IDisposable
{
    private const string ModuleKey = "(SELECT id FROM modules WHERE namespace = $namespace AND name = $name)";
    private const string HeadColumns = "revision, commit_id, time, principal, gateway, message, request_id, change_count";

    private readonly string _path;
    private readonly SqliteConnection _shared;
    private readonly Lock _lock = new();

    public SqliteReader(string path)
    {
        _path = path;
        _shared = Connect();
    }

    public IReadOnlyList<ModuleName> Modules() => Query(
        "SELECT namespace, name FROM modules WHERE EXISTS (SELECT 1 FROM commits WHERE module = modules.id) ORDER BY namespace, name",
        null,
        row => new ModuleName(row.GetString(0), row.GetString(1)));

    public Revision LastRevision(ModuleName module) =>
        Query($"SELECT COALESCE(MAX(revision), 0) FROM commits WHERE module = {ModuleKey}", module, row => new Revision(row.GetInt64(0)))[0];

    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => Query(
        $"SELECT {HeadColumns} FROM commits WHERE module = {ModuleKey} AND part = 0 ORDER BY revision DESC LIMIT $count",
        module,
        row => Head(module, row),
        ("$count", count));

    public CommitHead? FindRequest(ModuleName module, string requestId) => Query(
        $"SELECT {HeadColumns} FROM commits WHERE module = {ModuleKey} AND request_id = $request",
        module,
        row => Head(module, row),
        ("$request", requestId)).SingleOrDefault();

    public FileRecord? FindFile(ModuleName module) => Query(
        $"SELECT known_hash, next_hash, written, next FROM files WHERE module = {ModuleKey}",
        module,
        row => new FileRecord(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), new Revision(row.GetInt64(2)), new Revision(row.GetInt64(3))))
        .SingleOrDefault();

    public IReadOnlyList<FileConflict> Conflicts(int count) => Query(
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
        using var connection = Connect();
        using var command = Command(
            connection,
            $"""
            SELECT revision, part, part_count, payload FROM commits
            WHERE module = {ModuleKey} AND revision > $after AND revision <= $upTo ORDER BY revision, part
            """,
            module,
            [("$after", after.Value), ("$upTo", upTo.Value)]);
        using var row = command.ExecuteReader();
        var expected = after.Next;
        var parts = new List<byte[]>();
        while (row.Read())
        {
            if (row.GetInt64(0) != expected.Value || row.GetInt32(1) != parts.Count)
            {
                throw new JournalException($"{_path}: module {module} lacks part {parts.Count} of revision {expected}; restore it from a backup");
            }

            parts.Add((byte[])row.GetValue(3));
            if (parts.Count == row.GetInt32(2))
            {
                yield return new JournaledCommit(expected, Decode(module, expected, parts));
                expected = expected.Next;
                parts.Clear();
            }
        }

        if (parts.Count != 0)
        {
            throw new JournalException($"{_path}: module {module} lacks the last parts of revision {expected}; restore it from a backup");
        }
    }

    public void Dispose() => _shared.Dispose();

    private IReadOnlyList<ModuleChange> Decode(ModuleName module, Revision revision, List<byte[]> parts)
    {
        try
        {
            return EventCodec.Decode(parts);
        }
        catch (JournalException damaged)
        {
            throw new JournalException($"{_path}: module {module}, revision {revision}: {damaged.Message}", damaged);
        }
    }

    private static CommitHead Head(ModuleName module, SqliteDataReader row) => new(
        module,
        new Revision(row.GetInt64(0)),
        row.GetInt64(1),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
        new CommitOrigin(row.GetString(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6)),
        row.GetInt32(7));

    private List<T> Query<T>(string sql, ModuleName? module, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        lock (_lock)
        {
            using var command = Command(_shared, sql, module, parameters);
            using var row = command.ExecuteReader();
            var rows = new List<T>();
            while (row.Read())
            {
                rows.Add(map(row));
            }

            return rows;
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, ModuleName? module, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        // Only constants of this file come here.
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

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
        connection.Open();
        return connection;
    }
}
