namespace Cms.Gateways.Watching;

/// <summary>What a WebSocket on which somebody watches may ask for, besides the settings.</summary>
internal static class WatchBounds
{
    /// <summary>The longest name of a subscription, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The widest window, in lines.</summary>
    public const int MaxWindow = 10_000;

    /// <summary>The most commits that are taken at once for a subscription, so that a slow client holds few of them.</summary>
    public const int MaxPage = 32;

    /// <summary>How long a client has to answer a close frame.</summary>
    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);
}
