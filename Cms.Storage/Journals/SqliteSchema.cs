using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The tables of the SQLite journal, and what an opening does to them.</summary>
internal static class SqliteSchema
{
    private const long FormatVersion = 1;

    private const string SharedTables = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS modules(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(namespace, name));
        """;

    // Each store has the text of its own tables; a new store is added here.
    private const string Tables = SharedTables + SqliteAppender.Tables;

    /// <summary>Creates what is missing and counts this opening.</summary>
    /// <returns>The journal's id, the epoch of this opening, and the last commit id given.</returns>
    /// <exception cref="JournalException">The file was written by a later format.</exception>
    public static (Guid Id, long Epoch, long LastCommitId) Open(SqliteConnection connection, Guid idIfNew)
    {
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "PRAGMA synchronous=FULL");
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, Tables, transaction);
        Execute(connection, $"INSERT OR IGNORE INTO meta VALUES('format', {FormatVersion}), ('epoch', 0), ('id', '{idIfNew:N}')", transaction);
        var format = (long)Scalar(connection, "SELECT value FROM meta WHERE key = 'format'", transaction)!;
        if (format > FormatVersion)
        {
            throw new JournalException(
                $"{connection.DataSource}: format {format} is newer than {FormatVersion}, which this version writes; start the newer cmsd");
        }

        Execute(connection, "UPDATE meta SET value = value + 1 WHERE key = 'epoch'", transaction);
        var epoch = (long)Scalar(connection, "SELECT value FROM meta WHERE key = 'epoch'", transaction)!;
        var id = Guid.ParseExact((string)Scalar(connection, "SELECT value FROM meta WHERE key = 'id'", transaction)!, "N");
        var last = Scalar(
            connection,
            "SELECT MAX(id) FROM (SELECT (SELECT c.commit_id FROM commits c WHERE c.module = m.id ORDER BY c.revision DESC LIMIT 1) AS id FROM modules m)",
            transaction);
        transaction.Commit();
        return (id, epoch, last is long value ? value : 0);
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = Command(connection, sql, transaction);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql, SqliteTransaction transaction)
    {
        using var command = Command(connection, sql, transaction);
        return command.ExecuteScalar();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, SqliteTransaction? transaction)
    {
        var command = connection.CreateCommand();
        // The text is a constant of this file, or holds numbers of this program only.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        return command;
    }
}
