using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Replaces commits and snapshots in the journal's tables.</summary>
internal sealed class SqliteHistorySealing : IHistorySealing
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """

        CREATE TABLE IF NOT EXISTS sealed_history(module INTEGER PRIMARY KEY, version TEXT NOT NULL);
        """;

    private const string ModuleKey = SqliteQueries.ModuleKey;

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteAppender _appender;
    private readonly SqliteSnapshots _snapshots;
    private readonly SqliteCommand _note;

    public SqliteHistorySealing(SqliteWriter writer, SqliteQueries queries, SqliteAppender appender, SqliteSnapshots snapshots)
    {
        (_writer, _queries, _appender, _snapshots) = (writer, queries, appender, snapshots);
        _note = writer.Connection.Prepare("INSERT OR REPLACE INTO sealed_history VALUES($module, $version)", "$module", "$version");
    }

    public string? SealedBy(ModuleName module) =>
        _queries.Query($"SELECT version FROM sealed_history WHERE module = {ModuleKey}", module, row => row.GetString(0)).SingleOrDefault();

    public async Task ReplaceAsync(ModuleName module, JournaledCommit commit, CancellationToken cancellation)
    {
        var head = _queries.Query(
            $"SELECT {CommitRow.Columns} FROM commits WHERE module = {ModuleKey} AND revision = $revision AND part = 0",
            module,
            CommitRow.Read,
            ("$revision", commit.Revision.Value)).SingleOrDefault()
            ?? throw JournalException.Damaged(_queries.Path, module, commit.Revision, "it is missing");
        await _writer.WriteAsync(
            () =>
            {
                _writer.Connection.OverwriteDeleted();
                _appender.Replace(module, head, commit.Changes);
            },
            cancellation);
    }

    public Task ReplaceAsync(ModuleName module, IModuleView state, CancellationToken cancellation) => _writer.WriteAsync(
        () =>
        {
            _writer.Connection.OverwriteDeleted();
            _snapshots.Replace(module, state);
        },
        cancellation);

    public async Task FinishAsync(ModuleName module, SchemaVersion version, CancellationToken cancellation)
    {
        await _snapshots.RemoveIncompleteAsync(module, cancellation);
        _queries.EmptyLog();
        await _writer.WriteAsync(
            () =>
            {
                _note.Parameters["$module"].Value = _writer.Connection.KeyOf(module);
                _note.Parameters["$version"].Value = version.ToString();
                _note.ExecuteNonQuery();
            },
            cancellation);
    }
}
