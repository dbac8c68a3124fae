using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>A row of the table of commits without its payload: one part of a commit.</summary>
/// <remarks>The checksum covers every column; the payload through its own checksum, so that a head is verified without its payload.</remarks>
internal sealed record CommitRow
{
    /// <summary>The columns that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns =
        "module, revision, part, part_count, epoch, commit_id, transaction_id, request_id, time, principal, gateway, message, change_count, payload_checksum, checksum";

    /// <summary>How many <see cref="Columns"/> there are.</summary>
    public const int ColumnCount = 15;

    public required long Module { get; init; }

    public required long Revision { get; init; }

    public required int Part { get; init; }

    public required int PartCount { get; init; }

    public required long Epoch { get; init; }

    public required long CommitId { get; init; }

    public string? TransactionId { get; init; }

    public string? RequestId { get; init; }

    public required long Time { get; init; }

    public required string Principal { get; init; }

    public required string Gateway { get; init; }

    public required string Message { get; init; }

    public required int ChangeCount { get; init; }

    /// <summary>Of the payload alone; null in a row that was written before there were checksums.</summary>
    public required long? PayloadChecksum { get; init; }

    /// <summary>As it is in the table; null in a row that was written before there were checksums.</summary>
    public long? Checksum { get; init; }

    /// <summary>The row that a result stands at, whose first columns are <see cref="Columns"/>.</summary>
    public static CommitRow Read(SqliteDataReader row) => new()
    {
        Module = row.GetInt64(0),
        Revision = row.GetInt64(1),
        Part = row.GetInt32(2),
        PartCount = row.GetInt32(3),
        Epoch = row.GetInt64(4),
        CommitId = row.GetInt64(5),
        TransactionId = row.IsDBNull(6) ? null : row.GetString(6),
        RequestId = row.IsDBNull(7) ? null : row.GetString(7),
        Time = row.GetInt64(8),
        Principal = row.GetString(9),
        Gateway = row.GetString(10),
        Message = row.GetString(11),
        ChangeCount = row.GetInt32(12),
        PayloadChecksum = row.IsDBNull(13) ? null : row.GetInt64(13),
        Checksum = row.IsDBNull(14) ? null : row.GetInt64(14),
    };

    /// <summary>The checksum that the columns should have.</summary>
    public long ComputeChecksum()
    {
        var checksum = new RowChecksum();
        checksum.Add(Module);
        checksum.Add(Revision);
        checksum.Add(Part);
        checksum.Add(PartCount);
        checksum.Add(Epoch);
        checksum.Add(CommitId);
        checksum.Add(TransactionId);
        checksum.Add(RequestId);
        checksum.Add(Time);
        checksum.Add(Principal);
        checksum.Add(Gateway);
        checksum.Add(Message);
        checksum.Add(ChangeCount);
        checksum.Add(PayloadChecksum ?? -1);
        return checksum.Value;
    }

    /// <summary>Whether the columns are as they were written.</summary>
    /// <param name="lastUnverifiedEpoch">The last opening that wrote no checksums; 0 when all did.</param>
    public bool IsIntact(long lastUnverifiedEpoch) =>
        Checksum is null ? PayloadChecksum is null && Epoch <= lastUnverifiedEpoch : Checksum == ComputeChecksum();

    /// <summary>Whether a payload is the one that was written with this row.</summary>
    public bool IsIntact(ReadOnlySpan<byte> payload) => PayloadChecksum is null || PayloadChecksum == RowChecksum.Of(payload);

    /// <summary>What the audit log's hash of a commit is over, beside its module and payload; of its first row.</summary>
    public CommitColumns ToColumns() => new(Revision, CommitId, TransactionId, RequestId, Time, Principal, Gateway, Message, ChangeCount);

    /// <summary>What is known of the commit without its changes.</summary>
    public CommitHead ToHead(ModuleName module) => new(
        module,
        new Revision(Revision),
        CommitId,
        DateTimeOffset.FromUnixTimeMilliseconds(Time),
        new CommitOrigin(Principal, Gateway, Message, RequestId),
        ChangeCount)
    {
        TransactionId = TransactionId,
    };
}
