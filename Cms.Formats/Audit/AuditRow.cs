using System.Globalization;
using System.Security.Cryptography;

namespace Cms.Formats.Audit;

/// <summary>One row of the audit log; <c>docs/formats/audit.md</c> has the bytes that its hash is over.</summary>
/// <remarks>It never holds a value of an option. Hashes are 64 lower-case hexadecimal digits.</remarks>
public sealed record AuditRow
{
    /// <summary>The hash that the first row follows.</summary>
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Counts the rows, from 1, without a gap.</summary>
    public required long Sequence { get; init; }

    /// <summary>The wall clock in whole milliseconds, a label only.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What it is about, one of <see cref="AuditKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>ok</c>, <c>begun</c> for an act that is recorded before it is done, or the name of a refusal.</summary>
    public required string Outcome { get; init; }

    /// <summary>How often it happened: more than 1 where repeats were counted into one row.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Who, such as <c>uid:0</c>; <c>cmsd</c> for the daemon itself.</summary>
    public required string Principal { get; init; }

    /// <summary>Where from; null for this machine.</summary>
    public string? Address { get; init; }

    /// <summary>By which way, such as <c>unix cms[4242]</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>The module concerned, or null.</summary>
    public string? Module { get; init; }

    /// <summary>The revision that a commit made, or null.</summary>
    public long? Revision { get; init; }

    /// <summary>The commit's node-wide id, or null.</summary>
    public long? Commit { get; init; }

    /// <summary>The transaction that it is a part of, or null.</summary>
    public string? Transaction { get; init; }

    /// <summary>How many changes a commit holds.</summary>
    public int Changes { get; init; }

    /// <summary>The first addresses that were touched.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What else is to be said; of a signed row the public key, as base64.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The hash of the whole commit, see <see cref="CommitDigest"/>; null for what is no commit.</summary>
    public string? Content { get; init; }

    /// <summary>The hash of the row before.</summary>
    public required string Previous { get; init; }

    /// <summary>The hash of this row and, through <see cref="Previous"/>, of all before it.</summary>
    public string Hash { get; init; } = NoHash;

    /// <summary>The signature of <see cref="Hash"/> in a row of kind <see cref="AuditKinds.Signature"/>, as base64; null in others.</summary>
    public string? Signature { get; init; }

    /// <summary>The hash that the row should have.</summary>
    public string ComputeHash()
    {
        var bytes = new AuditBytes("cms-audit-1");
        bytes.Add(Sequence);
        bytes.Add(Time.ToUnixTimeMilliseconds());
        bytes.Add(Kind);
        bytes.Add(Outcome);
        bytes.Add(Count);
        bytes.Add(Principal);
        bytes.Add(Address);
        bytes.Add(Gateway);
        bytes.Add(Module);
        bytes.Add(Revision?.ToString(CultureInfo.InvariantCulture));
        bytes.Add(Commit?.ToString(CultureInfo.InvariantCulture));
        bytes.Add(Transaction);
        bytes.Add(Changes);
        bytes.Add(Paths.Count);
        foreach (var path in Paths)
        {
            bytes.Add(path);
        }

        bytes.Add(Detail);
        bytes.Add(Content);
        bytes.Add(Previous);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.Written));
    }
}
