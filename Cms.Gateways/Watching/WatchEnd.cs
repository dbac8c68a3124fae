namespace Cms.Gateways.Watching;

/// <summary>Why a watch, or a WebSocket of watches, has ended.</summary>
internal enum WatchEnd
{
    /// <summary>The client has closed it.</summary>
    Client,

    /// <summary>The connection was cut: by the client, or since it neither answered nor read.</summary>
    Cut,

    /// <summary>The daemon stops.</summary>
    Stopping,

    /// <summary>The caller may not watch any more, or nobody vouches for him any more.</summary>
    Rights,

    /// <summary>What the client sent is no message.</summary>
    Protocol,

    /// <summary>The daemon could not go on.</summary>
    Failed,
}
