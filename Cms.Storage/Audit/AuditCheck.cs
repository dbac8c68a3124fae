using System.Globalization;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Audit;

/// <summary>Holds the audit log of a journal that no one writes against itself, its archives, its signatures and the commits.</summary>
/// <remarks>One thread. It changes nothing, and a daemon may be running.</remarks>
internal sealed class AuditCheck : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _statePath;
    private readonly HashSet<long> _unseen = [];
    private readonly List<(long Sequence, string Problem)> _missing = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, (long Key, long RemovedUpTo)?> _modules = [];
    private readonly Dictionary<long, string?> _resealed = [];
    private long _firstAudited = long.MaxValue;
    private long _lastRepair;
    private long _toldUpTo;
    private bool _isRepaired;

    /// <param name="path">The journal.</param>
    /// <param name="statePath">The state directory, which has archives and public keys.</param>
    /// <exception cref="SqliteException">The file cannot be opened at all.</exception>
    public AuditCheck(string path, string statePath)
    {
        SqliteLibrary.Bind();
        _statePath = statePath;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        _connection.Open();
    }

    /// <summary>Checks everything.</summary>
    /// <param name="problems">Gets what is wrong, a line each.</param>
    /// <param name="tell">Told how much is good.</param>
    public void Run(List<string> problems, Action<string> tell)
    {
        try
        {
            if (!HasTable())
            {
                tell("audit log: there is none yet");
                return;
            }

            using var moment = _connection.BeginTransaction(deferred: true);
            var report = Verify();
            problems.AddRange(report.Problems.Concat(_problems).Select(problem => $"audit log: {problem}"));
            foreach (var note in report.Notes)
            {
                tell($"audit log: {note}");
            }

            tell(string.Create(CultureInfo.InvariantCulture, $"audit log: {report.Rows} rows, {report.First} to {report.Last}, signed up to {report.SignedUpTo}; head {report.Head}"));
        }
        catch (Exception unreadable) when (unreadable is SqliteException or JournalException or InvalidCastException or InvalidOperationException or ArgumentException or FormatException)
        {
            problems.Add($"audit log: it cannot be read to its end: {unreadable.Message}");
        }
    }

    public void Dispose() => _connection.Dispose();

    private AuditReport Verify()
    {
        _unseen.UnionWith(Query("SELECT commit_id FROM commits WHERE part = 0", row => row.GetInt64(0)));
        var keys = PublicKeys();
        var anchor = keys is null ? null : AuditAnchor.Read(_statePath, keys);
        var verifier = new AuditVerifier(keys, [.. new[] { anchor?.Hash }.OfType<string>()]) { IsWhole = true };
        foreach (var reseal in Rows().Where(row => row.Kind == AuditKinds.Reseal))
        {
            _resealed[reseal.Commit ?? 0] = reseal.Content;
        }

        foreach (var row in Rows())
        {
            verifier.Add(row);
            Compare(row);
        }

        var lost = _missing.FindAll(missing => missing.Sequence > _lastRepair);
        _problems.AddRange(lost.Select(missing => missing.Problem));
        var told = _isRepaired ? long.MaxValue : _toldUpTo;
        var unaudited = _unseen.Where(id => id >= _firstAudited && id > told).ToList();
        if (unaudited.Count > 0)
        {
            _problems.Add($"{unaudited.Count} commits of the journal are not in it, such as commit {unaudited.Min()}");
        }

        return verifier.Report();
    }

    private IEnumerable<AuditRow> Rows()
    {
        var rows = Query($"SELECT {AuditTable.Columns} FROM audit ORDER BY sequence", AuditTable.Read);
        var first = Query("SELECT MIN(sequence) FROM audit", row => row.IsDBNull(0) ? long.MaxValue : row.GetInt64(0)).Single();
        return new AuditArchives(_statePath).List().SelectMany(AuditArchives.Read).TakeWhile(row => row.Sequence < first).Concat(rows);
    }

    private void Compare(AuditRow row)
    {
        if (row.Kind == AuditKinds.Repair)
        {
            _lastRepair = row.Sequence;
            _isRepaired |= AuditGaps.Parse(row.Detail).Count > 0;
        }

        if (row is not { Kind: AuditKinds.Commit, Module: { } module, Commit: { } id, Revision: { } revision })
        {
            return;
        }

        // The rows of commits before a repair may be among those that it says are lost.
        (_toldUpTo, _isRepaired) = _isRepaired ? (id - 1, false) : (_toldUpTo, false);
        _firstAudited = Math.Min(_firstAudited, id);
        if (_unseen.Remove(id))
        {
            var content = FindModule(module) is { } found ? DigestOf(module, found.Key, revision) : null;
            if (content != _resealed.GetValueOrDefault(id, row.Content))
            {
                _problems.Add($"row {row.Sequence}: module {module}, revision {revision} is not the commit that was audited");
            }
        }
        else if (!(FindModule(module)?.RemovedUpTo >= revision))
        {
            _missing.Add((row.Sequence, $"row {row.Sequence}: module {module}, revision {revision} was audited and is not in the journal"));
        }
    }

    private (long Key, long RemovedUpTo)? FindModule(string module)
    {
        if (!_modules.TryGetValue(module, out var known))
        {
            var found = Query(
                "SELECT id, COALESCE((SELECT revision FROM removed WHERE module = modules.id), 0) FROM modules WHERE CASE namespace WHEN '' THEN name ELSE namespace || '/' || name END = $module",
                row => (row.GetInt64(0), row.GetInt64(1)),
                ("$module", module)).ToList();
            _modules[module] = known = found is [var only] ? only : null;
        }

        return known;
    }

    private string? DigestOf(string module, long key, long revision)
    {
        var rows = Query(
            $"SELECT {CommitRow.Columns}, payload FROM commits WHERE module = $module AND revision = $revision ORDER BY part",
            row => (Row: CommitRow.Read(row), Payload: row.GetFieldValue<byte[]>(CommitRow.ColumnCount)),
            ("$module", key),
            ("$revision", revision)).ToList();
        return rows is [var (head, _), ..]
            ? CommitDigest.Of(NameOf(module), head.ToColumns(), [.. rows.Select(row => (ReadOnlyMemory<byte>)row.Payload)])
            : null;
    }

    private static ModuleName NameOf(string module) => module.Split('/', 2) is [var space, var name] ? new ModuleName(space, name) : new ModuleName(module);

    private IReadOnlyList<string>? PublicKeys() =>
        Path.Combine(_statePath, AuditSigner.PublicFile) is var path && File.Exists(path) ? AuditKey.FromPem(File.ReadAllText(path)) : null;

    private bool HasTable() => Query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit'", row => row.GetInt64(0)).Any();

    private IEnumerable<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var command = _connection.CreateCommand();
        // Constants of this file.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return map(row);
        }
    }
}
