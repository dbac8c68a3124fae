using System.Globalization;
using Cms.Storage.Audit;
using Cms.Storage.Confirmations;
using Cms.Storage.Keys;
using Cms.Storage.Topics;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The tables of the SQLite journal, and what an opening does to them.</summary>
internal static class SqliteSchema
{
    private const long FormatVersion = 2;

    private const string SharedTables = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS modules(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(namespace, name));
        """;

    // Each store has the text of its own tables; a new store is added here.
    private const string Tables = SharedTables + SqliteAppender.Tables + SqliteSnapshots.Tables + SqliteRetention.Tables + SqliteHistorySealing.Tables + SqliteMessageStore.Tables + SqliteConfirmationStore.Tables + AuditTable.Tables + SqliteKeyStore.Tables;

    /// <summary>Creates what is missing, adds what an earlier format lacks, and counts this opening.</summary>
    /// <exception cref="JournalException">The file was written by a later format.</exception>
    public static OpenedJournal Open(SqliteConnection connection, Guid idIfNew)
    {
        // Only a file without any table takes this; in others the pages that are free are used again.
        Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL");
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "PRAGMA synchronous=FULL");
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, Tables, transaction);
        Execute(connection, $"INSERT OR IGNORE INTO meta VALUES('format', {FormatVersion}), ('epoch', 0), ('id', '{idIfNew:N}')", transaction);
        Upgrade(connection, transaction);
        Execute(connection, "UPDATE meta SET value = value + 1 WHERE key = 'epoch'", transaction);
        var epoch = (long)Scalar(connection, "SELECT value FROM meta WHERE key = 'epoch'", transaction)!;
        var id = Guid.ParseExact((string)Scalar(connection, "SELECT value FROM meta WHERE key = 'id'", transaction)!, "N");
        var unverified = Scalar(connection, "SELECT value FROM meta WHERE key = 'last_unverified_epoch'", transaction);
        transaction.Commit();
        return new OpenedJournal(id, epoch, LastCommitId(connection), unverified is long unverifiedEpoch ? unverifiedEpoch : 0);
    }

    // A module whose newest rows are damaged must not keep the others from being opened: ids go on above all that it may hold.
    private static long LastCommitId(SqliteConnection connection)
    {
        const long MoreThanOneOpeningGives = 1L << 32;
        var (last, isOneUnknown) = (0L, false);
        foreach (var module in Keys(connection))
        {
            try
            {
                var id = Scalar(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT commit_id FROM commits WHERE module = {module} ORDER BY revision DESC LIMIT 1"));
                last = Math.Max(last, id is long known ? known : 0);
            }
            catch (SqliteException damaged) when (damaged.SqliteErrorCode == SqliteErrors.Corrupt)
            {
                isOneUnknown = true;
            }
        }

        return isOneUnknown ? last + MoreThanOneOpeningGives : last;
    }

    private static List<long> Keys(SqliteConnection connection)
    {
        using var command = Command(connection, "SELECT id FROM modules", null);
        using var row = command.ExecuteReader();
        var keys = new List<long>();
        while (row.Read())
        {
            keys.Add(row.GetInt64(0));
        }

        return keys;
    }

    private static void Upgrade(SqliteConnection connection, SqliteTransaction transaction)
    {
        var format = (long)Scalar(connection, "SELECT value FROM meta WHERE key = 'format'", transaction)!;
        if (format > FormatVersion)
        {
            throw new JournalException(
                $"{connection.DataSource}: format {format} is newer than {FormatVersion}, which this version writes; start the newer cmsd");
        }

        if (format == 1)
        {
            Execute(
                connection,
                """
                ALTER TABLE commits ADD COLUMN payload_checksum INTEGER;
                ALTER TABLE commits ADD COLUMN checksum INTEGER;
                INSERT INTO meta SELECT 'last_unverified_epoch', value FROM meta WHERE key = 'epoch';
                UPDATE meta SET value = 2 WHERE key = 'format';
                """,
                transaction);
        }
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = Command(connection, sql, transaction);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
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

/// <summary>What is known of a journal once it is open.</summary>
/// <param name="Id">Made when it was created.</param>
/// <param name="Epoch">Counts this opening.</param>
/// <param name="LastCommitId">The last one given; 0 before the first.</param>
/// <param name="LastUnverifiedEpoch">The last opening that wrote no checksums; 0 when all did.</param>
internal sealed record OpenedJournal(Guid Id, long Epoch, long LastCommitId, long LastUnverifiedEpoch);
