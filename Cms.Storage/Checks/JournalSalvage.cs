using Cms.Formats.Audit;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Checks;

/// <summary>Carries what is intact from a damaged journal into a new one.</summary>
internal sealed class JournalSalvage : IDisposable
{
    private static readonly HashSet<string> OwnWay = ["meta", "modules", "commits", "snapshots", "removed", "audit"];

    private readonly JournalScan _scan;
    private readonly Action<string> _tell;
    private readonly SqliteConnection _target;
    private readonly DateTimeOffset _time;

    public JournalSalvage(JournalScan scan, string path, DateTimeOffset time, Action<string> tell)
    {
        (_scan, _time, _tell) = (scan, time, tell);
        _target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _target.Open();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Writes the new journal; when it returns the file is whole and durable.</summary>
    /// <param name="newId">Makes the id of a journal that has lost revisions.</param>
    /// <param name="isLogDamaged">Whether commits are lost that nothing speaks of any more.</param>
    /// <returns>Whether nothing is lost.</returns>
    public bool CopyAll(Func<Guid> newId, bool isLogDamaged)
    {
        var problems = new List<string>();
        var modules = _scan.Modules(problems);
        problems.ForEach(_tell);
        var isWhole = problems.Count == 0 && modules.TrueForAll(module => module.Lost is null);
        var hasLostNewest = isLogDamaged || problems.Count > 0 || modules.Exists(module => module.Newest < module.LastKnown);
        var meta = _scan.Rows("SELECT key, value FROM meta", out _).ToDictionary(row => (string)row[0], row => row[1]);
        var id = !hasLostNewest && meta.TryGetValue("id", out var known) ? Guid.ParseExact((string)known, "N") : newId();
        SqliteSchema.Open(_target, id);
        using (var transaction = _target.BeginTransaction())
        {
            foreach (var (key, value) in meta.Where(pair => pair.Key is not "id" and not "format"))
            {
                Insert(transaction, "INSERT OR REPLACE INTO meta VALUES($0, $1)", [key, value]);
            }

            foreach (var module in modules)
            {
                Copy(transaction, module);
            }

            var isRestWhole = CopyOtherTables(transaction) & CopyAudit(transaction);
            modules.Where(module => isLogDamaged || module.Newest < module.LastKnown).ToList().ForEach(module => ForgetFile(transaction, module));
            transaction.Commit();
            isWhole &= isRestWhole;
        }

        Insert(null, "PRAGMA wal_checkpoint(TRUNCATE)", []);
        return isWhole;
    }

    public void Dispose() => _target.Dispose();

    private void Copy(SqliteTransaction transaction, ModuleFindings module)
    {
        var (ground, newest) = (module.Ground.Value, module.Newest.Value);
        _tell(module.Lost is { } lost ? $"module {module.Module}: {lost}" : $"module {module.Module}: nothing is lost; it is at revision {module.Newest}");
        Insert(transaction, "INSERT INTO modules VALUES($0, $1, $2)", [module.Key, module.Module.Namespace, module.Module.Name]);
        foreach (var revision in module.Commits.GetViewBetween(ground + 1, Math.Max(newest, ground + 1)))
        {
            foreach (var row in _scan.Rows($"SELECT {CommitRow.Columns}, payload FROM commits WHERE module = $module AND revision = $revision", out _, ("$module", module.Key), ("$revision", revision)))
            {
                Insert(transaction, $"INSERT INTO commits({CommitRow.Columns}, payload) VALUES({Places(row.Length)})", row);
            }
        }

        foreach (var revision in module.Snapshots.GetViewBetween(ground, Math.Max(newest, ground)))
        {
            foreach (var row in _scan.Rows($"SELECT revision, {SqliteSnapshots.Columns} FROM snapshots WHERE module = $module AND revision = $revision", out _, ("$module", module.Key), ("$revision", revision)))
            {
                Insert(transaction, $"INSERT INTO snapshots(revision, {SqliteSnapshots.Columns}) VALUES({Places(row.Length)})", row);
            }
        }

        if (ground > 0)
        {
            Insert(transaction, "INSERT INTO removed VALUES($0, $1)", [module.Key, ground]);
        }
    }

    // Tables of other stores have no rows that hang together.
    private bool CopyOtherTables(SqliteTransaction transaction)
    {
        var isWhole = true;
        var tables = _scan.Rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", out _);
        foreach (var table in tables.Where(table => !OwnWay.Contains((string)table[0])))
        {
            var name = (string)table[0];
            var rows = _scan.Rows($"SELECT * FROM \"{name}\"", out var failure);
            if (failure is not null)
            {
                _tell($"table {name}: what is behind its first {rows.Count} rows is lost: {failure}");
                isWhole = false;
            }

            Insert(transaction, ((string)table[1]).Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal), []);
            rows.ForEach(row => Insert(transaction, $"INSERT OR REPLACE INTO \"{name}\" VALUES({Places(row.Length)})", row));
        }

        return isWhole;
    }

    private bool CopyAudit(SqliteTransaction transaction)
    {
        var salvage = new AuditSalvage(_scan);
        var rows = salvage.Rows();
        var told = salvage.Tell(rows, _time);
        rows.Append(told).ToList().ForEach(row => Insert(transaction, $"INSERT INTO audit({AuditTable.Columns}) VALUES({Places(AuditTable.Count)})", [.. AuditTable.ValuesOf(row).Select(value => value ?? DBNull.Value)]));
        if (salvage.Lost.Count > 0)
        {
            _tell($"audit log: {AuditGaps.Format(salvage.Lost)}");
        }

        return salvage.Lost.Count == 0;
    }

    // The text may hold revisions that are lost: it is taken in as an edit of the state that is left.
    private void ForgetFile(SqliteTransaction transaction, ModuleFindings module) =>
        Insert(transaction, "UPDATE files SET known_hash = '', next_hash = NULL, written = $0, next = $0 WHERE module = $1", [module.Newest.Value, module.Key]);

    private static string Places(int count) => string.Join(", ", Enumerable.Range(0, count).Select(place => $"${place}"));

    private void Insert(SqliteTransaction? transaction, string sql, object[] values)
    {
        using var command = _target.CreateCommand();
        // Constants, and names of tables that the damaged file has.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        for (var place = 0; place < values.Length; place++)
        {
            command.Parameters.AddWithValue($"${place}", values[place]);
        }

        command.ExecuteNonQuery();
    }
}
