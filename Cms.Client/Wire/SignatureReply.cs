namespace Cms.Client.Wire;

/// <summary>The signature of an export.</summary>
public sealed record SignatureReply
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The revision that is signed.</summary>
    public required long Revision { get; init; }

    /// <summary>The name of the key; absent when the module's schema names none.</summary>
    public string? Key { get; init; }

    /// <summary>The signature, as it stands in the export; absent without a key, and for who may read only part of the module.</summary>
    public string? Signature { get; init; }
}
