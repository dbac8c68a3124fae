using System.Text.Json.Serialization;
using Cms.Formats.Audit;

namespace Cms.Client.Wire;

/// <summary>The rows of the audit log that were asked for.</summary>
public sealed record AuditReply
{
    /// <summary>The rows, newest first.</summary>
    public required IReadOnlyList<AuditRow> Rows { get; init; }
}

/// <summary>The public keys of the audit log.</summary>
public sealed record AuditKeyReply
{
    /// <summary>In PEM; empty when nothing is signed.</summary>
    public required string Keys { get; init; }

    /// <summary>The SHA-256 of each (SubjectPublicKeyInfo), as verifications print it.</summary>
    public required IReadOnlyList<string> Fingerprints { get; init; }
}

/// <summary>Which rows of the audit log are asked for.</summary>
public sealed record AuditSearch
{
    /// <summary>The most rows in one answer.</summary>
    public const int LargestCount = 10_000;

    /// <summary>How many rows; 1 to <see cref="LargestCount"/>.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Only rows with a lower number; null for the newest.</summary>
    public long? Before { get; init; }

    /// <summary>Only of this principal.</summary>
    public string? Principal { get; init; }

    /// <summary>Only about this module.</summary>
    public string? Module { get; init; }

    /// <summary>Only of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only from this time on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only before this time.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The JSON shapes of requests about the audit log.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AuditReply))]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(AuditKeyReply))]
public sealed partial class AuditWireJson : JsonSerializerContext;
