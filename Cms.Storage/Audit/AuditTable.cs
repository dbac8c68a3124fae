using Cms.Formats.Audit;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Audit;

/// <summary>The table of the audit log.</summary>
internal static class AuditTable
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """

        CREATE TABLE IF NOT EXISTS audit(
            sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL,
            principal TEXT NOT NULL, address TEXT, gateway TEXT NOT NULL, module TEXT, revision INTEGER, commit_id INTEGER,
            transaction_id TEXT, changes INTEGER NOT NULL, paths TEXT NOT NULL, detail TEXT NOT NULL, content BLOB, previous BLOB NOT NULL,
            hash BLOB NOT NULL, signature BLOB);
        """;

    /// <summary>The columns that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns =
        "sequence, time, kind, outcome, count, principal, address, gateway, module, revision, commit_id, transaction_id, changes, paths, detail, content, previous, hash, signature";

    /// <summary>How many <see cref="Columns"/> there are.</summary>
    public const int Count = 19;

    private const char Between = '\n';

    /// <summary>The row that a result stands at, whose first columns are <see cref="Columns"/>.</summary>
    public static AuditRow Read(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Time = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
        Kind = row.GetString(2),
        Outcome = row.GetString(3),
        Count = row.GetInt32(4),
        Principal = row.GetString(5),
        Address = TextOf(row, 6),
        Gateway = row.GetString(7),
        Module = TextOf(row, 8),
        Revision = row.IsDBNull(9) ? null : row.GetInt64(9),
        Commit = row.IsDBNull(10) ? null : row.GetInt64(10),
        Transaction = TextOf(row, 11),
        Changes = row.GetInt32(12),
        Paths = row.GetString(13) is { Length: > 0 } paths ? paths.Split(Between) : [],
        Detail = row.GetString(14),
        Content = row.IsDBNull(15) ? null : Convert.ToHexStringLower(row.GetFieldValue<byte[]>(15)),
        Previous = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(16)),
        Hash = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(17)),
        Signature = row.IsDBNull(18) ? null : Convert.ToBase64String(row.GetFieldValue<byte[]>(18)),
    };

    /// <summary>The values of a row in the order of <see cref="Columns"/>.</summary>
    public static object?[] ValuesOf(AuditRow row) =>
    [
        row.Sequence,
        row.Time.ToUnixTimeMilliseconds(),
        row.Kind,
        row.Outcome,
        row.Count,
        row.Principal,
        row.Address,
        row.Gateway,
        row.Module,
        row.Revision,
        row.Commit,
        row.Transaction,
        row.Changes,
        string.Join(Between, row.Paths),
        row.Detail,
        row.Content is null ? null : Convert.FromHexString(row.Content),
        Convert.FromHexString(row.Previous),
        Convert.FromHexString(row.Hash),
        row.Signature is null ? null : Convert.FromBase64String(row.Signature),
    ];

    private static string? TextOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
