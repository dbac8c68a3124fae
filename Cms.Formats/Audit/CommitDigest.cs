using System.Buffers.Binary;
using System.Security.Cryptography;
using Cms.Formats.Modules;

namespace Cms.Formats.Audit;

/// <summary>What the audit log keeps of a commit, so that one that is changed later is found: a hash of all of it.</summary>
public static class CommitDigest
{
    /// <summary>SHA-256 of a commit, as 64 lower-case hexadecimal digits; <c>docs/formats/audit.md</c> has its bytes.</summary>
    /// <param name="module">The module.</param>
    /// <param name="head">What the journal has in the columns of its first row.</param>
    /// <param name="parts">The parts of its payload, in order.</param>
    public static string Of(ModuleName module, CommitColumns head, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var bytes = new AuditBytes("cms-commit-1");
        bytes.Add(module.Namespace);
        bytes.Add(module.Name);
        bytes.Add(head.Revision);
        bytes.Add(head.CommitId);
        bytes.Add(head.TransactionId);
        bytes.Add(head.RequestId);
        bytes.Add(head.TimeMilliseconds);
        bytes.Add(head.Principal);
        bytes.Add(head.Gateway);
        bytes.Add(head.Message);
        bytes.Add(head.ChangeCount);
        bytes.Add(parts.Count);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes.Written);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
