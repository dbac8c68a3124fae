namespace Cms.Formats.Schemas;

/// <summary>How a module is kept, as its schema says; null is the node's own setting.</summary>
public sealed record SchemaSettings
{
    /// <summary>The path of the module's own database.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Which entries a full cache drops: LRU, MRU or FIFO.</summary>
    public string? CachePolicy { get; init; }

    /// <summary>Bytes of the cache.</summary>
    public long? CacheSizeBytes { get; init; }

    /// <summary>The name of the key with which exports of the module are signed.</summary>
    public string? ShaKey { get; init; }

    /// <summary>Addresses or networks of the clients that may call; none for all.</summary>
    public IReadOnlyList<string> AllowedClients { get; init; } = [];
}
