using Cms.Formats.Modules;

namespace Cms.Actors.Topics;

/// <summary>One subscriber's place at one module: how far it has heard, and whether there is more.</summary>
/// <remarks>Any thread may tell; the position is read and written through the topic.</remarks>
internal sealed class TopicSeat(ModuleTopic topic, TopicSubscription subscription, Revision heard)
{
    private int _isTold;

    /// <summary>The module.</summary>
    public ModuleTopic Topic { get; } = topic;

    /// <summary>Who sits here.</summary>
    public TopicSubscription Subscription { get; } = subscription;

    /// <summary>The newest revision that the subscriber has heard of. Guarded by the lock of the topic.</summary>
    public Revision Heard { get; set; } = heard;

    /// <summary>Those who want the same, and where among them this one is; the topic's.</summary>
    public required SeatGroup Group { get; init; }

    /// <inheritdoc cref="Group"/>
    public int Place { get; set; }

    /// <summary>Says that there is something new; the subscriber is woken once until it looks.</summary>
    public void Tell()
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Subscription.Wake(this);
        }
    }

    /// <summary>The subscriber looks; whatever comes from now on wakes it again.</summary>
    public void BeginLook() => Volatile.Write(ref _isTold, 0);
}
