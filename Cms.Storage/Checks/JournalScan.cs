using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Checks;

/// <summary>Reads a journal that may be damaged anywhere: what cannot be read is noted, and it goes on behind it.</summary>
/// <remarks>One thread. It changes nothing, and a daemon may be running.</remarks>
internal sealed class JournalScan : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly long _lastUnverifiedEpoch;

    /// <exception cref="SqliteException">The file cannot be opened at all.</exception>
    public JournalScan(string path)
    {
        SqliteLibrary.Bind();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        _connection.Open();
        _lastUnverifiedEpoch = TryQuery("SELECT value FROM meta WHERE key = 'last_unverified_epoch'", row => row.GetInt64(0), [], out _) is [var epoch] ? epoch : 0;
    }

    /// <summary>What the pages of the file have wrong, a line each, by SQLite's own check.</summary>
    public List<string> PageProblems()
    {
        var lines = TryQuery("PRAGMA integrity_check(20)", row => row.GetString(0), [], out var failure);
        return failure is not null ? [.. lines, failure] : lines is ["ok"] ? [] : lines;
    }

    /// <summary>Every module and what is there of it.</summary>
    public List<ModuleFindings> Modules(List<string> problems)
    {
        var modules = TryQuery("SELECT id, namespace, name FROM modules ORDER BY namespace, name", row => (Key: row.GetInt64(0), Name: new ModuleName(row.GetString(1), row.GetString(2))), [], out var failure);
        if (failure is not null)
        {
            problems.Add($"the list of modules cannot be read to its end: {failure}");
        }

        return modules.ConvertAll(module => Examine(module.Key, module.Name));
    }

    /// <summary>The rows of a commit, in order.</summary>
    public List<(CommitRow Row, byte[] Payload)> Commit(long module, long revision) => TryQuery(
        $"SELECT {CommitRow.Columns}, payload FROM commits WHERE module = $module AND revision = $revision ORDER BY part",
        row => (CommitRow.Read(row), row.GetFieldValue<byte[]>(CommitRow.ColumnCount)),
        [("$module", module), ("$revision", revision)],
        out _);

    /// <summary>The rows of a table as they are, as many as can be read.</summary>
    public List<object[]> Rows(string sql, out string? failure, params (string Name, object Value)[] parameters) => TryQuery(
        sql,
        row =>
        {
            var values = new object[row.FieldCount];
            row.GetValues(values);
            return values;
        },
        parameters,
        out failure);

    /// <summary>The rows of the audit log from a number on, as many as can be read.</summary>
    public List<AuditRow> AuditRows(long from, out string? failure) => TryQuery(
        $"SELECT {AuditTable.Columns} FROM audit WHERE sequence >= $from ORDER BY sequence", AuditTable.Read, [("$from", from)], out failure);

    public void Dispose() => _connection.Dispose();

    private ModuleFindings Examine(long key, ModuleName module)
    {
        var removed = Number("SELECT revision FROM removed WHERE module = $module", key) ?? 0;
        var findings = new ModuleFindings(key, module, new(removed), new(LastKnown(key)));
        FindSnapshots(findings);

        // The commits below what was removed are in the midst of being removed.
        FindCommits(findings, removed + 1);
        return findings;
    }

    // The end of the commits may be what is damaged; other places speak of the newest revision, too.
    private long LastKnown(long key)
    {
        string[] questions =
        [
            "SELECT MAX(revision) FROM commits WHERE module = $module",
            "SELECT MAX(revision) FROM commits INDEXED BY commits_by_request WHERE module = $module AND request_id IS NOT NULL",
            "SELECT MAX(revision) FROM snapshots WHERE module = $module AND is_last = 1",
            "SELECT MAX(written, next) FROM files WHERE module = $module",
        ];
        return questions.Max(question => Number(question, key) ?? 0);
    }

    private void FindSnapshots(ModuleFindings findings)
    {
        var revisions = TryQuery("SELECT revision FROM snapshots WHERE module = $module AND is_last = 1 ORDER BY revision", row => row.GetInt64(0), [("$module", findings.Key)], out var failure);
        if (failure is not null)
        {
            findings.Problems.Add($"its snapshots cannot be read: {failure}");
        }

        foreach (var revision in revisions)
        {
            try
            {
                var parts = TryQuery(
                    $"SELECT {SqliteSnapshots.Columns} FROM snapshots WHERE module = $module AND revision = $revision ORDER BY part",
                    SqliteSnapshots.ReadPart,
                    [("$module", findings.Key), ("$revision", revision)],
                    out var unreadable);
                _ = unreadable is null ? SnapshotCodec.Decode(SqliteSnapshots.Verified(parts, revision)) : throw new JournalException(unreadable);
                findings.Snapshots.Add(revision);
            }
            catch (JournalException damaged)
            {
                findings.Problems.Add($"the snapshot of revision {revision} is damaged: {damaged.Message}");
            }
        }
    }

    // Going along the commits finds which ones there are. Whether one is good is asked by itself, as a repair reads it:
    // damage inside of a page may show a commit to one who goes along, and hide it from one who looks for it.
    private void FindCommits(ModuleFindings findings, long first)
    {
        while (first <= findings.LastKnown.Value)
        {
            var found = TryQuery(
                "SELECT revision FROM commits WHERE module = $module AND revision >= $first AND part = 0 ORDER BY revision",
                row => row.GetInt64(0),
                [("$module", findings.Key), ("$first", first)],
                out var failure);
            foreach (var revision in found)
            {
                NoteMissing(findings, first, revision - 1);
                Judge(findings, revision);
                first = Math.Max(first, revision + 1);
            }

            if (failure is null)
            {
                NoteMissing(findings, first, findings.LastKnown.Value);
                return;
            }

            Judge(findings, first++);
        }
    }

    private void Judge(ModuleFindings findings, long revision)
    {
        var rows = Commit(findings.Key, revision);
        var isIntact = rows.Count > 0 && rows.Count == rows[0].Row.PartCount
            && rows.Select((row, part) => row.Row.Part == part && row.Row.IsIntact(_lastUnverifiedEpoch) && row.Row.IsIntact(row.Payload)).All(isGood => isGood)
            && IsPayload(rows);
        if (isIntact)
        {
            findings.Commits.Add(revision);
        }
        else
        {
            findings.Problems.Add($"revision {revision} is damaged");
        }
    }

    private static bool IsPayload(List<(CommitRow Row, byte[] Payload)> rows)
    {
        try
        {
            return EventCodec.Decode([.. rows.Select(row => row.Payload)]).Count == rows[0].Row.ChangeCount;
        }
        catch (JournalException)
        {
            return false;
        }
    }

    private static void NoteMissing(ModuleFindings findings, long first, long last)
    {
        if (first <= last)
        {
            findings.Problems.Add(first == last ? $"revision {first} is missing" : $"revisions {first} to {last} are missing");
        }
    }

    private long? Number(string sql, long key) =>
        TryQuery(sql, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), [("$module", key)], out _) is [var number] ? number : null;

    private List<T> TryQuery<T>(string sql, Func<SqliteDataReader, T> map, (string Name, object Value)[] parameters, out string? failure)
    {
        var all = new List<T>();
        try
        {
            using var command = Command(sql, parameters);
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                all.Add(map(row));
            }

            failure = null;
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            failure = damage.Message;
        }

        return all;
    }

    private static bool IsDamage(Exception failure) =>
        failure is SqliteException or InvalidCastException or InvalidOperationException or OverflowException or ArgumentException;

    private SqliteCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        // Constants, and names of tables that the file has.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
