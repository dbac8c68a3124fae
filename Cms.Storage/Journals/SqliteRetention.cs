using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Removes commits that snapshots cover.</summary>
/// <remarks>How far was removed is recorded with each step, so that a commit that is missing otherwise is known as damage.</remarks>
internal sealed class SqliteRetention : IHistoryRetention
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """

        CREATE TABLE IF NOT EXISTS removed(module INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
        """;

    private const string ModuleKey = SqliteQueries.ModuleKey;
    private const int CommitsAtOnce = 200;
    private const int BytesAtOnce = 1 << 20;
    private const int PagesAtOnce = 64;

    /// <summary>Free pages that the next commits will use anyway.</summary>
    private const int PagesToSpare = 256;

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteSnapshots _snapshots;
    private readonly AuditChain _audit;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _record;
    private readonly SqliteCommand _vacuum;

    public SqliteRetention(SqliteWriter writer, SqliteQueries queries, SqliteSnapshots snapshots, AuditChain audit)
    {
        (_writer, _queries, _snapshots, _audit) = (writer, queries, snapshots, audit);
        _delete = writer.Connection.Prepare("DELETE FROM commits WHERE module = $module AND revision <= $upTo", "$module", "$upTo");
        _record = writer.Connection.Prepare("INSERT OR REPLACE INTO removed VALUES($module, $upTo)", "$module", "$upTo");
        _vacuum = writer.Connection.Prepare($"PRAGMA incremental_vacuum({PagesAtOnce})");
    }

    public Revision RemovedUpTo(ModuleName module) =>
        _queries.Query($"SELECT revision FROM removed WHERE module = {ModuleKey}", module, row => new Revision(row.GetInt64(0))) is [var removed] ? removed : Revision.None;

    public Revision NewestBefore(ModuleName module, DateTimeOffset time) => _queries.Query(
        $"""
        SELECT COALESCE(
            (SELECT revision - 1 FROM commits WHERE module = {ModuleKey} AND part = 0 AND time >= $time ORDER BY revision LIMIT 1),
            (SELECT MAX(revision) FROM commits WHERE module = {ModuleKey}), 0)
        """,
        module,
        row => new Revision(row.GetInt64(0)),
        ("$time", time.ToUnixTimeMilliseconds()))[0];

    public async Task RemoveAsync(ModuleName module, Revision upTo, CancellationToken cancellation)
    {
        // The newest commit stays, since its row is what says how far the module is.
        var snapshots = _snapshots.List(module);
        var covered = snapshots.Skip(1).Where(snapshot => snapshot <= upTo).Select(snapshot => (Revision?)snapshot).FirstOrDefault();
        if (covered is not { } ground || ground <= RemovedUpTo(module))
        {
            return;
        }

        _snapshots.Verify(module, ground);
        while (RemovedUpTo(module) < ground)
        {
            var step = NextStep(module, ground);
            await _writer.WriteAsync(() => Remove(module, step, isLast: step == ground), cancellation);
        }

        await _snapshots.RemoveBeforeAsync(module, ground, cancellation);
        await GivePagesBackAsync(cancellation);
    }

    private Revision NextStep(ModuleName module, Revision ground)
    {
        var rows = _queries.Query(
            $"SELECT revision, LENGTH(payload) FROM commits WHERE module = {ModuleKey} AND revision <= $ground ORDER BY revision, part LIMIT {CommitsAtOnce}",
            module,
            row => (Revision: new Revision(row.GetInt64(0)), Bytes: row.GetInt64(1)),
            ("$ground", ground.Value));
        var bytes = 0L;
        var within = rows.TakeWhile(row => (bytes += row.Bytes) <= BytesAtOnce).Select(row => row.Revision).LastOrDefault();
        return rows.Count == 0 || (rows.Count < CommitsAtOnce && bytes <= BytesAtOnce) ? ground
            : within > rows[0].Revision ? within
            : rows[0].Revision;
    }

    private void Remove(ModuleName module, Revision upTo, bool isLast)
    {
        if (isLast)
        {
            _audit.Append(AuditEntry.OfDaemon(AuditKinds.Retention, $"the commits up to revision {upTo} were removed") with { Module = module.ToString() });
        }

        foreach (var command in new[] { _delete, _record })
        {
            command.Parameters["$module"].Value = _writer.Connection.KeyOf(module);
            command.Parameters["$upTo"].Value = upTo.Value;
            command.ExecuteNonQuery();
        }
    }

    private async Task GivePagesBackAsync(CancellationToken cancellation)
    {
        var before = long.MaxValue;
        for (var free = FreePages(); free > PagesToSpare && free < before; free = FreePages())
        {
            before = free;
            await _writer.WriteAsync(Vacuum, cancellation);
        }
    }

    private long FreePages() => _queries.Query("PRAGMA freelist_count", null, row => row.GetInt64(0))[0];

    // It gives a row for each page.
    private void Vacuum()
    {
        using var row = _vacuum.ExecuteReader();
        while (row.Read())
        {
        }
    }
}
