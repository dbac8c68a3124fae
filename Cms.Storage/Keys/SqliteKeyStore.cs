using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Keys;

/// <summary>Data keys in the journal's file.</summary>
internal sealed class SqliteKeyStore : IKeyStore
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """
        CREATE TABLE IF NOT EXISTS data_keys(
            id TEXT PRIMARY KEY, module INTEGER NOT NULL, version INTEGER NOT NULL, master TEXT NOT NULL, wrapped BLOB NOT NULL, UNIQUE(module, version));
        """;

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _remove;

    public SqliteKeyStore(SqliteWriter writer, SqliteQueries queries)
    {
        (_writer, _queries) = (writer, queries);
        _save = writer.Connection.Prepare(
            "INSERT INTO data_keys VALUES($id, $module, $version, $master, $wrapped) ON CONFLICT(id) DO UPDATE SET master = $master, wrapped = $wrapped",
            "$id", "$module", "$version", "$master", "$wrapped");
        _remove = writer.Connection.Prepare("DELETE FROM data_keys WHERE id = $id", "$id");
    }

    public IReadOnlyList<StoredKey> All() => _queries.Query(
        """
        SELECT data_keys.id, namespace, name, version, master, wrapped FROM data_keys JOIN modules ON modules.id = data_keys.module
        ORDER BY namespace, name, version
        """,
        null,
        row => new StoredKey(row.GetString(0), new ModuleName(row.GetString(1), row.GetString(2)), row.GetInt32(3), row.GetString(4), (byte[])row.GetValue(5)));

    public Task SaveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting) => _writer.WriteAsync(
        () =>
        {
            foreach (var key in keys)
            {
                _save.Parameters["$id"].Value = key.Id;
                _save.Parameters["$module"].Value = _writer.Connection.KeyOf(key.Module);
                _save.Parameters["$version"].Value = key.Version;
                _save.Parameters["$master"].Value = key.MasterId;
                _save.Parameters["$wrapped"].Value = key.Wrapped.ToArray();
                _save.ExecuteNonQuery();
            }
        },
        stopWaiting);

    public async Task RemoveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting)
    {
        await _writer.WriteAsync(
            () =>
            {
                _writer.Connection.OverwriteDeleted();
                foreach (var key in keys)
                {
                    _remove.Parameters["$id"].Value = key.Id;
                    _remove.ExecuteNonQuery();
                }
            },
            stopWaiting);
        _queries.EmptyLog();
    }
}
