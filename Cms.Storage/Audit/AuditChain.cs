// Invariants:
// - Only batches of the journal's writer append, so there is one order of rows, and it is the order on disk.
// - The head is what the connection sees: after anything was taken back it is forgotten and read anew, so that a row that did
//   not come about is never the one before another.
// - The newest row is never removed.
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Audit;

/// <summary>Appends rows to the audit log, each with its number and the hash of the one before.</summary>
/// <remarks>Its methods are called within batches of <see cref="SqliteWriter"/> alone.</remarks>
internal sealed class AuditChain
{
    private static readonly string[] Parameters = [.. AuditTable.Columns.Split(", ").Select(column => "$" + column)];

    private readonly AuditOptions _options;
    private readonly AuditSigner? _signer;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _findHead;
    private readonly SqliteCommand _findSigned;
    private Head? _head;

    /// <param name="connection">Where to; it tells when something was taken back.</param>
    /// <param name="options">How it is kept.</param>
    /// <param name="signer">Signs rows; null when none are signed.</param>
    public AuditChain(SqliteWriteConnection connection, AuditOptions options, AuditSigner? signer)
    {
        (_options, _signer) = (options, signer);
        connection.TakenBack += () => _head = null;
        _insert = connection.Prepare($"INSERT INTO audit({AuditTable.Columns}) VALUES({string.Join(", ", Parameters)})", Parameters);
        _findHead = connection.Prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
        _findSigned = connection.Prepare($"SELECT sequence FROM audit WHERE kind = '{AuditKinds.Signature}' ORDER BY sequence DESC LIMIT 1");
    }

    /// <summary>Told now and then that rows were appended, within a batch that may still be taken back; it must not wait.</summary>
    public event Action? Grown;

    /// <summary>Records a commit.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="head">Its columns.</param>
    /// <param name="parts">The parts of its payload.</param>
    public void Append(CommitRecord commit, CommitColumns head, IReadOnlyList<ReadOnlyMemory<byte>> parts) => Append(new AuditRow
    {
        Sequence = 0,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(head.TimeMilliseconds),
        Kind = AuditKinds.Commit,
        Outcome = AuditEntry.Done,
        Principal = AuditText.Clean(head.Principal),
        Address = commit.Origin.Address is { } address ? AuditText.Clean(address) : null,
        Gateway = AuditText.Clean(head.Gateway),
        Module = commit.Module.ToString(),
        Revision = head.Revision,
        Commit = head.CommitId,
        Transaction = head.TransactionId,
        Changes = head.ChangeCount,
        Paths = Clean(commit.Paths),
        Detail = AuditText.Clean(head.Message),
        Content = CommitDigest.Of(commit.Module, head, parts),
        Previous = AuditRow.NoHash,
    });

    /// <summary>Records that the secrets of a commit were sealed later; from now on this row says what the commit holds.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="head">Its columns.</param>
    /// <param name="parts">The parts of its payload now.</param>
    public void AppendReseal(ModuleName module, CommitColumns head, IReadOnlyList<ReadOnlyMemory<byte>> parts) => Append(new AuditRow
    {
        Sequence = 0,
        Time = Now(),
        Kind = AuditKinds.Reseal,
        Outcome = AuditEntry.Done,
        Principal = AuditEntry.Daemon,
        Gateway = AuditEntry.Daemon,
        Module = module.ToString(),
        Revision = head.Revision,
        Commit = head.CommitId,
        Content = CommitDigest.Of(module, head, parts),
        Previous = AuditRow.NoHash,
    });

    /// <summary>Records what is no commit.</summary>
    public void Append(AuditEntry entry) => Append(new AuditRow
    {
        Sequence = 0,
        Time = Now(),
        Kind = entry.Kind,
        Outcome = AuditText.Clean(entry.Outcome),
        Count = entry.Count,
        Principal = AuditText.Clean(entry.Principal),
        Address = entry.Address is { } address ? AuditText.Clean(address) : null,
        Gateway = AuditText.Clean(entry.Gateway),
        Module = entry.Module is { } module ? AuditText.Clean(module) : null,
        Transaction = entry.Transaction is { } transaction ? AuditText.Clean(transaction) : null,
        Paths = Clean(entry.Paths),
        Detail = AuditText.Clean(entry.Detail),
        Previous = AuditRow.NoHash,
    });

    /// <summary>Signs all rows that are not signed yet; does nothing when there are none, or no key.</summary>
    public void Sign()
    {
        var head = _head ??= FindHead();
        if (_signer is null || head.Sequence == head.Signed)
        {
            return;
        }

        Insert(new AuditRow
        {
            Sequence = 0,
            Time = Now(),
            Kind = AuditKinds.Signature,
            Outcome = AuditEntry.Done,
            Principal = AuditEntry.Daemon,
            Gateway = AuditEntry.Daemon,
            Detail = _signer.PublicKey,
            Previous = AuditRow.NoHash,
        });
    }

    private void Append(AuditRow row)
    {
        var head = Insert(row);
        if (_signer is not null && head.Sequence - head.Signed >= _options.RowsPerSignature)
        {
            Sign();
        }
    }

    private Head Insert(AuditRow content)
    {
        var head = _head ??= FindHead();
        var row = content with { Sequence = head.Sequence + 1, Previous = head.Hash };
        row = row with { Hash = row.ComputeHash() };
        var isSigned = row.Kind == AuditKinds.Signature;
        row = isSigned ? row with { Signature = _signer!.Sign(row.Hash) } : row;
        var values = AuditTable.ValuesOf(row);
        for (var column = 0; column < values.Length; column++)
        {
            _insert.Parameters[column].Value = values[column] ?? DBNull.Value;
        }

        _insert.ExecuteNonQuery();
        _head = new Head(row.Sequence, row.Hash, isSigned ? row.Sequence : head.Signed);
        if (row.Sequence % Math.Max(1, _options.Rows / 4) == 0)
        {
            Grown?.Invoke();
        }

        return _head;
    }

    // The gap between the last signed row and the head is bounded, so looking for it is short.
    private Head FindHead()
    {
        using var row = _findHead.ExecuteReader();
        return row.Read()
            ? new Head(row.GetInt64(0), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1)), _findSigned.ExecuteScalar() is long signed ? signed : 0)
            : new Head(0, AuditRow.NoHash, 0);
    }

    // A label in whole milliseconds, as it comes back from the journal.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_options.Clock.GetUtcNow().ToUnixTimeMilliseconds());

    private static IReadOnlyList<string> Clean(IReadOnlyList<string> paths) =>
        paths.Count == 0 ? [] : [.. paths.Take(TouchedPaths.MaxPaths).Select(path => AuditText.Clean(path)).Where(path => path.Length > 0)];

    /// <summary>The newest row.</summary>
    /// <param name="Sequence">Its number; 0 before the first.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Signed">The number of the last signed row; 0 when there is none.</param>
    private sealed record Head(long Sequence, string Hash, long Signed);
}
