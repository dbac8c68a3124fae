using Cms.Formats.Modules;

namespace Cms.Actors.Topics;

/// <summary>One subscriber's place at one module: how far it has heard, and whether there is more.</summary>
/// <remarks>Any thread may tell; the position is the subscription's alone, which one caller at a time reads.</remarks>
internal sealed class TopicSeat(ModuleTopic topic, TopicSubscription subscription, Revision heard)
{
    private int _isTold;

    /// <summary>The module.</summary>
    public ModuleTopic Topic { get; } = topic;

    /// <summary>Who sits here.</summary>
    public TopicSubscription Subscription { get; } = subscription;

    /// <summary>The newest revision that the subscriber has heard of.</summary>
    public Revision Heard { get; set; } = heard;

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
