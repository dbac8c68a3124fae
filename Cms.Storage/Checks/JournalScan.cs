using Cms.Formats.Modules;
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

    public void Dispose() => _connection.Dispose();

    private ModuleFindings Examine(long key, ModuleName module)
    {
        var removed = Number("SELECT revision FROM removed WHERE module = $module", key) ?? 0;
        var findings = new ModuleFindings(key, module, new(removed), new(LastKnown(key)));
        FindSnapshots(findings);
        for (var revision = removed + 1; revision <= findings.LastKnown.Value;)
        {
            revision = FindCommits(findings, revision);
        }

        // The commits below what was removed are in the midst of being removed.
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

    /// <returns>The revision to go on with.</returns>
    private long FindCommits(ModuleFindings findings, long first)
    {
        var rows = new List<(CommitRow Row, byte[] Payload)>();
        try
        {
            using var command = Command(
                $"SELECT {CommitRow.Columns}, payload FROM commits WHERE module = $module AND revision >= $first ORDER BY revision, part",
                [("$module", findings.Key), ("$first", first)]);
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                var next = (Row: CommitRow.Read(row), Payload: row.GetFieldValue<byte[]>(CommitRow.ColumnCount));
                if (rows.Count > 0 && rows[0].Row.Revision != next.Row.Revision)
                {
                    first = Judge(findings, rows, first);
                    rows.Clear();
                }

                rows.Add(next);
            }

            first = rows.Count > 0 ? Judge(findings, rows, first) : first;
            NoteMissing(findings, first, findings.LastKnown.Value);
            return findings.LastKnown.Value + 1;
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            // What was read last may be whole, if its next row is what is damaged; it is looked at once more by itself.
            var at = rows.Count > 0 ? rows[0].Row.Revision : first;
            NoteMissing(findings, first, at - 1);
            Judge(findings, Commit(findings.Key, at), at);
            return at + 1;
        }
    }

    /// <returns>The revision behind it.</returns>
    private long Judge(ModuleFindings findings, List<(CommitRow Row, byte[] Payload)> rows, long expected)
    {
        var revision = rows.Count > 0 ? rows[0].Row.Revision : expected;
        NoteMissing(findings, expected, revision - 1);
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

        return revision + 1;
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
