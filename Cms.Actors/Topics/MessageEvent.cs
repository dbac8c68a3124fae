using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>What a subscriber of an application topic hears.</summary>
public abstract record MessageEvent
{
    /// <summary>A message.</summary>
    public sealed record Told(StoredMessage Message) : MessageEvent;

    /// <summary>Messages that the subscriber has not had were dropped to make room; it goes on behind them.</summary>
    /// <param name="After">The number of the last message before them.</param>
    /// <param name="Next">The number of the first message after them.</param>
    public sealed record Lost(long After, long Next) : MessageEvent;
}
